import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { SimulatedProcess } from './simulated-process.ts';

describe('Scheduler', () => {
  it('lets all promises go on between two events', async () => {
    const scheduler = new Scheduler(new Random(1));
    const seen: string[] = [];
    const many = async (): Promise<void> => {
      for (let turn = 0; turn < 1_000; turn++) await Promise.resolve();
      seen.push('promises');
    };
    scheduler.after(1, () => void many());
    scheduler.after(2, () => seen.push('event'));
    await scheduler.run(10);

    expect(seen).toEqual(['promises', 'event']);
    expect(scheduler.now).toBe(10);
  });

  it('does in order of time what was planned in any order, and nothing that was cancelled', async () => {
    const scheduler = new Scheduler(new Random(1));
    const seen: number[] = [];
    const random = new Random(2);
    for (let count = 0; count < 500; count++) {
      const at = random.int(0, 100);
      const cancel = scheduler.after(at, () => seen.push(at));
      if (count % 5 === 0) cancel();
    }
    await scheduler.run(100);

    expect(seen).toHaveLength(400);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('does nothing for a process that has died, and waits for one that is paused', async () => {
    const scheduler = new Scheduler(new Random(1));
    const seen: string[] = [];
    const dead = new SimulatedProcess('dead');
    const paused = new SimulatedProcess('paused');
    scheduler.after(5, () => seen.push('dead'), dead);
    scheduler.after(5, () => seen.push(`paused until ${scheduler.now}`), paused);
    dead.end();
    paused.pause(50);
    await scheduler.run(100);

    expect(seen).toEqual(['paused until 50']);
  });
});
