import { describe, expect, it } from 'vitest';
import { Random } from '../engine/random.ts';
import { Scheduler } from '../engine/scheduler.ts';
import type { Request } from '../http/operations.ts';
import { History } from './history.ts';
import { Weather } from './weather.ts';

const name = { group: 'g', id: 'i' };
const request: Request = { requestId: 'r', name, operation: { kind: 'read', timeoutMs: 0 } };

function historyWith(...offsets: readonly number[]): History {
  const history = new History(new Scheduler(new Random(1)), new Weather(), 1, false);
  const records = offsets.map((offset) => ({ partition: 0, offset }));
  history.handed(request, records);
  history.received(request, records);
  return history;
}

describe('History', () => {
  it('accepts commits and saved positions up to what was handed out', () => {
    const history = historyWith(0, 1, 2);
    history.committed('g', 0, 3);
    history.saved(name, new Map([['at:0:t', '3']]));

    expect(history.violations).toEqual([]);
    expect(history.group('g').passed()).toEqual([]);
  });

  it('complains about a commit that passes a record which nobody was given', () => {
    const history = historyWith(0, 2);
    history.committed('g', 0, 3);

    expect(history.violations).toEqual([
      expect.stringContaining('committed 0@3, and 1 was handed to nobody'),
    ]);
  });

  it('complains about a saved position beyond what was handed out', () => {
    const history = historyWith(0);
    history.saved(name, new Map([['at:0:t', '2']]));

    expect(history.violations).toEqual([expect.stringContaining('saved 0@2, and 1 was handed to nobody')]);
  });

  it('complains about an answer that begins where the store does not know of', () => {
    const history = historyWith(0, 1);
    history.begun(request, [{ partition: 0, offset: 0 }]);
    history.saved(name, new Map([['at:0:t', '2']]));
    expect(history.violations).toEqual([expect.stringContaining('r is answered with 0@0')]);
    history.begun(
      request,
      [2, 3].map((offset) => ({ partition: 0, offset })),
    );
    expect(history.violations).toHaveLength(1);
    history.begun(request, [{ partition: 0, offset: 3 }]);

    expect(history.violations).toHaveLength(2);
  });

  it('excuses that while the store is away, and a while after', () => {
    const weather = new Weather();
    const history = new History(new Scheduler(new Random(1)), weather, 1, false);
    weather.begin('store', () => 0)();
    history.begun(request, [{ partition: 0, offset: 0 }]);

    expect(history.violations).toEqual([]);
  });

  it('finds records that were handed out and never received', () => {
    const history = historyWith(0);
    history.handed(request, [{ partition: 0, offset: 1 }]);
    history.committed('g', 0, 2);

    expect(history.violations).toEqual([]);
    expect(history.group('g').lost([2])).toEqual([{ partition: 0, offset: 1 }]);
    expect(history.group('g').passed()).toEqual([{ partition: 0, offset: 1 }]);
  });

  it('excuses what was handed out to a client that hung up', () => {
    const history = historyWith(0);
    history.handed(request, [{ partition: 0, offset: 1 }]);
    history.excuse(request, [{ partition: 0, offset: 1 }]);

    expect(history.group('g').lost([2])).toEqual([]);
    expect(history.group('g').isExcused({ partition: 0, offset: 0 })).toBe(false);
  });
});
