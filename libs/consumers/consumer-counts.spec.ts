import { describe, expect, it } from 'vitest';
import { ConsumerInstanceBench } from '../../test/support/consumer-instance-bench.ts';

async function subscribed(values: readonly string[]): Promise<ConsumerInstanceBench> {
  const bench = new ConsumerInstanceBench();
  bench.produce(values);
  await bench.instance.subscribe(['t1']);
  return bench;
}

const deliveredBy = ({ counts }: ConsumerInstanceBench): number | undefined =>
  counts.delivered.entries()[0]?.[1];

describe('ConsumerCounts', () => {
  it('counts what was delivered, and what of it has to be delivered again', async () => {
    const bench = await subscribed(['1', '2']);

    (await bench.read()).abandon();
    const again = await bench.read();
    expect([deliveredBy(bench), bench.counts.redelivered]).toEqual([4, 2]);

    again.confirm();
    again.abandon();
    expect([deliveredBy(bench), bench.counts.redelivered]).toEqual([4, 4]);
  });

  it('counts records as unconfirmed from their delivery to its end', async () => {
    const bench = await subscribed(['1', '2']);
    expect(bench.instance.unconfirmed).toBe(0);

    const delivery = await bench.read();
    expect(bench.instance.unconfirmed).toBe(2);

    delivery.confirm();
    expect(bench.instance.unconfirmed).toBe(0);
  });

  it('counts how long reads took, those that found nothing too', async () => {
    const bench = await subscribed([]);

    const read = bench.read(400);
    await bench.clock.advance(400);
    await read;

    expect(bench.counts.reads.sum).toBe(0.4);
    expect(bench.counts.reads.counts.reduce((sum, count) => sum + count)).toBe(1);
  });
});
