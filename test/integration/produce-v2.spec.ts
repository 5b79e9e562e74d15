import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomJson, seededRandom } from '../support/random-json.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

const jsonType = 'application/vnd.kafka.json.v2+json';
const binaryType = 'application/vnd.kafka.binary.v2+json';

interface Offset {
  readonly partition: number | null;
  readonly offset: number | null;
  readonly error_code: number | null;
  readonly error: string | null;
}

let kafka: string;
let proxy: TestApp;
let topic: string;

beforeAll(async () => {
  kafka = await sharedKafka();
  proxy = await TestApp.onKafka(kafka, {
    'records.headers.enable': 'true',
    'records.timestamps.enable': 'true',
  });
});

beforeEach(async () => {
  topic = await createTopic(kafka, uniqueName('produce'), { partitions: 3 });
});

afterAll(async () => {
  await proxy.close();
});

function post(body: string, contentType = jsonType, path = `/topics/${topic}`): Promise<Answer> {
  const headers = { 'content-type': contentType };
  return proxy.request(path, { method: 'POST', headers, body: Buffer.from(body) });
}

async function produce(...request: Parameters<typeof post>): Promise<readonly Offset[]> {
  const { status, json } = await post(...request);
  expect(status).toBe(200);
  return (json as { readonly offsets: readonly Offset[] }).offsets;
}

/** What another client reads: `count` records, by partition and offset. */
async function consume(count: number): Promise<ReadonlyMap<string, KafkaMessage>> {
  const client = new Kafka({ brokers: kafka.split(','), logLevel: logLevel.NOTHING });
  const consumer = client.consumer({ groupId: uniqueName('reader') });
  const found = new Map<string, KafkaMessage>();
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      consumer
        .run({
          eachMessage: ({ partition, message }) => {
            found.set(`${partition}:${message.offset}`, message);
            if (found.size === count) resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
    return found;
  } finally {
    await consumer.disconnect();
  }
}

async function endOffsets(): Promise<readonly string[]> {
  const admin = new Kafka({ brokers: kafka.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return (await admin.fetchTopicOffsets(topic)).map(({ high }) => high);
  } finally {
    await admin.disconnect();
  }
}

describe('POST /topics/{topic} on a real broker', () => {
  it('writes the bytes of JSON, each record where the answer says', async () => {
    const exact = ['1.10', '1e400', '-0', '12345678901234567890123', '""', '0', 'false', '{}', '[]', '"é😀"'];
    const random = Array.from({ length: 200 }, (_, seed) => randomJson(seededRandom(seed + 1)));
    const values = [...exact, ...random];
    const offsets = await produce(`{"records":[${values.map((value) => `{"value":${value}}`).join()}]}`);
    const records = await consume(values.length);
    for (const [i, value] of values.entries()) {
      const text = records.get(`${offsets[i]?.partition}:${offsets[i]?.offset}`)?.value?.toString();
      if (i < exact.length) expect(text).toBe(value);
      else if (value.trim() === 'null') expect(text).toBe(undefined);
      else expect(JSON.parse(text ?? 'absent'), value).toEqual(JSON.parse(value));
    }
  });

  it('writes bytes, tombstones and empty values', async () => {
    const random = seededRandom(1);
    const values = [
      null,
      Buffer.alloc(0),
      ...Array.from({ length: 100 }, (_, length) => Buffer.from(Array.from({ length }, () => random(256)))),
    ];
    const records = values.map((value) => ({
      key: 'AP8=',
      value: value === null ? null : value.toString('base64'),
    }));
    const offsets = await produce(JSON.stringify({ records }), binaryType);
    const read = await consume(values.length);
    for (const [i, value] of values.entries()) {
      const record = read.get(`${offsets[i]?.partition}:${offsets[i]?.offset}`);
      expect(record?.key).toEqual(Buffer.from([0, 255]));
      expect(record?.value).toEqual(value);
    }
  });

  it('keeps a key in its partition however it is spelled', async () => {
    const spellings = [
      '{"id":"Aé"}',
      '{ "id" : "Aé" }',
      String.raw`{"id":"\u0041\u00e9"}`,
      String.raw`{"\u0069d":"A\u00E9"}`,
    ];
    const offsets = await produce(
      `{"records":[${spellings.map((key) => `{"key":${key},"value":1}`).join()}]}`,
    );
    expect(new Set(offsets.map(({ partition }) => partition)).size).toBe(1);
    const keys = [...(await consume(4)).values()].map(({ key }) => key?.toString());
    expect(new Set(keys)).toEqual(new Set(['{"id":"Aé"}']));
  });

  it('writes headers and timestamps where they are enabled', async () => {
    const record = {
      value: 1,
      headers: [
        { key: 'a', value: 'AP8=' },
        { name: 'b', value: '' },
      ],
      timestamp: 1700000000123,
    };
    await produce(JSON.stringify({ records: [record] }));
    const [message] = [...(await consume(1)).values()];
    expect(message?.timestamp).toBe('1700000000123');
    expect(message?.headers).toEqual({ a: Buffer.from([0, 255]), b: Buffer.alloc(0) });
  });

  it('gives every record of many requests at one time its own place', async () => {
    const requests = Array.from({ length: 40 }, (_, i) =>
      produce(
        `{"records":[${Array.from({ length: 5 }, (__, j) => `{"key":${i},"value":${i * 5 + j}}`).join()}]}`,
      ),
    );
    const answers = await Promise.all(requests);
    const records = await consume(200);
    for (const [i, offsets] of answers.entries()) {
      for (const [j, { partition, offset }] of offsets.entries()) {
        expect(records.get(`${partition}:${offset}`)?.value?.toString()).toBe(String(i * 5 + j));
      }
    }
  });

  it('says at once that a partition does not exist or a name is illegal, and writes nowhere', async () => {
    const body = '{"records":[{"key":1,"value":1}]}';
    const [noPartition, badName] = await Promise.all([
      produce(body, jsonType, `/topics/${topic}/partitions/99`),
      produce(body, jsonType, '/topics/bad%20name'),
    ]);
    expect(noPartition[0]).toMatchObject({ partition: null, offset: null, error_code: 50003 });
    expect(noPartition[0]?.error).toMatch(
      /^Partition 99 of topic \S+ with partition count 3 is not present in metadata/,
    );
    expect(badName[0]).toMatchObject({ error_code: 50002, error: 'Invalid topics: [bad name]' });
    expect(await endOffsets()).toEqual(['0', '0', '0']);
  }, 20_000);

  it('creates a topic where the brokers do', async () => {
    const absent = `/topics/${uniqueName('absent')}`;
    expect(await produce('{"records":[{"value":1}]}', jsonType, absent)).toEqual([
      { partition: 0, offset: 0, error_code: null, error: null },
    ]);
  });

  it('refuses a record that is too large and writes the others', async () => {
    const offsets = await produce(
      `{"records":[{"value":1,"partition":0},{"value":"${'x'.repeat(1_100_000)}","partition":0},{"value":2,"partition":0}]}`,
    );
    expect(offsets.map(({ offset }) => offset)).toEqual([0, null, 1]);
    expect(offsets[1]).toMatchObject({
      error_code: 50002,
      error: expect.stringMatching(
        /^The message is \d+ bytes when serialized which is larger than 1048576, which is the value of the max\.request\.size configuration\.$/,
      ) as string,
    });
    expect(await endOffsets()).toContain('2');
  });

  it('writes nothing of a request with a bad record', async () => {
    const answer = await post('{"records":[{"value":"YQ=="},{"value":"***"}]}', binaryType);
    expect(answer).toMatchObject({
      status: 400,
      json: { message: 'Bad Request: data="***" is not a valid base64 string. (records[1].value)' },
    });
    expect(await endOffsets()).toEqual(['0', '0', '0']);
  });
});
