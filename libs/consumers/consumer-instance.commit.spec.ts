import { describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ConsumerInstanceBench, contents } from '../../test/support/consumer-instance-bench.ts';

async function subscribed(values: readonly string[], autoCommit = true): Promise<ConsumerInstanceBench> {
  const bench = new ConsumerInstanceBench({ autoCommit });
  bench.produce(values);
  await bench.instance.subscribe(['t1']);
  return bench;
}

const t1 = [0, 1, 2].map((partition) => ({ topic: 't1', partition }));

describe('ConsumerInstance that commits by itself', () => {
  it('commits what was confirmed after the interval', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).confirm();
    await bench.read(0);
    await bench.clock.advance(4_999);
    expect(bench.kafka.committedOf('g1')).toEqual({});
    await bench.clock.advance(1);

    expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': 2n, 't1-1': 0n, 't1-2': 0n });
  });

  it('commits it also when the client does not go on', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).confirm();
    await bench.clock.advance(9_999);
    expect(bench.kafka.committedOf('g1')).toEqual({});
    await bench.clock.advance(1);

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(2n);
  });

  it('does not commit what was written to a connection that may have broken', async () => {
    const bench = await subscribed(['1', '2', '3']);
    (await bench.read(1_000, 2)).confirm();
    const second = await bench.read(1_000, 2);
    await bench.clock.advance(4_900);
    second.confirm();
    await bench.clock.advance(200);
    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(1n);
    second.abandon();

    expect(contents(await bench.read())).toEqual(['t1-0@1=2', 't1-0@2=3']);
  });

  it('does not commit what is delivered and not confirmed', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read(1_000, 2)).confirm();
    (await bench.read(1_000, 2)).hold(60_000);
    await bench.clock.advance(5_000);

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(1n);
  });

  it('commits while a read waits', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).confirm();
    void bench.read(60_000);
    await bench.clock.advance(5_000);

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(2n);
  });

  it('commits what changed, once', async () => {
    const bench = await subscribed(['1', '2']);
    const commits: unknown[] = [];
    bench.kafka.beforeCommit = (offsets) => {
      commits.push(offsets.map(({ partition, offset }) => [partition, offset]));
      return Promise.resolve();
    };
    (await bench.read()).confirm();
    await bench.clock.advance(20_000);
    bench.produce(['3']);
    (await bench.read()).confirm();
    await bench.clock.advance(20_000);

    expect(commits).toEqual([
      [
        [0, 2n],
        [1, 0n],
        [2, 0n],
      ],
      [[0, 3n]],
    ]);
    expect(bench.clock.pending).toBe(0);
  });

  it('tries again when a commit failed', async () => {
    const bench = await subscribed(['1']);
    const commit = bench.kafka.beforeCommit;
    bench.kafka.beforeCommit = () => Promise.reject(KafkaError.of('COORDINATOR_NOT_AVAILABLE'));
    (await bench.read()).confirm();
    await bench.read(0);
    await bench.clock.advance(5_000);
    expect(bench.failures).toHaveLength(1);

    bench.kafka.beforeCommit = commit;
    await bench.clock.advance(5_000);
    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(1n);
  });

  it('commits when it is closed, a batch that is confirmed in time included', async () => {
    const bench = await subscribed(['1', '2']);
    const delivery = await bench.read();
    const closing = bench.instance.close({ leave: true });
    await bench.clock.advance(100);
    delivery.confirm();
    await closing;

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(2n);
    expect(bench.consumer.closed).toEqual({ leave: true });
  });

  it('commits when it is closed no more than was confirmed', async () => {
    const bench = await subscribed(['1', '2']);
    await bench.read();
    const closing = bench.instance.close({ leave: true });
    await bench.clock.advance(250);
    await closing;

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(0n);
  });

  it('commits when it unsubscribes', async () => {
    const bench = await subscribed(['1']);
    (await bench.read()).confirm();
    await bench.instance.unsubscribe();

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(1n);
    expect(bench.instance.subscription()).toEqual([]);
    expect(bench.instance.assignment()).toEqual([]);
  });

  it('closes in seconds when it cannot commit', async () => {
    const bench = await subscribed(['1']);
    (await bench.read()).confirm();
    bench.kafka.beforeCommit = () => Promise.reject(KafkaError.of('REQUEST_TIMED_OUT'));
    await bench.instance.close({ leave: true });

    expect(bench.consumer.closed).toEqual({ leave: true });
    expect(bench.clock.pending).toBe(0);
  });

  it('does none of this when it was told not to', async () => {
    const bench = await subscribed(['1'], false);
    (await bench.read()).confirm();
    await bench.clock.advance(10_000);
    await bench.consumer.revoke(t1);
    await bench.instance.close({ leave: true });

    expect(bench.kafka.committedOf('g1')).toEqual({});
  });
});

describe('ConsumerInstance, when the group takes partitions away', () => {
  it('commits what was confirmed of them before they go', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).confirm();
    const revoked = bench.consumer.revoke(t1.slice(0, 1));
    await bench.clock.advance(250);
    await revoked;

    expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': 2n });
  });

  it('waits for a delivery that is being written', async () => {
    const bench = await subscribed(['1', '2']);
    const delivery = await bench.read();
    delivery.hold(5_000);
    const revoked = bench.consumer.revoke(t1);
    await bench.clock.advance(1_500);
    delivery.confirm();
    await bench.clock.advance(250);
    await revoked;

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(2n);
  });

  it('commits nothing of a delivery whose connection turns out to be broken', async () => {
    const bench = await subscribed(['1', '2']);
    const delivery = await bench.read();
    delivery.confirm();
    const revoked = bench.consumer.revoke(t1);
    await bench.clock.advance(100);
    delivery.abandon();
    await revoked;

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(0n);
  });

  it('does not wait for ever, and commits no further than was confirmed', async () => {
    const bench = await subscribed(['1', '2']);
    const delivery = await bench.read();
    delivery.hold(60_000);
    const revoked = bench.consumer.revoke(t1);
    await bench.clock.advance(2_000);
    await revoked;
    delivery.confirm();
    await bench.clock.advance(5_000);

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(0n);
  });

  it('puts nothing back of them', async () => {
    const bench = await subscribed(['1', '2']);
    bench.produce(['9'], 1);
    const delivery = await bench.read();
    const revoked = bench.consumer.revoke(t1.slice(0, 1));
    await bench.clock.advance(2_000);
    await revoked;
    delivery.abandon();

    expect(contents(await bench.read())).toEqual(['t1-1@0=9']);
  });

  it('commits nothing when they are lost already', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).confirm();
    await bench.consumer.revoke(t1, true);
    await bench.clock.advance(5_000);

    expect(bench.kafka.committedOf('g1')).toEqual({});
  });
});

describe('ConsumerInstance.assign', () => {
  it('reads the partitions, and no longer those it had', async () => {
    const bench = new ConsumerInstanceBench({ autoCommit: true });
    bench.produce(['1']);
    bench.produce(['9'], 1);
    await bench.instance.assign(t1.slice(0, 1));
    (await bench.read()).confirm();
    await bench.instance.assign(t1.slice(1, 2));

    expect(contents(await bench.read())).toEqual(['t1-1@0=9']);
    expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': 1n });
  });

  it('of nothing is to unsubscribe', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.assign(t1);
    await bench.instance.assign([]);
    await bench.instance.subscribe(['t1']);

    expect(bench.instance.subscription()).toEqual(['t1']);
  });

  it('does not go with a subscription, nor the other way round', async () => {
    const message = 'Subscription to topics, partitions and pattern are mutually exclusive';
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['bad name']);
    await expect(bench.instance.assign(t1)).rejects.toThrow(message);
    await bench.instance.unsubscribe();
    await bench.instance.assign(t1);
    await expect(bench.instance.subscribe(['t1'])).rejects.toThrow(message);
  });
});

describe('ConsumerInstance.seek', () => {
  it('changes nothing when one of the partitions is not assigned', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).confirm();
    expect(() =>
      bench.instance.seek([
        { topic: 't1', partition: 0, to: 0n },
        { topic: 't1', partition: 7, to: 0n },
      ]),
    ).toThrow('No current assignment for partition t1-7');

    const read = bench.read(0);
    await bench.clock.advance(0);
    expect((await read).records).toEqual([]);
  });

  it('drops what was buffered', async () => {
    const bench = await subscribed(['1', '2', '3']);
    (await bench.read(1_000, 2)).confirm();
    bench.instance.seek([{ topic: 't1', partition: 0, to: 2n }]);

    expect(contents(await bench.read())).toEqual(['t1-0@2=3']);
  });
});
