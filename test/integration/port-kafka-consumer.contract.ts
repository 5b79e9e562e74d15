import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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
  offsetsOf,
  Reader,
  textOf,
  Writer,
  type ConsumersFactory,
} from './kafka-consumer-fixture.ts';

/** What every consumer behind the port must do for one reader, on a real broker. */
export function kafkaConsumerContract(name: string, factory: ConsumersFactory): void {
  describe(`KafkaConsumer: ${name}`, () => {
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

    describe('poll', () => {
      it('gives every byte of a record, and tells null from empty', async () => {
        const topic = await topicOf();
        const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
        const producer = await writer.transactional(uniqueName('tx'));
        const transaction = await producer.transaction();
        await transaction.send({
          topic,
          messages: [
            {
              partition: 0,
              key: bytes,
              value: bytes,
              timestamp: '1234567890123',
              headers: { h: bytes, é: '' },
            },
            { partition: 0, key: '', value: '', timestamp: '1' },
            { partition: 0, key: null, value: null, timestamp: '1' },
          ],
        });
        await transaction.commit();
        const one = reader();
        one.consumer.subscribe([topic]);

        const records = await one.take(3);

        const empty = Buffer.alloc(0);
        const of = { topic, partition: 0 };
        expect(records).toEqual([
          {
            ...of,
            offset: 0n,
            timestamp: 1234567890123n,
            key: bytes,
            value: bytes,
            headers: [
              { key: 'h', value: bytes },
              { key: 'é', value: empty },
            ],
          },
          { ...of, offset: 1n, timestamp: 1n, key: empty, value: empty, headers: [] },
          { ...of, offset: 2n, timestamp: 1n, key: null, value: null, headers: [] },
        ]);
      });

      it('gives each partition in order, all of them whole', async () => {
        const topic = await topicOf(3);
        for (const partition of [0, 1, 2])
          for (let i = 0; i < 5; i++) await writer.write(topic, partition, numbers(i * 100, i * 100 + 100));
        const one = reader();
        one.consumer.subscribe([topic]);

        const records = await one.take(1500);

        for (const partition of [0, 1, 2])
          expect(textOf(records.filter((r) => r.partition === partition))).toEqual(numbers(0, 500));
        expect(one.consumer.positions().map(({ offset }) => offset)).toEqual([500n, 500n, 500n]);
      });

      it('returns as soon as there is a record', async () => {
        const { topic, one } = await readerOf(1);
        await one.take(1);
        const took: number[] = [];
        for (let i = 0; i < 5; i++) {
          const poll = one.poll(10_000);
          // The broker holds the request by now, or gets it with the record there: both must do.
          await new Promise((resolve) => setTimeout(resolve, 30));
          await writer.write(topic, 0, ['x']);
          const written = performance.now();
          expect(await poll).toHaveLength(1);
          took.push(performance.now() - written);
        }

        expect(Math.min(...took)).toBeLessThan(50);
      });

      it('returns nothing when its time is over, and not much later', async () => {
        const { one } = await readerOf(0);
        await one.poll(1);

        const started = performance.now();
        expect(await one.poll(700)).toEqual([]);

        const tookMs = performance.now() - started;
        expect(tookMs).toBeGreaterThan(690);
        expect(tookMs).toBeLessThan(1_000);
      });

      it('with no time gives what is buffered, and what it started comes to a later one', async () => {
        const { one } = await readerOf(10);
        let records: readonly unknown[] = [];

        await expect
          .poll(
            async () => {
              records = await one.poll(0);
              return records.length;
            },
            { timeout: 5_000, interval: 10 },
          )
          .toBe(10);
      });

      it('stops at maxBytes, lets one record through and skips nothing', async () => {
        const topic = await topicOf();
        await writer.write(topic, 0, ['12345', '67890', 'x'.repeat(100), 'yy', 'z']);
        const one = reader();
        one.consumer.assign([{ topic, partition: 0 }]);
        const sizes: number[][] = [];

        for (let left = 5; left > 0;) {
          const records = await one.poll(2_000, { maxBytes: 10 });
          sizes.push(records.map(({ value }) => value?.length ?? 0));
          left -= records.length;
        }

        expect(sizes).toEqual([[5, 5], [100], [2, 1]]);
      });

      it('counts a record as it is told, and stops at maxRecords', async () => {
        const { one } = await readerOf(10);

        expect(await one.poll(2_000, { maxBytes: 30, sizeOf: () => 10 })).toHaveLength(3);
        expect(await one.poll(2_000, { maxRecords: 2 })).toHaveLength(2);
        expect(offsetsOf(await one.take(5))).toEqual([5, 6, 7, 8, 9]);
      });

      it('waits for minBytes, but not longer than its time', async () => {
        const { topic, one } = await readerOf(1);
        const poll = one.poll(10_000, { minBytes: 5 });
        for (let i = 1; i < 5; i++) await writer.write(topic, 0, [String(i)]);

        expect(textOf(await poll)).toEqual(numbers(0, 5));
        await writer.write(topic, 0, ['5']);
        expect(textOf(await one.poll(300, { minBytes: 100 }))).toEqual(['5']);
      });

      it('takes nothing when it is aborted, neither what was there nor what comes', async () => {
        const { topic, one } = await readerOf(3);
        expect(await one.poll(2_000, { maxRecords: 1 })).toHaveLength(1);
        const abort = new AbortController();
        const poll = one.poll(10_000, { minBytes: 1_000, signal: abort.signal });
        await writer.write(topic, 0, ['3']);
        setTimeout(() => abort.abort(), 700);

        expect(await poll).toEqual([]);
        expect(one.consumer.positions().map(({ offset }) => offset)).toEqual([1n]);
        expect(textOf(await one.take(3))).toEqual(['1', '2', '3']);
        expect(await one.poll(10_000, { signal: AbortSignal.abort() })).toEqual([]);
      });

      it('is one at a time, and for open and subscribed consumers only', async () => {
        const { one } = await readerOf(0);
        const poll = one.poll(300);

        await expect(one.poll(0)).rejects.toThrow(IllegalStateError);
        await poll;
        await expect(reader().poll(0)).rejects.toThrow(
          'Consumer is not subscribed to any topics or assigned any partitions',
        );
        await one.consumer.close({ leave: true });
        await expect(one.poll(0)).rejects.toThrow('This consumer has already been closed.');
      });

      it('ends when the consumer is closed', async () => {
        const { one } = await readerOf(0);
        const poll = one.poll(30_000);
        await one.consumer.close({ leave: true });

        expect(await poll).toEqual([]);
      });
    });

    describe('unpoll', () => {
      it('puts back the whole of a poll', async () => {
        const { one } = await readerOf(5);
        const records = await one.take(5);

        one.consumer.unpoll(records);

        expect(one.consumer.positions()[0]?.offset).toBe(0n);
        expect(textOf(await one.poll(0))).toEqual(numbers(0, 5));
        expect(one.consumer.positions()[0]?.offset).toBe(5n);
      });

      it('puts back the tail, and the rest later', async () => {
        const { one } = await readerOf(5);
        const records = await one.take(5);

        one.consumer.unpoll(records.slice(3));
        expect(one.consumer.positions()[0]?.offset).toBe(3n);
        one.consumer.unpoll(records.slice(0, 3));

        expect(textOf(await one.poll(0))).toEqual(numbers(0, 5));
      });

      it('comes before what is fetched meanwhile', async () => {
        const { topic, one } = await readerOf(3);
        const records = await one.poll(2_000, { maxRecords: 2 });
        await writer.write(topic, 0, ['3']);

        one.consumer.unpoll(records);

        expect(textOf(await one.take(4))).toEqual(numbers(0, 4));
      });

      it('is void after a seek', async () => {
        const { one } = await readerOf(5);
        const records = await one.take(5);
        one.consumer.seek({ topic: records[0]?.topic ?? '', partition: 0 }, 3n);

        one.consumer.unpoll(records);

        expect(textOf(await one.take(2))).toEqual(['3', '4']);
      });
    });

    describe('seek', () => {
      it('drops what is buffered and goes anywhere', async () => {
        const { topic, one } = await readerOf(10);
        const partition = { topic, partition: 0 };
        await one.poll(2_000, { maxRecords: 2 });

        one.consumer.seek(partition, 9n);
        expect(one.consumer.positions()[0]?.offset).toBe(9n);
        expect(textOf(await one.take(1))).toEqual(['9']);
        one.consumer.seekToBeginning([partition]);
        expect(textOf(await one.take(10))).toEqual(numbers(0, 10));
        one.consumer.seekToEnd([partition]);
        await expect.poll(() => one.consumer.positions()[0]?.offset, { timeout: 5_000 }).toBe(10n);
        await writer.write(topic, 0, ['10']);
        expect(textOf(await one.take(1))).toEqual(['10']);
      });

      it('overtakes a poll that waits', async () => {
        const { topic, one } = await readerOf(3);
        await one.take(3);
        const poll = one.poll(10_000);
        await new Promise((resolve) => setTimeout(resolve, 50));

        one.consumer.seek({ topic, partition: 0 }, 1n);

        expect(textOf(await poll)).toEqual(['1', '2']);
      });

      it('takes assigned partitions only', async () => {
        const { topic, one } = await readerOf(0);
        const other = { topic, partition: 7 };
        const text = `No current assignment for partition ${topic}-7`;

        expect(() => one.consumer.seek(other, 0n)).toThrow(new IllegalStateError(text));
        expect(() => one.consumer.seekToBeginning([other])).toThrow(new IllegalStateError(text));
        expect(() => one.consumer.seekToEnd([other])).toThrow(new IllegalStateError(text));
      });

      it.each(['earliest', 'latest'] as const)('beyond the log goes to the %s', async (autoOffsetReset) => {
        const { topic, one } = await readerOf(3, { autoOffsetReset });
        one.consumer.seek({ topic, partition: 0 }, 100n);
        await one.poll(500);
        const expected = autoOffsetReset === 'earliest' ? ['0', '1', '2', 'new'] : ['new'];
        await expect.poll(() => one.consumer.positions().length, { timeout: 5_000 }).toBe(1);
        if (autoOffsetReset === 'latest') expect(one.consumer.positions()[0]?.offset).toBe(3n);
        else one.consumer.seekToBeginning([{ topic, partition: 0 }]);
        await writer.write(topic, 0, ['new']);

        expect(textOf(await one.take(expected.length))).toEqual(expected);
      });

      it('beyond the log is an error without auto.offset.reset, until the next seek', async () => {
        const { topic, one } = await readerOf(3, { autoOffsetReset: 'none' });
        one.consumer.seek({ topic, partition: 0 }, 100n);

        for (let i = 0; i < 2; i++) {
          const error = await one.fails();
          expect(error.kind).toBe('OFFSET_OUT_OF_RANGE');
          expect(error.message).toBe(`Fetch position 100 is out of range for partition ${topic}-0`);
        }
        one.consumer.seek({ topic, partition: 0 }, 2n);
        expect(textOf(await one.take(1))).toEqual(['2']);
      });
    });

    describe('assign', () => {
      it('reads from the end with latest', async () => {
        const { topic, one } = await readerOf(3, { autoOffsetReset: 'latest' });
        await expect.poll(() => one.consumer.positions().length, { timeout: 5_000 }).toBe(1);
        await writer.write(topic, 0, ['new']);

        expect(textOf(await one.take(1))).toEqual(['new']);
      });

      it('is an error without an offset to start from', async () => {
        const { topic, one } = await readerOf(1, { autoOffsetReset: 'none' });

        const error = await one.fails();

        expect(error.message).toBe(`Undefined offset with no reset policy for partitions: [${topic}-0]`);
        one.consumer.seekToBeginning([{ topic, partition: 0 }]);
        expect(await one.take(1)).toHaveLength(1);
      });

      it('keeps the place of partitions that stay, and drops the records of those that go', async () => {
        const topic = await topicOf(2);
        await writer.write(topic, 0, numbers(0, 4));
        await writer.write(topic, 1, ['a']);
        const one = reader();
        one.consumer.assign([{ topic, partition: 0 }]);
        await one.poll(2_000, { maxRecords: 2 });

        one.consumer.assign([0, 1].map((partition) => ({ topic, partition })));
        expect(new Set(textOf(await one.take(3)))).toEqual(new Set(['2', '3', 'a']));
        one.consumer.assign([{ topic, partition: 1 }]);
        await writer.write(topic, 0, ['4']);
        await writer.write(topic, 1, ['b']);

        expect(textOf(await one.take(1))).toEqual(['b']);
        expect(one.partitions).toEqual([`${topic}-1`]);
      });

      it('waits for what does not exist yet', async () => {
        const topic = uniqueName('later');
        const one = reader();
        one.consumer.assign([{ topic, partition: 0 }]);
        expect(await one.poll(300)).toEqual([]);
        await createTopic(kafka, topic);
        await writer.write(topic, 0, ['x']);

        expect(textOf(await one.take(1))).toEqual(['x']);
      });
    });
  });
}
