import type { Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KafkaConsumerOptions, KafkaConsumers } from '#libs/kafka/kafka-consumer.ts';
import type { ConsumerRecord } from '#libs/kafka/kafka-types.ts';
import { connectionTo } from '../support/log-reader.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import {
  consumerDefaults,
  evict,
  numbers,
  Reader,
  textOf,
  Writer,
  type ConsumersFactory,
} from './kafka-consumer-fixture.ts';

/** What every consumer behind the port must do in its group, on a real broker. */
export function kafkaConsumerGroupContract(name: string, factory: ConsumersFactory): void {
  describe(`KafkaConsumer in a group: ${name}`, () => {
    let kafka: string;
    let writer: Writer;
    let admin: Admin;
    let consumers: KafkaConsumers;
    let groupId: string;
    const readers: Reader[] = [];

    beforeAll(async () => {
      kafka = await sharedKafka();
      writer = new Writer(kafka);
      admin = writer.kafka.admin();
      await admin.connect();
      consumers = factory.make(connectionTo(kafka, { metadataMaxAgeMs: 1_000 }), consumerDefaults);
    });

    beforeEach(() => {
      groupId = uniqueName('group');
    });

    afterEach(async () => {
      await Promise.all(readers.splice(0).map(({ consumer }) => consumer.close({ leave: true })));
    });

    afterAll(async () => {
      await admin.disconnect();
      await writer.close();
      await factory.close();
    });

    const reader = (options: Partial<KafkaConsumerOptions> = {}): Reader => {
      const made = new Reader(consumers, { groupId, ...options });
      readers.push(made);
      return made;
    };
    const topicOf = (partitions = 1): Promise<string> =>
      createTopic(kafka, uniqueName('consumer'), { partitions });

    describe('members of one group', () => {
      it.each([
        ['eager', ['range']],
        ['cooperative', ['cooperative-sticky']],
      ])('share what there is and lose or repeat nothing while they come and go: %s', async (_, strategy) => {
        const topic = await topicOf(4);
        const seen: string[] = [];
        const make = (): { one: Reader; stop: () => Promise<void> } => {
          const one = reader({ partitionAssignmentStrategy: strategy });
          const end = new AbortController();
          const commit = (records: readonly ConsumerRecord[]): Promise<void> => {
            const next = new Map(records.map((r) => [r.partition, r.offset + 1n]));
            const offsets = [...next].map(([partition, offset]) => ({
              topic,
              partition,
              offset,
              metadata: null,
            }));
            return one.consumer.commit(offsets, 5_000);
          };
          one.consumer.subscribe([topic]);
          // The group waits until what has been read is committed.
          let busy = Promise.resolve();
          one.onRevoked = () => busy;
          const loop = (async () => {
            while (!end.signal.aborted) {
              const records = await one.poll(100);
              if (records.length === 0) continue;
              let done = (): void => {};
              busy = new Promise((resolve) => (done = resolve));
              seen.push(...textOf(records).map(String));
              await commit(records).finally(done);
            }
          })();
          const stop = async (): Promise<void> => {
            end.abort();
            await loop;
            await one.consumer.close({ leave: true });
          };
          return { one, stop };
        };
        let written = 0;
        const end = new AbortController();
        const writing = (async () => {
          for (; !end.signal.aborted; written++) await writer.write(topic, written % 4, [String(written)]);
        })();

        const first = make();
        await first.one.has(4);
        const second = make();
        await Promise.all([first.one.has(2), second.one.has(2)]);
        const third = make();
        await expect
          .poll(() => third.one.consumer.assignment().length, { timeout: 20_000 })
          .toBeGreaterThan(0);
        await second.stop();
        await expect
          .poll(() => first.one.partitions.length + third.one.partitions.length, { timeout: 20_000 })
          .toBe(4);
        end.abort();
        await writing;
        await expect.poll(() => new Set(seen).size, { timeout: 20_000 }).toBe(written);

        expect(seen).toHaveLength(written);
        await Promise.all([first.stop(), third.stop()]);
      });

      it('that are cooperative keep reading what they keep', async () => {
        const topic = await topicOf(4);
        const strategy = { partitionAssignmentStrategy: ['cooperative-sticky'] };
        const one = reader(strategy);
        one.consumer.subscribe([topic]);
        await one.has(4);
        const two = reader(strategy);
        two.consumer.subscribe([topic]);
        await two.has(2);

        expect(one.revocations.map(({ partitions, lost }) => [partitions.length, lost])).toEqual([
          [2, false],
        ]);
        expect(one.assignments.flat()).toHaveLength(4);
        expect(two.assignments.flat()).toHaveLength(2);
      });

      it('that have given up partitions join again at once, not with their next heartbeat', async () => {
        const topic = await topicOf(2);
        const cooperative = { partitionAssignmentStrategy: ['cooperative-sticky'] };
        const one = reader({ ...cooperative, heartbeatIntervalMs: 30_000, sessionTimeoutMs: 90_000 });
        one.consumer.subscribe([topic]);
        await one.has(2);
        const two = reader(cooperative);
        two.consumer.subscribe([topic]);
        const state = async (): Promise<unknown> => (await admin.describeGroups([groupId])).groups[0]?.state;
        await expect.poll(state, { timeout: 10_000 }).toBe('PreparingRebalance');

        // What a heartbeat would tell it later.
        one.consumer.subscribe([topic, uniqueName('other')]);

        await two.has(1, 10_000);
        expect(one.partitions).toHaveLength(1);
      });

      it('get the partitions of one that leaves at once', async () => {
        const topic = await topicOf(2);
        const one = reader({ sessionTimeoutMs: 60_000 });
        const two = reader({ sessionTimeoutMs: 60_000 });
        for (const { consumer } of [one, two]) consumer.subscribe([topic]);
        await Promise.all([one.has(1), two.has(1)]);

        const started = performance.now();
        await two.consumer.close({ leave: true });
        expect(performance.now() - started).toBeLessThan(2_500);

        await one.has(2, 5_000);
      });

      it('that share no assignor are told so', async () => {
        const topic = await topicOf();
        const one = reader({ partitionAssignmentStrategy: ['range'] });
        one.consumer.subscribe([topic]);
        await one.has(1);
        const two = reader({ partitionAssignmentStrategy: ['roundrobin'] });
        two.consumer.subscribe([topic]);

        expect((await two.fails()).kind).toBe('INCONSISTENT_GROUP_PROTOCOL');
        await one.consumer.close({ leave: true });
        await expect.poll(() => two.poll(0).catch(() => []), { timeout: 10_000 }).toEqual([]);
        await two.has(1);
      });

      it('hear of a session timeout that the broker refuses', async () => {
        const one = reader({ sessionTimeoutMs: 10 });
        one.consumer.subscribe([await topicOf()]);

        expect((await one.fails()).kind).toBe('INVALID_SESSION_TIMEOUT');
      });

      it('that the broker has thrown out lose their partitions and come back', async () => {
        const topic = await topicOf();
        await writer.write(topic, 0, ['a', 'b']);
        const one = reader();
        one.consumer.subscribe([topic]);
        await one.take(2);
        await one.consumer.commit([{ topic, partition: 0, offset: 1n, metadata: null }], 5_000);
        const before = one.consumer.membership();
        // What the broker does by itself when it has not heard of a member for long.
        await evict(kafka, groupId, before?.memberId ?? '');

        await expect.poll(() => one.revocations.at(-1)?.lost, { timeout: 10_000 }).toBe(true);
        await one.has(1);
        expect(one.consumer.membership()).not.toEqual(before);
        expect(textOf(await one.take(1))).toEqual(['b']);
      });
    });

    describe('a static member', () => {
      it('is fenced by another one of its name, which takes over without a rebalance', async () => {
        const topic = await topicOf(2);
        await writer.write(topic, 0, numbers(0, 5));
        const one = reader({ groupInstanceId: 'same' });
        const other = reader();
        for (const { consumer } of [one, other]) consumer.subscribe([topic]);
        await Promise.all([one.has(1), other.has(1)]);
        const membership = one.consumer.membership() ?? { memberId: '', generationId: -1 };
        const positions = one.consumer.assignment().map((at) => ({ ...at, offset: 3n }));

        const next = reader({ groupInstanceId: 'same', resume: { ...membership, positions } });
        next.consumer.subscribe([topic]);
        await next.has(1);

        expect(next.consumer.membership()?.generationId).toBe(membership.generationId);
        expect(next.consumer.positions()).toEqual(positions);
        const error = await one.fails();
        expect(error.kind).toBe('FENCED_INSTANCE_ID');
        await expect(one.poll(0)).rejects.toMatchObject({ kind: 'FENCED_INSTANCE_ID' });
        const commit = one.consumer.commit([{ topic, partition: 0, offset: 1n, metadata: null }], 2_000);
        await expect(commit).rejects.toMatchObject({ kind: 'FENCED_INSTANCE_ID' });
        expect(one.revocations.at(-1)?.lost).toBe(true);
        expect(one.consumer.assignment()).toEqual([]);
        expect(other.revocations).toEqual([]);
        // A fenced one does not throw out its successor.
        await one.consumer.close({ leave: true });
        expect((await admin.describeGroups([groupId])).groups[0]?.members).toHaveLength(2);
      });

      it('may come back after it was fenced', async () => {
        const topic = await topicOf();
        const one = reader({ groupInstanceId: 'same' });
        one.consumer.subscribe([topic]);
        await one.has(1);
        const two = reader({ groupInstanceId: 'same' });
        two.consumer.subscribe([topic]);
        await one.fails();

        one.consumer.subscribe([topic]);

        await one.has(1);
        expect((await two.fails()).kind).toBe('FENCED_INSTANCE_ID');
      });

      it('continues at committed offsets when the group has changed meanwhile', async () => {
        const topic = await topicOf();
        await writer.write(topic, 0, numbers(0, 5));
        const before = reader();
        before.consumer.subscribe([topic]);
        await before.has(1);
        await before.consumer.commit([{ topic, partition: 0, offset: 2n, metadata: null }], 5_000);
        await before.consumer.close({ leave: true });
        const positions = [{ topic, partition: 0, offset: 4n }];
        const one = reader({ resume: { memberId: 'old', generationId: 77, positions } });
        one.consumer.subscribe([topic]);

        expect(textOf(await one.take(3))).toEqual(numbers(2, 5));
      });

      it('continues where it was when the group has changed meanwhile and nothing was committed', async () => {
        const topic = await topicOf();
        await writer.write(topic, 0, numbers(0, 5));
        const positions = [{ topic, partition: 0, offset: 4n }];
        const one = reader({ resume: { memberId: 'old', generationId: 77, positions } });
        one.consumer.subscribe([topic]);

        expect(textOf(await one.take(1))).toEqual(numbers(4, 5));
      });

      it('that is closed without leaving stays in the group', async () => {
        const topic = await topicOf();
        const one = reader({ groupInstanceId: 'same' });
        one.consumer.subscribe([topic]);
        await one.has(1);
        const { generationId = -1 } = one.consumer.membership() ?? {};
        await one.consumer.close({ leave: false });
        expect((await admin.describeGroups([groupId])).groups[0]?.members).toHaveLength(1);

        const two = reader({ groupInstanceId: 'same' });
        two.consumer.subscribe([topic]);

        await two.has(1);
        expect(two.consumer.membership()?.generationId).toBe(generationId);
      });

      it('leaves also when its join is still under way', async () => {
        const topic = await topicOf();
        const one = reader({ rebalanceTimeoutMs: 20_000 });
        one.consumer.subscribe([topic]);
        await one.has(1);
        // Its revocation holds up the rebalance that the other one's join starts.
        let goOn = (): void => {};
        one.onRevoked = () => new Promise((resolve) => (goOn = resolve));
        const two = reader();
        two.consumer.subscribe([topic]);
        await expect.poll(() => one.revocations.length, { timeout: 10_000 }).toBe(1);

        await two.consumer.close({ leave: true });
        goOn();

        await one.has(1, 10_000);
        expect((await admin.describeGroups([groupId])).groups[0]?.members).toHaveLength(1);
      });
    });
  });
}
