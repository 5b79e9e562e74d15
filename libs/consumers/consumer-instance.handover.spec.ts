import { describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { TopicPartitionOffset } from '#libs/kafka/kafka-types.ts';
import { ConsumerInstanceBench, everything } from '../../test/support/consumer-instance-bench.ts';
import { ConsumerInstanceMovedError } from './consumer-instance-moved.error.ts';
import type { ConsumerInstanceState } from './consumer-registry.ts';
import { FormerState } from './former-state.ts';

const assigned = [{ topic: 't1', partition: 0 }];

async function assignedBench(autoCommit = false): Promise<ConsumerInstanceBench> {
  const bench = new ConsumerInstanceBench({ autoCommit });
  await bench.instance.assign(assigned);
  return bench;
}

/** Lets time pass until the work is done. */
async function during<T>(bench: ConsumerInstanceBench, work: Promise<T>): Promise<T> {
  const progress = { isDone: false };
  const done = work.finally(() => (progress.isDone = true));
  done.catch(() => undefined);
  for (let i = 0; i < 200 && !progress.isDone; i++) await bench.clock.advance(50);
  return done;
}

describe('ConsumerInstance.handOver', () => {
  it('says where another process goes on, commits what was confirmed, and leaves no group', async () => {
    const bench = await assignedBench(true);
    bench.produce(['1', '2']);
    (await bench.read()).confirm();
    const state = await during(bench, bench.instance.handOver());

    expect(state).toEqual<ConsumerInstanceState>({
      source: { kind: 'assigned', partitions: assigned },
      positions: [{ topic: 't1', partition: 0, offset: 2n }],
      membership: undefined,
      usedAt: 0,
    });
    expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': 2n });
    expect(bench.consumer.closed).toEqual({ leave: false });
    expect(bench.clock.pending).toBe(0);
  });

  it('never passes what was not confirmed', async () => {
    const bench = await assignedBench(true);
    bench.produce(['1', '2']);
    await bench.read();
    const state = await during(bench, bench.instance.handOver());

    expect(state.positions).toEqual([{ topic: 't1', partition: 0, offset: 0n }]);
    expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': 0n });
  });

  it('ends reads that wait with nothing', async () => {
    const bench = await assignedBench();
    const reading = bench.read(60_000);
    await bench.clock.advance(10);
    await during(bench, bench.instance.handOver());

    expect((await reading).records).toEqual([]);
  });

  it('waits for a change that is under way', async () => {
    const bench = new ConsumerInstanceBench({ autoCommit: true });
    await bench.instance.assign(assigned);
    bench.produce(['1']);
    await bench.read();
    const changing = bench.instance.assign([{ topic: 't1', partition: 2 }]);
    changing.catch(() => undefined);
    await bench.clock.advance(10);
    const state = await during(bench, bench.instance.handOver());

    expect(state.source).toEqual({ kind: 'assigned', partitions: [{ topic: 't1', partition: 2 }] });
    await expect(changing).rejects.toThrow(ConsumerInstanceMovedError);
  });

  it('waits until a group is left that is being left', async () => {
    const bench = new ConsumerInstanceBench();
    await bench.instance.subscribe(['t1']);
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    bench.consumer.unsubscribe = () => left;
    const changing = bench.instance.unsubscribe();
    changing.catch(() => undefined);
    await bench.clock.advance(10);
    const handingOver = bench.instance.handOver();
    await bench.clock.advance(1_000);
    expect(bench.consumer.closed).toBeUndefined();
    leave();
    const state = await during(bench, handingOver);

    expect(state.source).toEqual({ kind: 'none' });
    await expect(changing).rejects.toThrow(ConsumerInstanceMovedError);
  });

  it.each([
    ['subscribe', (bench) => bench.instance.subscribe(['t1'])],
    ['unsubscribe', (bench) => bench.instance.unsubscribe()],
    ['assign', (bench) => bench.instance.assign(assigned)],
    ['commit', (bench) => bench.instance.commitConfirmed()],
    ['committed', (bench) => bench.instance.committed(assigned)],
    ['persist', (bench) => bench.instance.persist()],
    [
      'seek',
      (bench) => bench.instance.use(() => bench.instance.seek([{ topic: 't1', partition: 0, to: 0n }])),
    ],
    ['requireAssigned', (bench) => bench.instance.use(() => bench.instance.requireAssigned(assigned))],
  ] satisfies [string, (bench: ConsumerInstanceBench) => Promise<unknown>][])(
    'has done elsewhere what comes later: %s',
    async (_, call) => {
      const bench = await assignedBench();
      const handingOver = bench.instance.handOver();

      await expect(call(bench)).rejects.toThrow(ConsumerInstanceMovedError);
      await during(bench, handingOver);
      await expect(call(bench)).rejects.toThrow(ConsumerInstanceMovedError);
    },
  );

  it('asks of a confirmation that may be taken back before others go on from it', async () => {
    for (const [has, offset] of [
      [true, 2n],
      [false, 0n],
    ] as const) {
      const bench = await assignedBench(true);
      bench.produce(['1', '2']);
      (await bench.read()).confirm(() => Promise.resolve(has));
      await bench.clock.advance(1_000);
      const { positions } = (await during(bench, bench.instance.handOver())) ?? {};

      expect(positions).toMatchObject([{ offset }]);
      expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': offset });
    }
  });

  it('has done elsewhere what fails because of it', async () => {
    const bench = await assignedBench();
    bench.produce(['1']);
    (await bench.read()).confirm();
    let open = (): void => undefined;
    bench.kafka.beforeCommit = () =>
      new Promise((_, reject) => void (open = () => reject(KafkaError.of('NOT_COORDINATOR'))));
    const committing = bench.instance.commitConfirmed();
    committing.catch(() => undefined);
    await bench.clock.advance(1);
    const handingOver = bench.instance.handOver();
    open();

    await expect(committing).rejects.toThrow(ConsumerInstanceMovedError);
    await during(bench, handingOver);
  });
});

describe('ConsumerInstance that is another one’s', () => {
  /** Whoever is told drops the instance. */
  class LostBench extends ConsumerInstanceBench {
    isLost = true;

    override async persist(): Promise<void> {
      await super.persist();
      if (this.isLost) void this.instance.dropFenced();
    }
  }

  it.each([
    ['a subscription', (bench) => bench.instance.subscribe(['t1'])],
    ['a read without a source', (bench) => bench.read()],
    [
      'a seek of what is not assigned',
      (bench) => bench.instance.use(() => bench.instance.requireAssigned(assigned)),
    ],
  ] satisfies [string, (bench: LostBench) => Promise<unknown>][])(
    'finds out in time: %s',
    async (_, call) => {
      const bench = new LostBench();

      await expect(call(bench)).rejects.toThrow(ConsumerInstanceMovedError);
      expect(bench.consumer.closed).toEqual({ leave: false });
    },
  );

  it('delivers nothing of a first read', async () => {
    const bench = new LostBench();
    bench.isLost = false;
    await bench.instance.assign(assigned);
    bench.isLost = true;
    bench.produce(['1']);

    await expect(bench.read()).rejects.toThrow(ConsumerInstanceMovedError);
  });

  it('is dropped when Kafka says so', async () => {
    const bench = await assignedBench();
    bench.consumer.failure = KafkaError.of('FENCED_INSTANCE_ID');

    await expect(bench.read()).rejects.toThrow(ConsumerInstanceMovedError);
    expect(bench.fencedInstances).toEqual([bench.instance]);
    await expect(bench.instance.subscribe(['t1'])).rejects.toThrow(ConsumerInstanceMovedError);
  });
});

describe('ConsumerInstance that goes on where another process has stopped', () => {
  it('reads assigned partitions from the positions', async () => {
    const bench = new ConsumerInstanceBench();
    bench.produce(['1', '2', '3']);
    bench.instance.resume(
      {
        source: { kind: 'assigned', partitions: assigned },
        positions: [
          { topic: 't1', partition: 0, offset: 1n },
          { topic: 't1', partition: 1, offset: 5n },
        ],
        membership: undefined,
      },
      undefined,
    );
    const { records } = await bench.read(0, everything);

    expect(records.map(({ offset }) => offset)).toEqual([1n, 2n]);
    expect(bench.instance.state().source).toEqual({ kind: 'assigned', partitions: assigned });
  });

  it('subscribes to topics that Kafka takes, and says what was asked for', async () => {
    const bench = new ConsumerInstanceBench();
    bench.instance.resume(
      { source: { kind: 'topics', topics: ['t1', 'a b'] }, positions: [], membership: undefined },
      undefined,
    );
    await bench.clock.advance(0);

    expect(bench.consumer.subscription()).toEqual(['t1']);
    expect(bench.instance.subscription()).toEqual(['t1', 'a b']);
    await expect(bench.read()).rejects.toMatchObject({ kind: 'INVALID_TOPIC_EXCEPTION' });
  });

  it('tells once where reading began, before the client learns of it', async () => {
    const bench = await assignedBench();
    const { persists } = bench;
    bench.produce(['1']);
    (await bench.read()).confirm();
    expect(bench.persists).toBe(persists + 1);
    bench.produce(['2']);
    await bench.read();

    expect(bench.persists).toBe(persists + 1);
  });

  it('tells where reading began also when nobody knew before the records came', async () => {
    const bench = await assignedBench();
    const { persists } = bench;
    const positions = bench.consumer.positions.bind(bench.consumer);
    bench.consumer.positions = () => [];
    const reading = bench.read();
    await bench.clock.advance(1);
    bench.consumer.positions = positions;
    bench.produce(['1', '2']);
    expect((await reading).records).toHaveLength(2);

    expect(bench.persists).toBe(persists + 1);
    expect(bench.instance.state().positions).toEqual([{ topic: 't1', partition: 0, offset: 0n }]);
  });
});

describe('FormerState', () => {
  it('stands for what is not known yet: without partitions all of it, then what is missing', () => {
    const { consumer } = new ConsumerInstanceBench();
    const at = (partition: number, offset: bigint): TopicPartitionOffset => ({
      topic: 't1',
      partition,
      offset,
    });
    const source = { kind: 'topics', topics: ['t1'] } as const;
    const former = {
      source,
      positions: [at(0, 5n), at(1, 6n)],
      membership: { memberId: 'm', generationId: 3 },
    };
    const now = { source, positions: [], membership: { memberId: 'n', generationId: 4 } };
    const state = new FormerState(consumer, former);
    consumer.assignment = () => [];
    expect(state.completed({ ...now, membership: undefined })).toEqual(former);
    consumer.assignment = () => [at(1, 0n), at(2, 0n)];
    expect(state.completed(now)).toEqual({ ...now, positions: [at(1, 6n)] });
    expect(state.completed({ ...now, positions: [at(1, 8n)] }).positions).toEqual([at(1, 8n)]);
    const known = { ...now, positions: [at(1, 8n), at(2, 0n)] };
    expect(state.completed(known)).toEqual(known);
    expect(state.completed(now)).toBe(now);
  });
});

describe('ConsumerInstance, answers that follow another', () => {
  /** Has delivered `1`, which was confirmed; `2` is to come. */
  async function readOnce(): Promise<ConsumerInstanceBench> {
    const bench = await assignedBench();
    bench.produce(['1']);
    (await bench.read()).confirm();
    bench.produce(['2']);
    return bench;
  }

  it('wait until it is saved what was confirmed before, beside the work for Kafka', async () => {
    const bench = await readOnce();
    const { promise, resolve: save } = Promise.withResolvers<void>();
    bench.saved = promise;
    let isHere = false;
    const reading = bench.read().finally(() => (isHere = true));
    await bench.clock.advance(1_000);
    expect(isHere).toBe(false);
    expect(bench.consumer.positions()).toEqual([{ topic: 't1', partition: 0, offset: 2n }]);
    expect(bench.instance.state().positions).toEqual([{ topic: 't1', partition: 0, offset: 1n }]);
    save();

    expect((await reading).records).toHaveLength(1);
  });

  it('do not when they bring nothing', async () => {
    const bench = await assignedBench();
    bench.produce(['1']);
    (await bench.read()).confirm();
    bench.saved = new Promise(() => undefined);

    expect((await bench.read(0)).records).toEqual([]);
  });

  it('go back when the save tells that another process has gone on', async () => {
    const bench = await readOnce();
    const { promise, resolve: save } = Promise.withResolvers<void>();
    bench.saved = promise;
    const reading = bench.read();
    reading.catch(() => undefined);
    await bench.clock.advance(1);
    void bench.instance.dropFenced();
    save();

    await expect(reading).rejects.toThrow(ConsumerInstanceMovedError);
    expect(bench.instance.unconfirmed).toBe(0);
  });

  it('go back at once when the instance is handed over meanwhile', async () => {
    const bench = await readOnce();
    const { promise, resolve: save } = Promise.withResolvers<void>();
    bench.saved = promise;
    const reading = bench.read();
    reading.catch(() => undefined);
    await bench.clock.advance(1);
    const handing = bench.instance.handOver();
    save();

    await expect(reading).rejects.toThrow(ConsumerInstanceMovedError);
    expect((await handing).positions).toEqual([{ topic: 't1', partition: 0, offset: 1n }]);
    expect(bench.clock.now()).toBe(1);
  });
});
