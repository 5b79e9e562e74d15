import { describe, expect, it } from 'vitest';
import { Delivery } from '#libs/consumers/delivery.ts';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { ForwardedDeliveries } from './forwarded-deliveries.ts';

function bench(): {
  readonly clock: ManualClock;
  readonly forwarded: ForwardedDeliveries;
  readonly told: string[];
  readonly add: () => string;
} {
  const clock = new ManualClock();
  const forwarded = new ForwardedDeliveries(clock, 'p');
  const told: string[] = [];
  const owner = {
    confirmed: () => void told.push('confirmed'),
    abandoned: () => void told.push('abandoned'),
    held: (_: Delivery, ms: number) => void told.push(`held ${ms}`),
  };
  return { clock, forwarded, told, add: () => forwarded.add(new Delivery([], [], [], owner)) };
}

describe('ForwardedDeliveries', () => {
  it('passes on what became of an answer', () => {
    const { add, forwarded, told } = bench();
    const id = add();

    expect([forwarded.hold(id, 7), forwarded.confirm(id), forwarded.abandon(id)]).toEqual([true, true, true]);
    expect(told).toEqual(['held 7', 'confirmed', 'abandoned']);
    expect(forwarded.confirm('other-1')).toBe(false);
    expect(add()).not.toBe(id);
  });

  it('passes on how to ask whether the client has not gone since', async () => {
    const forwarded = new ForwardedDeliveries(new ManualClock(), 'p');
    const checks: ((() => Promise<boolean>) | undefined)[] = [];
    const owner = {
      confirmed: (_: Delivery, stillHas?: () => Promise<boolean>) => void checks.push(stillHas),
      abandoned: () => undefined,
      held: () => undefined,
    };
    const [one = '', other = ''] = [0, 1].map(() => forwarded.add(new Delivery([], [], [], owner)));
    const stillHas = (): Promise<boolean> => Promise.resolve(false);
    forwarded.confirm(one);
    forwarded.confirm(other, stillHas);
    // It has shown meanwhile that it has it.
    forwarded.confirm(other);

    expect(checks).toEqual([undefined, stillHas, undefined]);
  });

  it('forgets what nobody speaks of for a minute', async () => {
    const { add, clock, forwarded } = bench();
    const [silent, held] = [add(), add()];
    await clock.advance(30_000);
    forwarded.hold(held, 1);
    await clock.advance(30_000);

    expect(forwarded.confirm(silent)).toBe(false);
    expect(forwarded.confirm(held)).toBe(true);
  });

  it('forgets soon what was confirmed, and costs no timers', async () => {
    const { add, clock, forwarded } = bench();
    const id = add();
    forwarded.confirm(id);
    await clock.advance(5_999);
    expect(forwarded.size).toBe(1);
    await clock.advance(1);

    expect(forwarded.size).toBe(0);
    expect(forwarded.abandon(id)).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('keeps only so many: the oldest stay unconfirmed', () => {
    const { add, forwarded } = bench();
    const first = add();
    for (let i = 0; i < 100_000; i++) add();

    expect(forwarded.confirm(first)).toBe(false);
    expect(forwarded.size).toBe(100_000);
  });
});
