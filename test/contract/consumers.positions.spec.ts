import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ContractApp } from '../support/contract-app.ts';
import { RestConsumer } from '../support/rest-consumer.ts';
import { uniqueName } from '../support/unique-name.ts';

let app: ContractApp;
let topic: string;
let consumer: RestConsumer;

const hour = 3_600_000;
const noon = Date.parse('2024-05-06T12:00:00Z');

beforeAll(async () => {
  app = await ContractApp.start();
});

/** Three records of t-0, at noon and an hour and two later; read so far: all. */
beforeEach(async () => {
  topic = uniqueName('t');
  app.kafka.cluster.failure = undefined;
  app.kafka.cluster.createTopic(topic, 2);
  for (const index of [0, 1, 2]) {
    const value = Buffer.from(String(index));
    app.kafka.cluster.append(
      { topic, partition: 0, key: null, value, timestamp: BigInt(noon + index * hour) },
      0,
    );
  }
  consumer = await RestConsumer.create(app, uniqueName('g'), 'c1');
  await consumer.post('assignments', { partitions: [0, 1].map((partition) => ({ topic, partition })) });
  await consumer.read();
});

afterAll(async () => {
  await app.close();
});

async function valuesRead(): Promise<unknown> {
  const { json } = await consumer.read('timeout=10');
  return (json as { value: unknown }[]).map(({ value }) => value);
}

describe('POST …/positions', () => {
  it('moves to an offset, and drops what was buffered', async () => {
    const answer = await consumer.post('positions', {
      offsets: [{ topic, partition: 0, offset: 1, metadata: 'x' }],
    });

    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(await valuesRead()).toEqual([1, 2]);
  });

  it('takes 0 for a partition and an offset that are left out', async () => {
    await consumer.post('positions', { offsets: [{ topic }] });

    expect(await valuesRead()).toEqual([0, 1, 2]);
  });

  it.each([
    ['2024-05-06T12:00:00.001Z', [1, 2]],
    ['2024-05-06T14:00:00Z', [2]],
    ['2024-05-06T15:00:00+01:00', [2]],
    ['2024-05-06T12:00Z', [0, 1, 2]],
    [noon / 1_000, [0, 1, 2]],
    [noon / 1_000 + 0.5, [1, 2]],
    [String(noon / 1_000), [0, 1, 2]],
    ['1970-01-01T00:00:00Z', [0, 1, 2]],
    ['2024-05-06T14:00:00.001Z', []],
  ])('moves to the first record from %s on, or to the end', async (timestamp, values) => {
    const answer = await consumer.post('positions', { timestamps: [{ topic, partition: 0, timestamp }] });

    expect(answer.status).toBe(204);
    expect(await valuesRead()).toEqual(values);
  });

  it('does nothing for {}', async () => {
    expect((await consumer.post('positions', {})).status).toBe(204);
    expect(await valuesRead()).toEqual([]);
  });

  it('changes nothing when one of them cannot be', async () => {
    const offsets = [{ topic, partition: 0, offset: 0 }];
    const unassigned = await consumer.post('positions', {
      offsets: [...offsets, { topic, partition: 9, offset: 0 }],
    });
    app.kafka.cluster.failure = KafkaError.of('BROKER_NOT_AVAILABLE');
    const unknown = await consumer.post('positions', {
      offsets,
      timestamps: [{ topic, partition: 1, timestamp: 0 }],
    });
    app.kafka.cluster.failure = undefined;

    expect(unassigned).toMatchObject({
      status: 409,
      json: { error_code: 40903, message: `Illegal state: No current assignment for partition ${topic}-9` },
    });
    expect(unknown.status).toBe(503);
    expect(await valuesRead()).toEqual([]);
  });

  it('takes an offset out of range: the next read applies auto.offset.reset', async () => {
    expect(
      (await consumer.post('positions', { offsets: [{ topic, partition: 0, offset: 99 }] })).status,
    ).toBe(204);
    expect(await valuesRead()).toEqual([0, 1, 2]);
  });

  const timestamp = (value: unknown): object => ({ timestamps: [{ topic: 't', timestamp: value }] });
  const notATime = expect.stringContaining('timestamps[0].timestamp') as string;
  it.each([
    ['', 422, 'Request body must not be null'],
    [{ offsets: [{ offset: 1 }] }, 400, expect.stringContaining('offsets[0]')],
    [{ timestamps: [{ timestamp: 1 }] }, 400, expect.stringContaining('timestamps[0]')],
    [{ offsets: [{ topic: 't', offset: -1 }] }, 422, 'offsets[0].offset must not be negative'],
    [{ offsets: [{ topic: 't', partition: -1 }] }, 422, 'offsets[0].partition must not be negative'],
    [
      { timestamps: [{ topic: 't', partition: -1, timestamp: 0 }] },
      422,
      'timestamps[0].partition must not be negative',
    ],
    [timestamp(undefined), 400, notATime],
    [timestamp(null), 400, notATime],
    [timestamp('yesterday'), 400, notATime],
    [timestamp('2024-05-06T12:00:00'), 400, notATime],
    [timestamp('2024-02-30T12:00:00Z'), 400, notATime],
    [timestamp('1969-12-31T23:59:59.999Z'), 400, notATime],
    [timestamp(-0.001), 400, notATime],
    [timestamp(1e300), 400, notATime],
    [timestamp({}), 400, notATime],
    [
      { offsets: [{ topic: 't', offset: '9223372036854775808' }] },
      400,
      expect.stringContaining('out of range'),
    ],
    [{ partitions: [] }, 422, 'Unrecognized field: partitions'],
  ])('refuses %j', async (body, status, message: unknown) => {
    expect(await consumer.post('positions', body)).toMatchObject({
      status,
      json: { error_code: status, message },
    });
  });
});

describe('POST …/positions/beginning and …/positions/end', () => {
  it('moves the partitions that are named', async () => {
    const answer = await consumer.post('positions/beginning', { partitions: [{ topic, partition: 0 }] });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(await valuesRead()).toEqual([0, 1, 2]);
  });

  it('moves all that are assigned when none is named', async () => {
    app.kafka.cluster.write(topic, '9', 1);
    expect((await consumer.post('positions/beginning', { partitions: [] })).status).toBe(204);
    expect(await valuesRead()).toEqual([0, 1, 2, 9]);

    await consumer.post('positions/beginning', { partitions: [] });
    expect((await consumer.post('positions/end', { partitions: [] })).status).toBe(204);
    expect(await valuesRead()).toEqual([]);
  });

  it.each([['beginning'], ['end']])(
    'refuses to %s what is not assigned, and what is no list',
    async (edge) => {
      const path = `positions/${edge}`;
      expect(await consumer.post(path, { partitions: [{ topic, partition: 9 }] })).toMatchObject({
        status: 409,
        json: { error_code: 40903, message: `Illegal state: No current assignment for partition ${topic}-9` },
      });
      expect(await consumer.post(path, {})).toMatchObject({
        status: 422,
        json: { error_code: 422, message: 'partitions must not be null' },
      });
      expect(await consumer.post(path, '')).toMatchObject({ status: 422 });
    },
  );
});
