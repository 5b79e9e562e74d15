import type { Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  IllegalStateError,
  type KafkaConsumerOptions,
  type KafkaConsumers,
} from '#libs/kafka/kafka-consumer.ts';
import { connectionTo } from '../support/log-reader.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import {
  consumerDefaults,
  numbers,
  Reader,
  textOf,
  Writer,
  type ConsumersFactory,
} from './kafka-consumer-fixture.ts';

/** What every consumer behind the port must do with its subscription, on a real broker. */
export function kafkaConsumerSubscriptionContract(name: string, factory: ConsumersFactory): void {
  describe(`KafkaConsumer and its subscription: ${name}`, () => {
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

    describe('a subscription', () => {
      it('reads every partition, and polls wait for the first assignment', async () => {
        const topic = await topicOf(2);
        await writer.write(topic, 0, ['a']);
        await writer.write(topic, 1, ['b']);
        const one = reader();
        one.consumer.subscribe([topic]);

        const first = await one.poll(10_000);

        expect(first.length).toBeGreaterThan(0);
        expect(one.partitions).toEqual([`${topic}-0`, `${topic}-1`]);
        expect(one.consumer.subscription()).toEqual([topic]);
        expect(one.consumer.membership()).toMatchObject({ generationId: 1 });
        expect(one.assignments.flat()).toHaveLength(2);
      });

      it('joins and stays in the group though nobody polls', async () => {
        const topic = await topicOf();
        const one = reader({ sessionTimeoutMs: 1_000 });
        one.consumer.subscribe([topic]);
        await one.has(1);
        const { memberId } = one.consumer.membership() ?? {};

        await new Promise((resolve) => setTimeout(resolve, 3_000));

        expect(one.revocations).toEqual([]);
        expect(one.consumer.membership()?.memberId).toBe(memberId);
        await writer.write(topic, 0, ['x']);
        expect(textOf(await one.take(1))).toEqual(['x']);
      });

      it('can be replaced, also while a poll waits; what was fetched of other topics is dropped', async () => {
        const [first, second] = await Promise.all([topicOf(), topicOf()]);
        await writer.write(first, 0, numbers(0, 10));
        const one = reader();
        one.consumer.subscribe([first]);
        expect(await one.poll(10_000, { maxRecords: 1 })).toHaveLength(1);

        one.consumer.subscribe([second]);
        const poll = one.poll(10_000);
        await expect.poll(() => one.partitions, { timeout: 10_000 }).toEqual([`${second}-0`]);
        await writer.write(second, 0, ['x']);

        expect(textOf(await poll)).toEqual(['x']);
      });

      it('to the same topics again changes nothing', async () => {
        const topic = await topicOf();
        await writer.write(topic, 0, numbers(0, 4));
        const one = reader();
        one.consumer.subscribe([topic]);
        await one.take(4);
        const membership = one.consumer.membership();

        one.consumer.subscribe([topic]);
        await writer.write(topic, 0, ['4']);

        expect(textOf(await one.take(1))).toEqual(['4']);
        expect(one.consumer.membership()).toEqual(membership);
        expect(one.revocations).toEqual([]);
      });

      it('of topics, of a pattern and an assignment exclude each other', async () => {
        const text = new IllegalStateError(
          'Subscription to topics, partitions and pattern are mutually exclusive',
        );
        const pattern = { source: 'x', matches: () => false };
        const topics = reader().consumer;
        topics.subscribe(['t']);
        expect(() => topics.subscribePattern(pattern)).toThrow(text);
        expect(() => topics.assign([{ topic: 't', partition: 0 }])).toThrow(text);
        const byHand = reader().consumer;
        byHand.assign([{ topic: 't', partition: 0 }]);
        expect(() => byHand.subscribe(['t'])).toThrow(text);
        expect(() => byHand.subscribePattern(pattern)).toThrow(text);

        await byHand.unsubscribe();
        await topics.unsubscribe();
        byHand.subscribe(['t']);
        topics.assign([{ topic: 't', partition: 0 }]);
        expect(topics.assignment()).toHaveLength(1);
      });

      it('ends with unsubscribe, which tells the group, and may begin again', async () => {
        const topic = await topicOf();
        await writer.write(topic, 0, ['a']);
        const one = reader();
        one.consumer.subscribe([topic]);
        await one.take(1);
        let committed = false;
        one.onRevoked = async () => {
          await one.consumer.commit([{ topic, partition: 0, offset: 1n, metadata: null }], 2_000);
          committed = true;
        };

        await one.consumer.unsubscribe();

        expect(committed).toBe(true);
        expect(one.consumer.assignment()).toEqual([]);
        expect((await admin.describeGroups([groupId])).groups[0]?.members).toEqual([]);
        await expect(one.poll(0)).rejects.toThrow(IllegalStateError);
        one.consumer.subscribe([topic]);
        await writer.write(topic, 0, ['b']);
        expect(textOf(await one.take(1))).toEqual(['b']);
      });

      it('to a topic that does not exist reads it when it does', async () => {
        const topic = uniqueName('later');
        const one = reader();
        one.consumer.subscribe([topic]);
        expect(await one.poll(500)).toEqual([]);
        await createTopic(kafka, topic);
        await writer.write(topic, 0, ['x']);

        expect(textOf(await one.take(1))).toEqual(['x']);
        expect(await admin.listTopics()).toContain(topic);
      });

      it('to a name that no topic can have is an error of every poll, and does not keep others from being read', async () => {
        const topic = await topicOf();
        const one = reader();
        one.consumer.subscribe([topic, 'bad name']);

        for (let i = 0; i < 2; i++) {
          const error = await one.fails();
          expect(error.kind).toBe('INVALID_TOPIC_EXCEPTION');
          expect(error.message).toBe('Invalid topics: [bad name]');
        }
        await one.has(1);
        await writer.write(topic, 0, ['x']);
        await expect.poll(() => one.poll(0).catch(() => []), { timeout: 5_000 }).toHaveLength(1);
      });

      it('of a pattern takes what matches, now and later, and no internal topic', async () => {
        const prefix = uniqueName('p');
        const first = await createTopic(kafka, `${prefix}-a`);
        await createTopic(kafka, `${prefix}x`);
        await writer.write(first, 0, ['a']);
        // An eager one would start again at what is committed, which is nothing.
        const one = reader({ partitionAssignmentStrategy: ['cooperative-sticky'] });
        const asked: string[] = [];
        one.consumer.subscribePattern({
          source: `${prefix}-.*`,
          matches: (topic) => {
            asked.push(topic);
            return topic.startsWith(`${prefix}-`);
          },
        });

        expect(textOf(await one.take(1))).toEqual(['a']);
        expect(one.consumer.subscription()).toEqual([first]);
        expect(asked).not.toContain('__consumer_offsets');
        const second = await createTopic(kafka, `${prefix}-b`);
        await writer.write(second, 0, ['b']);
        expect(textOf(await one.take(1))).toEqual(['b']);
        expect(one.consumer.subscription()).toEqual([first, second]);
      });

      it('reads partitions that a topic gets later', async () => {
        const topic = await topicOf();
        const one = reader();
        one.consumer.subscribe([topic]);
        await one.has(1);
        await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });

        await one.has(3);
        await writer.write(topic, 2, ['x']);
        expect(textOf(await one.take(1))).toEqual(['x']);
      });

      it('notices that a topic is gone', async () => {
        const [topic, other] = await Promise.all([topicOf(), topicOf()]);
        const one = reader();
        one.consumer.subscribe([topic, other]);
        await one.has(2);
        await admin.deleteTopics({ topics: [topic] });

        await one.has(1);
        expect(one.partitions).toEqual([`${other}-0`]);
      });
    });
  });
}
