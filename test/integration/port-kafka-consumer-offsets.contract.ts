import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaConsumerOptions, KafkaConsumers } from '#libs/kafka/kafka-consumer.ts';
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

/** What every consumer behind the port must do with committed offsets and transactions, on a real broker. */
export function kafkaConsumerOffsetsContract(name: string, factory: ConsumersFactory): void {
  describe(`KafkaConsumer, its commits and transactions: ${name}`, () => {
    let kafka: string;
    let writer: Writer;
    let consumers: KafkaConsumers;
    const readers: Reader[] = [];

    beforeAll(async () => {
      kafka = await sharedKafka();
      writer = new Writer(kafka);
      consumers = factory.make(connectionTo(kafka), consumerDefaults);
    });

    afterEach(async () => {
      await Promise.all(readers.splice(0).map(({ consumer }) => consumer.close({ leave: true })));
    });

    afterAll(async () => {
      await writer.close();
      await factory.close();
    });

    const reader = (options: Partial<KafkaConsumerOptions> = {}): Reader => {
      const made = new Reader(consumers, options);
      readers.push(made);
      return made;
    };
    const topicOf = (partitions = 1): Promise<string> =>
      createTopic(kafka, uniqueName('consumer'), { partitions });
    /** A reader of partition 0 of a topic that has the values 0, 1, … */
    const readerOf = async (
      count: number,
      options: Partial<KafkaConsumerOptions> = {},
    ): Promise<{ topic: string; one: Reader }> => {
      const topic = await topicOf();
      if (count > 0) await writer.write(topic, 0, numbers(0, count));
      const one = reader(options);
      one.consumer.assign([{ topic, partition: 0 }]);
      return { topic, one };
    };

    describe('commit', () => {
      it('keeps offsets and metadata for whoever comes next', async () => {
        const groupId = uniqueName('group');
        const { topic, one } = await readerOf(5, { groupId });
        const at = { topic, partition: 0 };
        await one.consumer.commit([{ ...at, offset: 3n, metadata: 'état' }], 5_000);

        expect(await one.consumer.committed([at, { topic, partition: 1 }])).toEqual([
          { ...at, offset: 3n, metadata: 'état' },
        ]);
        const next = reader({ groupId });
        next.consumer.assign([at]);
        expect(textOf(await next.take(2))).toEqual(['3', '4']);
        await next.consumer.commit([{ ...at, offset: 5n, metadata: null }], 5_000);
        expect(await next.consumer.committed([at])).toEqual([{ ...at, offset: 5n, metadata: '' }]);
      });

      it.each([
        ['a topic', 'nope', 0],
        ['a partition', '', 9],
      ])('of %s that does not exist fails at once', async (_, other, partition) => {
        const { topic, one } = await readerOf(1);
        const started = performance.now();

        const commit = one.consumer.commit(
          [{ topic: other === '' ? topic : uniqueName(other), partition, offset: 1n, metadata: null }],
          60_000,
        );

        await expect(commit).rejects.toMatchObject({ kind: 'UNKNOWN_TOPIC_OR_PARTITION' });
        expect(performance.now() - started).toBeLessThan(5_000);
      });

      it('refuses metadata that is too long', async () => {
        const { topic, one } = await readerOf(1);
        const offsets = [{ topic, partition: 0, offset: 1n, metadata: 'x'.repeat(5_000) }];

        await expect(one.consumer.commit(offsets, 5_000)).rejects.toMatchObject({
          kind: 'OFFSET_METADATA_TOO_LARGE',
        });
      });

      it('of many consumers at once is quick', async () => {
        const { topic } = await readerOf(1);
        const many = Array.from({ length: 100 }, () => reader());
        for (const { consumer } of many) consumer.assign([{ topic, partition: 0 }]);
        const started = performance.now();

        await Promise.all(
          many.map(({ consumer }) =>
            consumer.commit([{ topic, partition: 0, offset: 1n, metadata: null }], 10_000),
          ),
        );

        expect(performance.now() - started).toBeLessThan(5_000);
      });
    });

    describe('read_committed', () => {
      it('sees committed transactions only, and nothing of those still open', async () => {
        const topic = await topicOf();
        const producer = await writer.transactional(uniqueName('tx'));
        const send = async (values: string[], end: 'commit' | 'abort' | undefined): Promise<void> => {
          const transaction = await producer.transaction();
          await transaction.send({ topic, messages: values.map((value) => ({ partition: 0, value })) });
          if (end !== undefined) await transaction[end]();
        };
        await send(['a', 'b'], 'commit');
        await send(['no', 'never'], 'abort');
        await writer.write(topic, 0, ['plain']);
        await send(['c'], 'commit');
        await send(['open'], undefined);
        await writer.write(topic, 0, ['behind']);
        const committed = reader({ isolationLevel: 'read_committed' });
        const all = reader();
        for (const { consumer } of [committed, all]) consumer.assign([{ topic, partition: 0 }]);

        expect(textOf(await committed.take(4))).toEqual(['a', 'b', 'plain', 'c']);
        expect(await committed.poll(300)).toEqual([]);
        // a b commit | no never abort | plain | c commit | open
        expect(committed.consumer.positions()[0]?.offset).toBe(9n);
        const seen = textOf(await all.take(8));
        expect(seen).toEqual(['a', 'b', 'no', 'never', 'plain', 'c', 'open', 'behind']);
        committed.consumer.seekToEnd([{ topic, partition: 0 }]);
        await expect.poll(() => committed.consumer.positions()[0]?.offset, { timeout: 5_000 }).toBe(9n);
      });
    });
  });
}
