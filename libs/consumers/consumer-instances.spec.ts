import { describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { BinarySerde } from '#libs/serde/binary/binary-serde.ts';
import { JsonSerde } from '#libs/serde/json/json-serde.ts';
import { Serdes } from '#libs/serde/serdes.ts';
import { consumerConfig } from '../../test/support/consumer-instance-bench.ts';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryKafkaConsumers } from '../../test/support/fakes/memory-kafka-consumers.ts';
import { MemoryKafka } from '../../test/support/fakes/memory-kafka.ts';
import { ConsumerInstances, type NewConsumerInstance } from './consumer-instances.ts';
import type { ConsumersSettings } from './consumers-settings.ts';
import { MemoryConsumerRegistry } from './memory/memory-consumer-registry.ts';

class Bench {
  readonly clock = new ManualClock();
  readonly kafka = new MemoryKafka().topic('t1');
  readonly consumers = new MemoryKafkaConsumers(this.kafka, this.clock);
  readonly instances: ConsumerInstances;

  constructor(settings: Partial<ConsumersSettings> = {}) {
    this.instances = new ConsumerInstances(
      {
        serverId: '',
        requestTimeoutMs: 1_000,
        requestMaxBytes: 1_000_000,
        instanceTimeoutMs: 300_000,
        fetchMinBytes: undefined,
        maxInstances: 10,
        maxInstancesPerGroup: 2,
        consumer: consumerConfig,
        ...settings,
      },
      this.consumers,
      new Serdes([new BinarySerde(), new JsonSerde()]),
      new MemoryConsumerRegistry(this.clock),
      this.clock,
    );
  }

  async create(id: string | undefined, group = 'g1', requestId?: string) {
    const request: NewConsumerInstance = { group, format: 'json', autoOffsetReset: 'earliest' };
    const made = await this.instances.create(id === undefined ? request : { ...request, id }, requestId);
    return this.instances.find(group, made.id);
  }

  read(id = 'c1', timeoutMs = 0) {
    return this.instances.find('g1', id).read({ timeoutMs, maxBytes: 1_000 });
  }
}

describe('ConsumerInstances.create', () => {
  it('takes what the request leaves open from the settings', async () => {
    const bench = new Bench({ fetchMinBytes: -1, requestTimeoutMs: 700 });
    const options = await bench.instances.create({ group: 'g1', id: 'c1', format: 'binary' });

    expect(options).toEqual({
      group: 'g1',
      id: 'c1',
      format: 'binary',
      autoOffsetReset: 'latest',
      autoCommit: true,
      fetchMinBytes: -1,
      requestTimeoutMs: 700,
    });
  });

  it('makes up an id', async () => {
    const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
    const plain = await new Bench().create(undefined);
    const named = await new Bench({ serverId: 'srv' }).create(undefined);

    expect(plain.options.id).toMatch(new RegExp(`^rest-consumer-${uuid}$`));
    expect(named.options.id).toMatch(new RegExp(`^rest-consumer-srv-${uuid}$`));
  });

  it('refuses a name that is taken in the group, not in another', async () => {
    const bench = new Bench();
    await bench.create('c1');
    await bench.create('c1', 'g2');

    await expect(bench.create('c1')).rejects.toMatchObject({ status: 409, errorCode: 40902 });
    expect(bench.instances.size).toBe(2);
  });

  it('makes one of two that ask for the same name at the same time', async () => {
    const bench = new Bench();
    const results = await Promise.allSettled([bench.create('c1'), bench.create('c1')]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(bench.consumers.created).toHaveLength(1);
    expect(bench.instances.size).toBe(1);
  });

  it('answers a retry of the same request as the first time', async () => {
    const bench = new Bench();
    const first = await bench.create('c1', 'g1', 'request 1');

    expect(await bench.create('c1', 'g1', 'request 1')).toBe(first);
    await expect(bench.create('c1', 'g1', 'request 2')).rejects.toMatchObject({ status: 409 });
    expect(bench.instances.size).toBe(1);
  });

  it('joins a group under the same static id whoever makes the instance', async () => {
    const ids: (string | undefined)[] = [];
    for (const [group, id] of [
      ['g1', 'c1'],
      ['g1', 'c1'],
      ['g1', 'c2'],
      ['g2', 'c1'],
      ['g1/c', '1'],
    ] as const) {
      const bench = new Bench();
      await bench.create(id, group);
      ids.push(bench.consumers.created[0]?.options.groupInstanceId);
    }

    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9._-]{1,249}$/);
  });

  it('refuses more than are allowed, in a group and in all, and has room again afterwards', async () => {
    const bench = new Bench({ maxInstances: 3 });
    await bench.create('c1');
    await bench.create('c2');
    await expect(bench.create('c3')).rejects.toMatchObject({
      status: 429,
      message: 'There are 2 instances of this consumer group already, and no more are allowed.',
      retryAfterSeconds: 10,
    });
    await bench.create('c1', 'g2');
    await expect(bench.create('c1', 'g3')).rejects.toMatchObject({
      status: 429,
      message: 'There are 3 consumer instances already, and no more are allowed.',
    });

    await bench.instances.delete('g1', 'c1');
    await bench.create('c3');
    expect(bench.instances.size).toBe(3);
  });

  it('says that a schema format needs a registry, and leaves nothing behind', async () => {
    const bench = new Bench();
    const refused = bench.instances.create({ group: 'g1', id: 'c1', format: 'avro' });

    await expect(refused).rejects.toMatchObject({ status: 422, errorCode: 42206 });
    expect(bench.instances.size).toBe(0);
    await bench.create('c1');
  });

  it('waits until the last instance of that name has left the group', async () => {
    const bench = new Bench();
    const old = await bench.create('c1');
    await old.subscribe(['t1']);
    await bench.consumers.created[0]?.join();
    await old.read({ timeoutMs: 0, maxBytes: 1_000 });
    let finish = (): void => undefined;
    bench.kafka.beforeCommit = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const deleted = bench.instances.delete('g1', 'c1');
    const created = bench.create('c1');
    await bench.clock.advance(100);
    expect(bench.consumers.created).toHaveLength(1);
    finish();
    await deleted;
    await created;

    expect(bench.consumers.created).toHaveLength(2);
  });
});

describe('ConsumerInstances.delete', () => {
  it('closes the instance and leaves its group', async () => {
    const bench = new Bench();
    await bench.create('c1');
    await bench.instances.delete('g1', 'c1');

    expect(() => bench.instances.find('g1', 'c1')).toThrow('Consumer instance not found.');
    expect(bench.consumers.created[0]?.closed).toEqual({ leave: true });
    await expect(bench.instances.delete('g1', 'c1')).rejects.toMatchObject({ errorCode: 40403 });
  });

  it('succeeds again for a retry of the same request, for a minute', async () => {
    const bench = new Bench();
    await bench.create('c1');
    await bench.instances.delete('g1', 'c1', 'request 1');
    await bench.instances.delete('g1', 'c1', 'request 1');
    await expect(bench.instances.delete('g1', 'c1', 'request 2')).rejects.toMatchObject({ status: 404 });
    await bench.clock.advance(60_000);

    await expect(bench.instances.delete('g1', 'c1', 'request 1')).rejects.toMatchObject({ status: 404 });
  });

  it('ends a read that waits', async () => {
    const bench = new Bench();
    await (await bench.create('c1')).subscribe(['t1']);
    const read = bench.read('c1', 10_000);
    await bench.clock.advance(100);
    await bench.instances.delete('g1', 'c1');

    expect((await read).records).toEqual([]);
    expect(bench.clock.now()).toBe(100);
  });
});

describe('ConsumerInstances, expiry', () => {
  it('comes consumer.instance.timeout.ms after the last request, and leaves the group', async () => {
    const bench = new Bench({ instanceTimeoutMs: 10_000 });
    await bench.create('c1');
    await bench.clock.advance(9_000);
    bench.instances.find('g1', 'c1');
    await bench.clock.advance(9_999);
    expect(bench.consumers.created[0]?.closed).toBeUndefined();
    await bench.clock.advance(1_001);

    expect(bench.consumers.created[0]?.closed).toEqual({ leave: true });
    expect(() => bench.instances.find('g1', 'c1')).toThrow('Consumer instance not found.');
    expect(bench.instances.size).toBe(0);
  });

  it('spares an instance while a read waits, and counts from its end', async () => {
    const bench = new Bench({ instanceTimeoutMs: 10_000 });
    await (await bench.create('c1')).subscribe(['t1']);
    const read = bench.read('c1', 60_000);
    await bench.clock.advance(60_000);
    await read;
    await bench.clock.advance(9_000);

    expect(bench.instances.find('g1', 'c1')).toBeDefined();
  });

  it('spares an instance while an answer is being written, and counts from its end', async () => {
    const bench = new Bench({ instanceTimeoutMs: 10_000 });
    bench.kafka.produce('t1', 0, { value: '1' });
    await (await bench.create('c1')).subscribe(['t1']);
    const delivery = await bench.read('c1', 1_000);
    for (let time = 0; time < 5; time += 1) {
      delivery.hold(5_000);
      await bench.clock.advance(4_000);
    }
    delivery.confirm();
    await bench.clock.advance(9_000);
    expect(bench.consumers.created[0]?.closed).toBeUndefined();
    await bench.clock.advance(2_000);

    expect(bench.consumers.created[0]?.closed).toEqual({ leave: true });
  });

  it('comes late enough for a commit of what was confirmed', async () => {
    const bench = new Bench({ instanceTimeoutMs: 2_000 });
    bench.kafka.produce('t1', 0, { value: '1' });
    await (await bench.create('c1')).subscribe(['t1']);
    (await bench.read('c1', 1_000)).confirm();
    await bench.clock.advance(3_000);

    expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': 1n });
  });

  it('frees the name', async () => {
    const bench = new Bench({ instanceTimeoutMs: 2_000 });
    const first = await bench.create('c1');
    await bench.clock.advance(3_000);

    expect(await bench.create('c1')).not.toBe(first);
  });
});

describe('ConsumerInstances, the end of the proxy', () => {
  it('ends what waits, then commits and leaves for all at the same time', async () => {
    const bench = new Bench();
    bench.kafka.produce('t1', 0, { value: '1' });
    for (const group of ['g1', 'g2']) await (await bench.create('c1', group)).subscribe(['t1']);
    (await bench.read('c1', 1_000)).confirm();
    const waiting = bench.read('c1', 60_000);
    await bench.clock.advance(10);

    bench.instances.onModuleDestroy();
    expect((await waiting).records).toEqual([]);
    await expect(bench.create('c3')).rejects.toMatchObject({ status: 503 });
    await bench.instances.beforeApplicationShutdown();

    expect(bench.kafka.committedOf('g1')).toEqual({ 't1-0': 1n });
    expect(bench.consumers.created.map(({ closed }) => closed)).toEqual([{ leave: true }, { leave: true }]);
    expect(bench.instances.size).toBe(0);
    expect(bench.clock.pending).toBe(0);
  });
});

describe('ConsumerInstances, when another takes an instance over', () => {
  it('drops it without leaving the group', async () => {
    const bench = new Bench();
    await (await bench.create('c1')).subscribe(['t1']);
    const [consumer] = bench.consumers.created;
    if (consumer !== undefined) consumer.failure = KafkaError.of('FENCED_INSTANCE_ID');

    await expect(bench.read()).rejects.toMatchObject({ errorCode: 40403 });
    expect(() => bench.instances.find('g1', 'c1')).toThrow('Consumer instance not found.');
    expect(consumer?.closed).toEqual({ leave: false });
    expect(bench.instances.size).toBe(0);
  });
});
