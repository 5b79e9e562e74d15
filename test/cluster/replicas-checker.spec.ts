import { describe, expect, it } from 'vitest';
import { check, type Limits, type Verdict } from './replicas/checker.ts';
import type { FaultEvent, HistoryEvent, Outcome, Received } from './replicas/history.ts';

const limits: Limits = {
  subscribers: ['g', 'm'],
  alone: new Set(['m']),
  slowestReadMs: 4_500,
  frozenMs: 6_000,
  repeatedReadsPerFault: 1,
};

/** Records of partition 0; each value is its offset plus 100. */
function records(from: number, to: number): readonly Received[] {
  return Array.from({ length: to - from }, (_, index) => ({
    partition: 0,
    offset: from + index,
    value: from + index + 100,
  }));
}

function produced(to: number): HistoryEvent {
  return { type: 'produced', at: 0, records: records(0, to) };
}

function read(
  subscriber: string,
  startedAt: number,
  got: readonly Received[],
  more: { readonly consumer?: string; readonly endedAt?: number; readonly outcome?: Outcome } = {},
): HistoryEvent {
  const outcome = more.outcome ?? 'received';
  return {
    type: 'read',
    consumer: more.consumer ?? `${subscriber}/one`,
    subscriber,
    startedAt,
    endedAt: more.endedAt ?? startedAt + 10,
    outcome,
    status: 200,
    servedBy: [8082],
    records: outcome === 'received' ? got : [],
  };
}

function committed(at: number, offset: number): HistoryEvent {
  return { type: 'committed', subscriber: 'g', startedAt: at, endedAt: at, offsets: [offset] };
}

function fault(
  startedAt: number,
  more: Partial<Pick<FaultEvent, 'kills' | 'freezes' | 'moves'>> = {},
): HistoryEvent {
  return {
    type: 'fault',
    name: 'fault',
    startedAt,
    endedAt: startedAt + 100,
    kills: [],
    freezes: [],
    ...more,
  };
}

function call(status: number, expected?: readonly number[]): HistoryEvent {
  return {
    type: 'call',
    what: 'create',
    consumer: 'g/one',
    startedAt: 1,
    endedAt: 2,
    outcome: status < 300 ? 'received' : 'refused',
    status,
    servedBy: [8082],
    ...(expected === undefined ? {} : { expected }),
  };
}

/** Ten records that everybody gets, and something else. */
function judge(...events: readonly HistoryEvent[]): Verdict {
  const whole = [produced(10), read('g', 100, records(0, 10)), read('m', 100, records(0, 10))];
  return check({ events: [...whole, ...events] }, limits);
}

describe('check', () => {
  it('finds nothing wrong where nothing is', () => {
    expect(judge(committed(105, 10), call(200))).toEqual({
      delivered: 20,
      lost: 0,
      duplicates: 0,
      repeatedReads: 0,
      not2xx: 0,
      broken: 0,
      slowestReadMs: 10,
      passed: 0,
      violations: [],
    });
  });

  it('finds a record that was acknowledged and came to one subscriber only', () => {
    const events = [produced(10), read('g', 100, records(0, 10)), read('m', 100, records(0, 9))];
    expect(check({ events }, limits)).toMatchObject({
      lost: 1,
      violations: ['lost: m did not get 0@9, acknowledged at 0'],
    });
  });

  it('does not count an answer of which the end is missing', () => {
    const events = [
      produced(10),
      read('g', 100, records(0, 10), { outcome: 'hung up' }),
      read('m', 100, records(0, 10)),
    ];
    expect(check({ events }, limits).lost).toBe(10);
  });

  it('finds a commit beyond what was received', () => {
    expect(judge(committed(200, 11)).violations).toEqual([
      'committed: g had committed 0@11 by 200, and 10 never came',
    ]);
  });

  it('finds a commit that was there before the read began that brought its records', () => {
    expect(judge(committed(50, 1))).toMatchObject({
      passed: 1,
      violations: ['committed: g had committed 0@1 by 50, and 0 came with a read that began at 100'],
    });
  });

  it('finds a record that a commit passed in the middle, though later ones had come', () => {
    const events = [
      produced(10),
      read('g', 10, [...records(0, 3)]),
      read('g', 20, records(4, 10)),
      committed(50, 10),
      read('g', 100, records(3, 4)),
      read('m', 100, records(0, 10)),
    ];
    expect(check({ events }, limits)).toMatchObject({ lost: 0, passed: 1 });
  });

  it('finds records that one consumer alone was not given in order, although they came later', () => {
    const events = [
      produced(10),
      read('g', 100, records(0, 10)),
      read('m', 100, records(0, 3)),
      read('m', 200, records(5, 10)),
      read('m', 300, records(3, 5)),
    ];
    expect(check({ events }, limits).violations).toEqual([
      'order: m/one in the read at 200 got 0@5, and 3 was next',
    ]);
  });

  it('finds a gap within an answer', () => {
    const gap = [...records(0, 2), ...records(3, 10)];
    const events = [
      produced(10),
      read('g', 50, gap),
      read('g', 100, records(2, 3)),
      read('m', 100, records(0, 10)),
    ];
    expect(check({ events }, limits).violations).toEqual(['order: g/one in the read at 50 got 0@3 after 1']);
  });

  it('finds another value at an offset than the one that was acknowledged', () => {
    const wrong = judge(read('g', 300, [{ partition: 0, offset: 9, value: 1 }]), fault(200));
    expect(wrong.violations).toEqual(['order: g/one in the read at 300 got 1 at 0@9, and that is 109']);
  });

  it('allows a fault to repeat one answer of a consumer, and not two', () => {
    const first = [read('g', 150, records(10, 15)), read('g', 160, records(15, 20))];
    const again = read('g', 300, records(15, 20));
    expect(judge(...first, fault(200), again)).toMatchObject({ duplicates: 5, violations: [] });
    expect(judge(...first, fault(200), read('g', 300, records(14, 20)))).toMatchObject({
      duplicates: 6,
      repeatedReads: 2,
      violations: ['twice: 2 answers of g/one came again after fault at 200, from that at 150 on; 1 may'],
    });
    expect(
      judge(...first, fault(200), again, fault(400), read('g', 500, records(15, 20))).violations,
    ).toEqual([]);
  });

  it('allows two faults in a row to repeat an answer each, also at once', () => {
    const events = [read('g', 150, records(10, 15)), fault(155), read('g', 160, records(15, 20)), fault(200)];
    expect(judge(...events, read('g', 300, records(10, 20))).violations).toEqual([]);
    expect(judge(...events, read('g', 300, records(9, 20))).violations).toHaveLength(1);
  });

  it('allows a fault that moves a consumer to and fro one answer that repeats for each move', () => {
    const first = [read('g', 150, records(10, 15)), read('g', 160, records(15, 20))];
    const moved = (moves: number, ...again: readonly HistoryEvent[]): Verdict =>
      judge(...first, fault(200, { moves: { 'g/one': moves, 'm/one': 9 } }), ...again);
    const both = [read('g', 300, records(12, 20))];
    const each = [
      read('g', 300, records(15, 18)),
      read('g', 310, records(16, 20)),
      read('g', 320, records(9, 13)),
    ];
    expect(moved(0, ...both).violations).toEqual([]);
    expect(moved(1, ...each).violations).toEqual([]);
    expect(moved(0, ...each).violations).toHaveLength(1);
  });

  it('finds an answer that comes twice without a fault', () => {
    expect(judge(read('m', 200, records(0, 1))).violations).toEqual([
      'twice: 1 answers of m/one came again after no fault, from that at 100 on; 0 may',
    ]);
  });

  it('finds a status that no client should see, unless it was expected', () => {
    expect(judge(call(404)).violations).toEqual(['answer: create of g/one at 1 to 2: 404  (8082)']);
    expect(judge(call(503, [200, 503])).violations).toEqual([]);
    expect(judge(call(404, [200, 503]))).toMatchObject({ not2xx: 1 });
  });

  it('finds an answer that broke, unless the replica was killed that wrote it', () => {
    const broken = read('g', 200, [], { outcome: 'broken' });
    expect(judge(broken)).toMatchObject({ broken: 1, violations: [expect.stringContaining('broke')] });
    expect(judge(broken, fault(150, { kills: [8083] })).violations).toHaveLength(1);
    expect(judge(broken, fault(150, { kills: [8082] })).violations).toEqual([]);
  });

  it('finds a record that was refused while nothing was wrong', () => {
    const refused: HistoryEvent = {
      type: 'produce failed',
      startedAt: 10_000,
      endedAt: 10_001,
      status: 500,
      detail: 'x',
    };
    expect(judge(refused).violations).toEqual(['answer: produce at 10000: 500 x']);
    expect(judge(refused, fault(9_000)).violations).toEqual([]);
  });

  it('finds a read that took too long, with more patience where a replica was frozen', () => {
    const slow = read('g', 1_000, [], { endedAt: 6_000 });
    expect(judge(slow).violations).toEqual(['slow: a read of g/one at 1000 took 5000 of 4500 ms']);
    expect(judge(slow, fault(2_000, { freezes: [8083] })).violations).toHaveLength(1);
    expect(judge(slow, fault(2_000, { freezes: [8082] })).violations).toEqual([]);
  });

  it('repeats what a scenario found wrong by itself', () => {
    expect(judge({ type: 'complaint', at: 1, text: 'it was created twice' }).violations).toEqual([
      'it was created twice',
    ]);
  });

  it('shows the first of many', () => {
    const events = [produced(10), read('g', 100, records(0, 10))];
    expect(check({ events }, limits).violations).toHaveLength(6);
  });
});
