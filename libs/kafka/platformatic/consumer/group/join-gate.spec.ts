import { describe, expect, it } from 'vitest';
import { JoinGate } from './join-gate.ts';

describe('JoinGate', () => {
  it('admits no more groups than its limit, and the next one when one is through', async () => {
    const gate = new JoinGate(1);
    const admitted: string[] = [];
    const leaveA = await gate.enter('a');
    const b = gate.enter('b').then((leave) => {
      admitted.push('b');
      return leave;
    });
    const c = gate.enter('c').then((leave) => {
      admitted.push('c');
      return leave;
    });

    await Promise.resolve();
    expect(admitted).toEqual([]);
    leaveA();
    (await b)();
    await c;

    expect(admitted).toEqual(['b', 'c']);
  });

  it('never keeps a member of a group from joining its own', async () => {
    const gate = new JoinGate(1);

    const leave = await Promise.all([gate.enter('a'), gate.enter('a'), gate.enter('a')]);

    expect(leave).toHaveLength(3);
  });

  it('admits all waiting members of a group at once', async () => {
    const gate = new JoinGate(1);
    const leave = await gate.enter('a');
    const waiting = [gate.enter('b'), gate.enter('b')];
    leave();
    leave();

    await expect(Promise.all(waiting)).resolves.toHaveLength(2);
  });
});
