import { describe, expect, it } from 'vitest';
import { IllegalStateError } from '#libs/kafka/illegal-state-error.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { Serde } from '#libs/serde/serde.ts';
import {
  ConsumerInstanceBench,
  consumerConfig,
  contents,
} from '../../test/support/consumer-instance-bench.ts';

/** Decodes when the test says so, as with a schema that has to be fetched. */
class SlowSerde extends Serde {
  readonly format = 'json';
  goOn = (): void => undefined;
  readonly #going = new Promise<void>((resolve) => {
    this.goOn = resolve;
  });

  override serializer(): never {
    throw new Error('only reads');
  }

  override async deserialize(data: Buffer): Promise<Buffer> {
    await this.#going;
    return data;
  }
}

describe('ConsumerInstance.read', () => {
  it('returns what is there at once', async () => {
    const bench = new ConsumerInstanceBench();
    bench.produce(['1', '{"a":1.10}']);
    await bench.instance.subscribe(['t1']);

    const delivery = await bench.read();

    expect(contents(delivery)).toEqual(['t1-0@0=1', 't1-0@1={"a":1.10}']);
    expect(bench.clock.now()).toBe(0);
  });

  it('returns more than 30 records', async () => {
    const bench = new ConsumerInstanceBench();
    bench.produce(Array.from({ length: 1_000 }, (_, index) => String(index)));
    await bench.instance.subscribe(['t1']);

    expect((await bench.read()).records).toHaveLength(1_000);
  });

  it('returns no more records than the operator allows, and the others next', async () => {
    const bench = new ConsumerInstanceBench({}, { ...consumerConfig, maxPollRecords: 2 });
    bench.produce(['1', '2', '3']);
    await bench.instance.subscribe(['t1']);

    const first = await bench.read();
    first.confirm();

    expect(first.records).toHaveLength(2);
    expect(contents(await bench.read())).toEqual(['t1-0@2=3']);
  });

  it('waits for a record', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    const read = bench.read();
    await bench.clock.advance(900);
    bench.produce(['1']);

    expect(contents(await read)).toEqual(['t1-0@0=1']);
    expect(bench.clock.now()).toBe(900);
  });

  it('answers nothing when its time is up', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    const read = bench.read(700);
    await bench.clock.advance(700);

    expect((await read).records).toEqual([]);
  });

  it('waits for the first assignment', async () => {
    const bench = new ConsumerInstanceBench();
    bench.produce(['1']);
    bench.consumer.autoJoin = false;
    await bench.instance.subscribe(['t1']);
    const read = bench.read();
    await bench.clock.advance(500);
    await bench.consumer.join();

    expect(contents(await read)).toEqual(['t1-0@0=1']);
  });

  it('keeps below max_bytes and skips nothing', async () => {
    const bench = new ConsumerInstanceBench();
    bench.produce(Array.from({ length: 4 }, () => '"12345678"'));
    await bench.instance.subscribe(['t1']);

    const below = await bench.read(1_000, 30);
    below.confirm();
    const rest = await bench.read(1_000, 31);

    expect(below.records).toHaveLength(2);
    expect(rest.records.map(({ offset }) => offset)).toEqual([2n, 3n]);
  });

  it('lets one record through that is larger than max_bytes', async () => {
    const bench = new ConsumerInstanceBench();
    bench.produce(['"12345678"', '"12345678"']);
    await bench.instance.subscribe(['t1']);

    for (const offset of [0n, 1n]) {
      const delivery = await bench.read(1_000, 1);
      delivery.confirm();
      expect(delivery.records.map((record) => record.offset)).toEqual([offset]);
    }
  });

  it('waits for more than fetch.min.bytes', async () => {
    const bench = new ConsumerInstanceBench({ fetchMinBytes: 2 });
    bench.produce(['12']);
    await bench.instance.subscribe(['t1']);
    const read = bench.read();
    await bench.clock.advance(100);
    bench.produce(['3']);

    expect((await read).records).toHaveLength(2);
    expect(bench.clock.now()).toBe(100);
  });

  it('waits for one byte with fetch.min.bytes 0', async () => {
    const bench = new ConsumerInstanceBench({ fetchMinBytes: 0 });
    bench.produce(['1']);
    await bench.instance.subscribe(['t1']);

    expect((await bench.read()).records).toHaveLength(1);
  });

  it('collects until its time is up with fetch.min.bytes -1', async () => {
    const bench = new ConsumerInstanceBench({ fetchMinBytes: -1 });
    bench.produce(['1']);
    await bench.instance.subscribe(['t1']);
    const read = bench.read();
    await bench.clock.advance(999);
    bench.produce(['2']);
    await bench.clock.advance(1);

    expect((await read).records).toHaveLength(2);
  });

  it('says so without a subscription', async () => {
    const read = new ConsumerInstanceBench().read();

    await expect(read).rejects.toThrow(
      new IllegalStateError('Consumer is not subscribed to any topics or assigned any partitions'),
    );
  });

  it('names topics that cannot exist, and reads on after another subscription', async () => {
    const bench = new ConsumerInstanceBench();
    bench.produce(['1']);
    await bench.instance.subscribe(['t1', 'bad name']);

    await expect(bench.read()).rejects.toMatchObject({
      kind: 'INVALID_TOPIC_EXCEPTION',
      message: 'Invalid topics: [bad name]',
    });
    expect(bench.instance.subscription()).toEqual(['t1', 'bad name']);

    await bench.instance.subscribe(['t1']);
    expect((await bench.read()).records).toHaveLength(1);
  });

  it('queues reads in order, and each keeps its own deadline', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    const answers: string[] = [];
    const follow = (name: string, timeoutMs: number): void => {
      void bench.read(timeoutMs).then((delivery) => {
        answers.push(`${name}@${bench.clock.now()}: ${contents(delivery).join()}`);
        delivery.confirm();
      });
    };
    follow('first', 1_000);
    follow('second', 300);
    follow('third', 2_000);
    await bench.clock.advance(400);
    bench.produce(['1']);
    await bench.clock.advance(100);
    bench.produce(['2']);
    await bench.clock.advance(100);

    expect(answers).toEqual(['second@300: ', 'first@400: t1-0@0=1', 'third@500: t1-0@1=2']);
  });

  it('refuses a read when too many wait', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    const reads = Array.from({ length: 101 }, () => bench.read());

    await expect(bench.read()).rejects.toMatchObject({ status: 429, retryAfterSeconds: 1 });

    await bench.clock.advance(1_000);
    expect((await Promise.all(reads)).every(({ records }) => records.length === 0)).toBe(true);
    expect(bench.clock.pending).toBe(0);
  });

  it('goes on from the new position when the client seeks while it waits', async () => {
    const bench = new ConsumerInstanceBench();
    bench.produce(['1', '2']);
    await bench.instance.subscribe(['t1']);
    (await bench.read()).confirm();
    const read = bench.read();
    await bench.clock.advance(100);
    bench.instance.seek([{ topic: 't1', partition: 0, to: 1n }]);

    expect(contents(await read)).toEqual(['t1-0@1=2']);
  });

  it('delivers nothing from before a seek that came while records were being decoded', async () => {
    const serde = new SlowSerde();
    const bench = new ConsumerInstanceBench({}, {}, serde);
    bench.produce(['1', '2']);
    await bench.instance.subscribe(['t1']);
    const read = bench.read();
    await bench.clock.advance(100);
    bench.instance.seek([{ topic: 't1', partition: 0, to: 1n }]);
    serde.goOn();

    expect(contents(await read)).toEqual(['t1-0@1=2']);
  });

  it('loses nothing when the client goes while records are being decoded', async () => {
    const serde = new SlowSerde();
    const bench = new ConsumerInstanceBench({}, {}, serde);
    bench.produce(['1', '2']);
    await bench.instance.subscribe(['t1']);
    const gone = new AbortController();
    const read = bench.read(1_000, 2 ** 26, gone.signal);
    await bench.clock.advance(100);
    gone.abort();
    serde.goOn();

    expect((await read).records).toEqual([]);
    expect(contents(await bench.read())).toEqual(['t1-0@0=1', 't1-0@1=2']);
  });

  it('takes nothing for a client that has gone', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    const gone = new AbortController();
    const read = bench.read(1_000, 2 ** 26, gone.signal);
    const next = bench.read();
    await bench.clock.advance(100);
    gone.abort();
    bench.produce(['1']);

    expect((await read).records).toEqual([]);
    expect(contents(await next)).toEqual(['t1-0@0=1']);
  });

  it('ends with nothing when the instance is closed', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    const waiting = [bench.read(), bench.read()];
    await bench.clock.advance(100);
    await bench.instance.close({ leave: true });

    expect((await Promise.all(waiting)).map(({ records }) => records.length)).toEqual([0, 0]);
    expect(bench.consumer.closed).toEqual({ leave: true });
    expect(bench.clock.now()).toBe(100);
  });

  it('ends with nothing when the subscription is dropped', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    const read = bench.read();
    await bench.clock.advance(100);
    await bench.instance.unsubscribe();

    expect((await read).records).toEqual([]);
  });

  it('does not wait while the proxy shuts down, and still delivers what is there', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    const waiting = bench.read();
    await bench.clock.advance(100);
    bench.instance.drain();
    expect((await waiting).records).toEqual([]);

    bench.produce(['1']);
    const delivery = await bench.read();
    delivery.confirm();
    expect(delivery.records).toHaveLength(1);
    expect((await bench.read()).records).toEqual([]);
    expect(bench.clock.now()).toBe(100);
  });

  it('passes the errors of the group on', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    bench.consumer.failure = KafkaError.of(
      'GROUP_AUTHORIZATION_FAILED',
      'Not authorized to access group: g1',
    );

    await expect(bench.read()).rejects.toThrow('Not authorized to access group: g1');
  });

  it('gives itself up when another has taken its place in the group', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    bench.consumer.failure = KafkaError.of('FENCED_INSTANCE_ID');

    await expect(bench.read()).rejects.toMatchObject({ status: 404, errorCode: 40403 });
    expect(bench.fencedInstances).toEqual([bench.instance]);
  });
});
