import { beforeEach, describe, expect, it } from 'vitest';
import { BinarySerde } from '#libs/serde/binary/binary-serde.ts';
import { JsonSerde } from '#libs/serde/json/json-serde.ts';
import { Serdes } from '#libs/serde/serdes.ts';
import { consumerConfig } from '../../test/support/consumer-instance-bench.ts';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryKafkaConsumers } from '../../test/support/fakes/memory-kafka-consumers.ts';
import { MemoryKafka } from '../../test/support/fakes/memory-kafka.ts';
import { ConsumerInstanceMovedError } from './consumer-instance-moved.error.ts';
import type { ConsumerInstanceOptions } from './consumer-instance-options.ts';
import { ConsumerInstances } from './consumer-instances.ts';
import { ConsumerRegistry, type Claim, type ConsumerInstanceState } from './consumer-registry.ts';

const c1 = { group: 'g1', id: 'c1' };
const nothing: ConsumerInstanceState = { source: { kind: 'none' }, positions: [], membership: undefined };
const options: ConsumerInstanceOptions = {
  ...c1,
  format: 'json',
  autoOffsetReset: 'earliest',
  autoCommit: false,
  fetchMinBytes: undefined,
  requestTimeoutMs: 1_000,
};

/** Answers when the test says so. */
class SharedRegistry extends ConsumerRegistry {
  override readonly isShared = true;
  readonly calls: string[] = [];
  gate: Promise<void> = Promise.resolve();
  removal: 'removed' | 'moved' = 'removed';
  #epoch = 0;

  async create(): Promise<Claim> {
    await this.gate;
    return { outcome: 'created', epoch: ++this.#epoch };
  }

  used(): void {
    this.calls.push('used');
  }

  changed(): void {
    this.calls.push('changed');
  }

  saving(): undefined {
    return undefined;
  }

  persist(): Promise<void> {
    this.calls.push('persist');
    return this.gate;
  }

  async remove(): Promise<'removed' | 'moved'> {
    this.calls.push('remove');
    await this.gate;
    return this.removal;
  }

  lost(): void {
    this.calls.push('lost');
  }

  removedBy(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

class Bench {
  readonly clock = new ManualClock();
  readonly kafka = new MemoryKafka().topic('t1');
  readonly consumers = new MemoryKafkaConsumers(this.kafka, this.clock);
  readonly registry = new SharedRegistry();
  readonly instances = new ConsumerInstances(
    {
      serverId: '',
      requestTimeoutMs: 1_000,
      requestMaxBytes: 1_000_000,
      instanceTimeoutMs: 300_000,
      fetchMinBytes: undefined,
      maxInstances: 10,
      maxInstancesPerGroup: 2,
      consumer: consumerConfig,
    },
    this.consumers,
    new Serdes([new BinarySerde(), new JsonSerde()]),
    this.registry,
    this.clock,
  );

  close(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.registry.gate = promise;
    return resolve;
  }
}

describe('ConsumerInstances that other processes share', () => {
  let bench: Bench;

  beforeEach(() => {
    bench = new Bench();
  });

  it('say while one is made, removed or handed over that it is not clear yet where it is', async () => {
    const { clock, instances } = bench;
    const work = [
      () => instances.create(options),
      () => instances.handOver(c1, () => bench.registry.gate),
      () => instances.create(options),
      () => instances.delete('g1', 'c1', 'r1'),
    ];
    for (const each of work) {
      const open = bench.close();
      const done = each();
      await clock.advance(0);
      let isSettled = false;
      void instances.settling(c1)?.then(() => (isSettled = true));
      await clock.advance(0);
      expect([instances.settling(c1) === undefined, isSettled]).toEqual([false, false]);
      open();
      await done;
      await clock.advance(0);
      expect([instances.settling(c1) === undefined, isSettled]).toEqual([true, true]);
    }
  });

  it('are not found while they go, nor removed', async () => {
    const { instances } = bench;
    await instances.create(options);
    const open = bench.close();
    const going = instances.handOver(c1, () => bench.registry.gate);
    const again = instances.handOver(c1, () => Promise.reject(new Error('once only')));

    expect(instances.isServed(c1)).toBe(false);
    expect(instances.epochOf(c1)).toBe(1);
    expect(() => instances.find('g1', 'c1')).toThrow(ConsumerInstanceMovedError);
    await expect(instances.delete('g1', 'c1', 'r1')).rejects.toThrow(ConsumerInstanceMovedError);
    open();
    await Promise.all([going, again]);
    expect(instances.epochOf(c1)).toBeUndefined();
    expect(instances.size).toBe(0);
  });

  it('are gone when the hand-over fails', async () => {
    const { instances } = bench;
    await instances.create(options);

    await expect(instances.handOver(c1, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(instances.size).toBe(0);
    expect(instances.settling(c1)).toBeUndefined();
  });

  it('are left to others at the end, not removed', async () => {
    await bench.instances.create(options);
    await bench.instances.beforeApplicationShutdown();

    expect(bench.registry.calls).toEqual(['persist']);
    expect(bench.consumers.created[0]?.closed).toEqual({ leave: false });
  });

  it('take the place of others with the name', async () => {
    const { consumers, instances } = bench;
    instances.adopt(options, 1, nothing, undefined, 0);
    instances.adopt(options, 2, nothing, undefined, 0);
    await instances.create(options);

    expect(instances.size).toBe(1);
    expect(instances.held()).toHaveLength(1);
    expect(consumers.created.map(({ closed }) => closed)).toEqual([
      { leave: false },
      { leave: false },
      undefined,
    ]);
  });

  it('come beyond the limit when they are adopted, and count', async () => {
    const { instances } = bench;
    for (const id of ['c1', 'c2', 'c3']) instances.adopt({ ...options, id }, 1, nothing, undefined, 0);

    expect(instances.size).toBe(3);
    await expect(instances.create({ ...options, id: 'c4' })).rejects.toMatchObject({ status: 429 });
  });

  it('expire by the time of their last use elsewhere', async () => {
    const { clock, instances } = bench;
    instances.adopt(options, 1, nothing, undefined, 299_000);
    await clock.advance(1_000);

    expect(instances.size).toBe(0);
    expect(bench.registry.calls).toEqual(['remove']);
  });

  it('that have moved leave no group when they expire', async () => {
    const { clock, consumers, instances } = bench;
    bench.registry.removal = 'moved';
    await instances.create(options);
    await clock.advance(301_000);

    expect(consumers.created[0]?.closed).toEqual({ leave: false });
    expect(instances.size).toBe(0);
  });

  it('end no wait once the process shuts down, wherever they come from', async () => {
    const { instances } = bench;
    instances.drain();
    instances.adopt(options, 1, { ...nothing, source: { kind: 'topics', topics: ['t1'] } }, undefined, 0);
    const reading = instances.find('g1', 'c1').read({ timeoutMs: 60_000, maxBytes: 10 });
    await bench.clock.advance(0);

    expect((await reading).records).toEqual([]);
  });
});
