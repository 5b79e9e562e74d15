import { describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ConsumerInstanceBench, contents } from '../../test/support/consumer-instance-bench.ts';

async function subscribed(
  values: readonly string[],
  options: ConstructorParameters<typeof ConsumerInstanceBench>[0] = {},
): Promise<ConsumerInstanceBench> {
  const bench = new ConsumerInstanceBench(options);
  bench.produce(values);
  await bench.instance.subscribe(['t1']);
  return bench;
}

const all = ['t1-0@0=1', 't1-0@1=2'];

describe('ConsumerInstance, delivered and confirmed', () => {
  it('delivers an abandoned batch again', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).abandon();

    expect(contents(await bench.read())).toEqual(all);
  });

  it('delivers an unconfirmed batch again after 250 ms', async () => {
    const bench = await subscribed(['1', '2']);
    await bench.read();
    const next = bench.read();
    await bench.clock.advance(249);
    expect(bench.consumer.polling).toBe(false);
    await bench.clock.advance(1);

    expect(contents(await next)).toEqual(all);
    expect(bench.clock.now()).toBe(250);
  });

  it('delivers a confirmed batch again when the connection turns out to be broken', async () => {
    const bench = await subscribed(['1', '2']);
    const delivery = await bench.read();
    delivery.confirm();
    await bench.clock.advance(4_999);
    delivery.abandon();

    expect(contents(await bench.read())).toEqual(all);
  });

  it('does not when the client has gone on, or has had the time to', async () => {
    for (const goOn of ['read', 'commit', 'time'] as const) {
      const bench = await subscribed(['1', '2']);
      const delivery = await bench.read();
      delivery.confirm();
      if (goOn === 'read') await bench.read(0);
      else if (goOn === 'commit') await bench.instance.commitConfirmed();
      else await bench.clock.advance(5_000);
      delivery.abandon();

      expect((await bench.read(0)).records).toEqual([]);
    }
  });

  it('asks before it goes on from a confirmation that may be taken back', async () => {
    for (const has of [true, false]) {
      for (const goOn of ['read', 'commit'] as const) {
        const bench = await subscribed(['1', '2']);
        let asked = 0;
        (await bench.read()).confirm(() => {
          asked += 1;
          return Promise.resolve(has);
        });
        if (goOn === 'commit') await bench.instance.commitConfirmed();
        expect(contents(await bench.read(0))).toEqual(has ? [] : all);
        expect(asked).toBe(1);
        await bench.read(0);
        expect(asked).toBe(1);
      }
    }
  });

  it('does not wait for the answer to that when the word comes first', async () => {
    const bench = await subscribed(['1', '2']);
    const first = await bench.read();
    const asked = Promise.withResolvers<boolean>();
    first.confirm(() => asked.promise);
    const next = bench.read();
    first.abandon();
    asked.resolve(true);

    expect(contents(await next)).toEqual(all);
  });

  it('asks nobody once the client has shown that it has the batch', async () => {
    const bench = await subscribed(['1', '2']);
    const delivery = await bench.read();
    let asked = 0;
    delivery.confirm(() => {
      asked++;
      return Promise.resolve(false);
    });
    delivery.confirm();

    expect((await bench.read(0)).records).toEqual([]);
    expect(asked).toBe(0);
  });

  it('goes on at once when the batch is confirmed meanwhile', async () => {
    const bench = await subscribed(['1', '2']);
    const first = await bench.read();
    const next = bench.read();
    await bench.clock.advance(100);
    bench.produce(['3']);
    first.confirm();

    expect(contents(await next)).toEqual(['t1-0@2=3']);
    expect(bench.clock.now()).toBe(100);
  });

  it('waits longer for a batch that is on its way', async () => {
    const bench = await subscribed(['1', '2']);
    const first = await bench.read();
    first.hold(5_000);
    const impatient = bench.read(1_000);
    await bench.clock.advance(1_000);
    expect((await impatient).records).toEqual([]);

    const next = bench.read(10_000);
    await bench.clock.advance(4_000);
    expect(contents(await next)).toEqual(all);
  });

  it('does not count a confirmation that comes after the records were taken back', async () => {
    const bench = await subscribed(['1', '2']);
    const first = await bench.read();
    const again = bench.read();
    await bench.clock.advance(250);
    await again;
    first.confirm();
    const commit = bench.instance.commitConfirmed();
    await bench.clock.advance(250);
    await commit;

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(0n);
  });

  it('commits what was confirmed, not what was delivered', async () => {
    const bench = await subscribed(['1', '2', '3', '4'].map((value) => `"${value.repeat(8)}"`));
    const first = await bench.read(1_000, 25);
    first.confirm();
    await bench.read(1_000, 25);
    const commit = bench.instance.commitConfirmed();
    await bench.clock.advance(250);
    await commit;

    expect(first.records).toHaveLength(2);
    expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': 2n, 't1-1': 0n, 't1-2': 0n });
  });

  it('commits a batch whose confirmation arrives while the commit waits', async () => {
    const bench = await subscribed(['1', '2']);
    const delivery = await bench.read();
    const commit = bench.instance.commitConfirmed();
    await bench.clock.advance(100);
    delivery.confirm();
    await commit;

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(2n);
    expect(bench.clock.now()).toBe(100);
  });

  it('commits while a read waits, no further than was confirmed', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).confirm();
    const read = bench.read();
    await bench.clock.advance(100);
    await bench.instance.commitConfirmed();

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(2n);
    expect(bench.clock.now()).toBe(100);
    bench.produce(['3']);
    expect((await read).records).toHaveLength(1);
  });

  it('commits the position that the client sought', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).confirm();
    const read = bench.read(0);
    bench.instance.seek([{ topic: 't1', partition: 0, to: 1n }]);
    (await read).abandon();
    await bench.instance.commitConfirmed();

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(1n);
  });

  it('commits the position that the client sought, also while records from before it are on their way', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).hold(60_000);
    bench.instance.seek([{ topic: 't1', partition: 0, to: 1n }]);
    const commit = bench.instance.commitConfirmed();
    await bench.clock.advance(250);
    await commit;

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(1n);
  });

  it('commits where it starts when nothing was there to read', async () => {
    const bench = await subscribed(['1', '2'], { autoOffsetReset: 'latest' });
    (await bench.read(0)).confirm();
    await bench.instance.commitConfirmed();

    expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': 2n, 't1-1': 0n, 't1-2': 0n });
  });

  it('says when a commit fails', async () => {
    const bench = await subscribed(['1']);
    (await bench.read()).confirm();
    bench.kafka.beforeCommit = () => Promise.reject(KafkaError.of('GROUP_AUTHORIZATION_FAILED'));

    await expect(bench.instance.commitConfirmed()).rejects.toThrow('Group authorization failed.');
  });

  it('reads, seeks and answers while a commit hangs', async () => {
    const bench = await subscribed(['1', '2']);
    (await bench.read()).confirm();
    bench.kafka.beforeCommit = () => new Promise(() => undefined);
    void bench.instance.commitConfirmed();
    await bench.clock.advance(10);
    bench.instance.seek([{ topic: 't1', partition: 0, to: 'beginning' }]);

    expect(contents(await bench.read())).toEqual(all);
  });

  it('lets no commit wait for ever behind another', async () => {
    const bench = await subscribed(['1']);
    let finish = (): void => undefined;
    bench.kafka.beforeCommit = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const first = bench.instance.commit([{ topic: 't1', partition: 0, offset: 1n, metadata: null }]);
    const second = bench.instance.commit([{ topic: 't1', partition: 0, offset: 2n, metadata: null }]);
    const refused = expect(second).rejects.toMatchObject({ kind: 'REQUEST_TIMED_OUT', retriable: true });
    await bench.clock.advance(60_000);
    finish();
    await first;

    await refused;
    expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': 1n });
  });

  it('puts back only what was not sought meanwhile', async () => {
    const bench = await subscribed(['1', '2']);
    bench.produce(['9'], 1);
    const delivery = await bench.read();
    bench.instance.seek([{ topic: 't1', partition: 0, to: 1n }]);
    delivery.abandon();

    expect(contents(await bench.read())).toEqual(['t1-0@1=2', 't1-1@0=9']);
  });
});

describe('ConsumerInstance, a record that cannot be decoded', () => {
  const place = 'Error deserializing value at t1-0 offset 2: ';

  it('delivers those before it, then names it each time, and goes on past it', async () => {
    const bench = await subscribed(['1', '2', 'nonsense', '4']);
    const before = await bench.read();
    before.confirm();
    expect(contents(before)).toEqual(all);

    for (let time = 0; time < 3; time += 1) {
      await expect(bench.read()).rejects.toMatchObject({
        status: 408,
        errorCode: 40801,
        message: expect.stringContaining(place) as string,
      });
    }

    bench.instance.seek([{ topic: 't1', partition: 0, to: 3n }]);
    expect(contents(await bench.read())).toEqual(['t1-0@3=4']);
  });

  it('is not passed by a commit', async () => {
    const bench = await subscribed(['1', '2', 'nonsense', '4']);
    (await bench.read()).confirm();
    await expect(bench.read()).rejects.toThrow(place);
    await bench.instance.commitConfirmed();

    expect(bench.kafka.committedOf('g1')['t1-0']).toBe(2n);
  });

  it('loses nothing when the records before it are abandoned', async () => {
    const bench = await subscribed(['1', '2', 'nonsense', '4']);
    (await bench.read()).abandon();

    expect(contents(await bench.read())).toEqual(all);
  });

  it('loses nothing of other partitions', async () => {
    const bench = await subscribed(['nonsense', '2']);
    bench.produce(['9'], 1);
    await expect(bench.read()).rejects.toThrow('Error deserializing value at t1-0 offset 0: ');
    bench.instance.seek([{ topic: 't1', partition: 0, to: 1n }]);

    expect(contents(await bench.read())).toEqual(['t1-0@1=2', 't1-1@0=9']);
  });

  it('is named when it is the key', async () => {
    const bench = await subscribed([]);
    bench.kafka.produce('t1', 2, { key: 'x', value: '1' });

    await expect(bench.read()).rejects.toThrow('Error deserializing key at t1-2 offset 0: ');
  });

  it('is no trouble when it is null', async () => {
    const bench = await subscribed([]);
    bench.kafka.produce('t1', 0, { key: null, value: null });

    const delivery = await bench.read();
    expect([delivery.keys, delivery.values]).toEqual([[null], [null]]);
  });
});
