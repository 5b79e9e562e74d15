import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { ConsumerRecord } from '#libs/kafka/kafka-types.ts';
import { ContractApp } from '../support/contract-app.ts';
import type { Answer } from '../support/test-app.ts';
import { randomJson, seededRandom } from '../support/random-json.ts';
import { uniqueName } from '../support/unique-name.ts';

const v2 = 'application/vnd.kafka.v2+json';
const jsonType = 'application/vnd.kafka.json.v2+json';
const binaryType = 'application/vnd.kafka.binary.v2+json';

let app: ContractApp;
let topic: string;

beforeAll(async () => {
  app = await ContractApp.start();
});

beforeEach(() => {
  topic = uniqueName('t');
  app.kafka.cluster.createTopic(topic, 3);
  app.kafka.producer.failRecord = undefined;
  app.kafka.cluster.failure = undefined;
});

afterAll(async () => {
  await app.close();
});

function produce(
  body: unknown,
  contentType: string | null = jsonType,
  path = `/topics/${topic}`,
): Promise<Answer> {
  const headers = contentType === null ? {} : { 'content-type': contentType };
  // A string without a type of its own would be sent as text/plain.
  const bytes = Buffer.from(
    typeof body === 'string' ? body : Buffer.isBuffer(body) ? body : JSON.stringify(body),
  );
  return app.request(path, { method: 'POST', headers, body: bytes });
}

function written(): readonly ConsumerRecord[] {
  return [0, 1, 2].flatMap((partition) => app.kafka.cluster.recordsOf(topic, partition));
}

function texts(): readonly (readonly [string | undefined, string | undefined])[] {
  return written().map(({ key, value }) => [key?.toString(), value?.toString()]);
}

describe('POST /topics/{topic}', () => {
  it('writes JSON records and answers where they are', async () => {
    const answer = await produce({
      records: [
        { key: 'k', value: { a: 1 }, partition: 1 },
        { value: 2, partition: 1 },
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(v2);
    expect(answer.text).toBe(
      '{"offsets":[{"partition":1,"offset":0,"error_code":null,"error":null},{"partition":1,"offset":1,"error_code":null,"error":null}],"key_schema_id":null,"value_schema_id":null}',
    );
    expect(texts()).toEqual([
      ['"k"', '{"a":1}'],
      [undefined, '2'],
    ]);
  });

  it('keeps JSON as it was sent, white space aside', async () => {
    const value = '{ "n" : [1.10, 1e400, -0, 12345678901234567890123], "n":"\\u00e9\\/\\ud800" }';
    expect((await produce(`{"records":[{"value":${value}}]}`)).status).toBe(200);
    expect(written()[0]?.value?.toString()).toBe(
      '{"n":[1.10,1e400,-0,12345678901234567890123],"n":"é/\\uD800"}',
    );
  });

  it('tells null from empty and from what is false', async () => {
    const values = ['null', '""', '0', 'false', '{}', '[]', '"null"'];
    const body = `{"records":[${values.map((value) => `{"key":${value},"value":${value},"partition":0}`).join()},{"partition":0}]}`;
    expect((await produce(body)).status).toBe(200);
    expect(written().map(({ value }) => value?.toString() ?? null)).toEqual([null, ...values.slice(1), null]);
    expect(written().map(({ key }) => key?.toString() ?? null)).toEqual([null, ...values.slice(1), null]);
  });

  it('writes what is between the quotes of base64 and knows a tombstone', async () => {
    const body = {
      records: ['AAEC/w==', 'YQ', '', null].map((value) => ({ key: 'aw==', value, partition: 0 })),
    };
    expect((await produce(body, binaryType)).status).toBe(200);
    expect(written().map(({ value }) => value?.toString('hex') ?? null)).toEqual([
      '000102ff',
      '61',
      '',
      null,
    ]);
  });

  it.each([[null], ['application/json'], ['application/vnd.kafka+json'], ['application/vnd.kafka.v1+json']])(
    'takes %s for binary',
    async (contentType) => {
      expect((await produce({ records: [{ value: 'YQ==' }] }, contentType)).status).toBe(200);
      expect(written()[0]?.value).toEqual(Buffer.from('a'));
    },
  );

  it('writes nothing when one record is bad, and says which', async () => {
    const records = [{ value: 'YQ==' }, { value: 'YQ==' }, { key: null, value: 'not base64!!' }];
    expect(await produce({ records }, binaryType)).toMatchObject({
      status: 400,
      json: {
        error_code: 400,
        message: 'Bad Request: data="not base64!!" is not a valid base64 string. (records[2].value)',
      },
    });
    expect(await produce({ records: [{ key: 5 }] }, binaryType)).toMatchObject({
      status: 400,
      json: { error_code: 400, message: 'Bad Request: data=5 is not a base64 string. (records[0].key)' },
    });
    expect(written()).toEqual([]);
  });

  it.each([
    ['', 422, 'request body must not be null'],
    ['null', 422, 'request body must not be null'],
    ['[]', 400, 'Cannot deserialize value of type `ProduceRequest` from Array value'],
    ['{}', 422, 'records must not be empty'],
    ['{"records":[]}', 422, 'records must not be empty'],
    ['{"records":[{"value":1}],"nope":1}', 422, 'Unrecognized field: nope'],
    ['{"records":[{"value":1},{"headers":[]}]}', 422, 'Unrecognized field: headers (records[1])'],
    [
      '{"records":[{"value":1},null]}',
      400,
      'Cannot deserialize value of type `ProduceRecord` from null (records[1])',
    ],
    [
      '{"records":[{"partition":-1}]}',
      422,
      'Invalid partition: -1. Partition number should always be non-negative or null. (records[0].partition)',
    ],
    ['{"records":[{"value":1}]', 400, 'Unexpected end-of-input in an Object (line 1, column 25)'],
  ])('refuses the body %j', async (body, status, message) => {
    const answer = await produce(body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe(v2);
    expect(answer.json).toEqual({ error_code: status, message });
    expect(written()).toEqual([]);
  });

  it('refuses more records than allowed', async () => {
    const small = await ContractApp.start({ 'max.records.per.request': '2' });
    try {
      small.kafka.cluster.createTopic('t');
      const headers = { 'content-type': jsonType };
      const body = { records: [{ value: 1 }, { value: 2 }, { value: 3 }] };
      expect(await small.request('/topics/t', { method: 'POST', headers, body })).toMatchObject({
        status: 413,
        json: { error_code: 413, message: 'The request has more than 2 records' },
      });
      expect(small.kafka.cluster.recordsOf('t')).toEqual([]);
    } finally {
      await small.close();
    }
  });

  it('writes nothing when there is no room for the answer', async () => {
    const small = await ContractApp.start({ 'max.inflight.bytes': '100000' });
    try {
      small.kafka.cluster.createTopic('t');
      const headers = { 'content-type': jsonType };
      const many = (count: number): object => ({
        records: Array.from({ length: count }, () => ({ value: 1 })),
      });
      const refused = await small.request('/topics/t', { method: 'POST', headers, body: many(1500) });
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(small.kafka.cluster.recordsOf('t')).toEqual([]);
      expect((await small.request('/topics/t', { method: 'POST', headers, body: many(900) })).status).toBe(
        200,
      );
    } finally {
      await small.close();
    }
  });

  it('reports what Kafka refused record by record', async () => {
    app.kafka.producer.failRecord = ({ value }) =>
      value?.toString() === '1'
        ? KafkaError.of('REQUEST_TIMED_OUT', 'late')
        : value?.toString() === '2'
          ? KafkaError.of('MESSAGE_TOO_LARGE', 'too large')
          : undefined;
    const answer = await produce({ records: [{ value: 1 }, { value: 2 }, { value: 3, partition: 2 }] });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        offsets: [
          { partition: null, offset: null, error_code: 50003, error: 'late' },
          { partition: null, offset: null, error_code: 50002, error: 'too large' },
          { partition: 2, offset: 0, error_code: null, error: null },
        ],
      },
    });
  });

  it.each([
    ['SASL_AUTHENTICATION_FAILED', 401, 40101, 'SASL authentication failed.'],
    ['TOPIC_AUTHORIZATION_FAILED', 403, 40301, /^Not authorized to access topics: \[t-\w+\]$/],
  ])('turns %s of a record into the status %i and keeps the body', async (kind, status, code, message) => {
    app.kafka.producer.failRecord = ({ value }) => (value === null ? KafkaError.of(kind) : undefined);
    const answer = await produce({ records: [{ value: 1, partition: 0 }, { value: null }] });
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({
      offsets: [
        { partition: 0, offset: 0, error_code: null, error: null },
        { partition: null, offset: null, error_code: code, error: expect.stringMatching(message) as string },
      ],
      key_schema_id: null,
      value_schema_id: null,
    });
  });

  it('answers at once for a topic that does not exist', async () => {
    const answer = await produce({ records: [{ value: 1 }] }, jsonType, '/topics/nope');
    expect(answer).toMatchObject({
      status: 200,
      json: { offsets: [{ partition: null, offset: null, error_code: 50003 }] },
    });
    expect(app.kafka.cluster.topicNames()).not.toContain('nope');
  });

  it.each([
    [
      'avro',
      { value_schema: '"string"' },
      42206,
      'Payload error. Schema Registry must be configured when using schemas.',
    ],
    [
      'jsonschema',
      { key_schema_id: 1 },
      42206,
      'Payload error. Schema Registry must be configured when using schemas.',
    ],
    [
      'protobuf',
      {},
      42207,
      'Error serializing message. Schema Registry not defined, no Schema Registry client available to serialize message. (records[0].key)',
    ],
  ])('says that %s needs a schema registry', async (format, schema, errorCode, message) => {
    const body = { ...schema, records: [{ value: 'x' }] };
    expect(await produce(body, `application/vnd.kafka.${format}.v2+json`)).toMatchObject({
      status: 422,
      json: { error_code: errorCode, message },
    });
  });

  it('ignores schemas in formats without them', async () => {
    const body = { key_schema: 'x', value_schema_id: '7', records: [{ value: 1 }] };
    expect(await produce(body)).toMatchObject({ status: 200, json: { value_schema_id: null } });
  });

  it('answers 415 and 406 for types it does not know', async () => {
    expect((await produce({ records: [{ value: 1 }] }, 'text/plain')).status).toBe(415);
    const headers = { 'content-type': jsonType, accept: jsonType };
    expect((await app.request(`/topics/${topic}`, { method: 'POST', headers, body: {} })).status).toBe(406);
    expect(written()).toEqual([]);
  });

  it('counts the records in the log', async () => {
    await produce({ records: [{ value: 1 }, { value: 2 }] });
    expect(app.logs).toContainEqual(
      expect.objectContaining({ endpoint: 'api.v2.produce-to-topic.json', status: 200, records: 2 }),
    );
  });

  it('takes any JSON for a value, and answers 4xx to everything that is none', async () => {
    let refused = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const random = seededRandom(seed);
      const value = randomJson(random);
      const body = Buffer.from(`{"records":[{"value":${value},"partition":0}]}`);
      expect((await produce(body)).status, value).toBe(200);
      body[random(body.length)] = random(256);
      const { status } = await produce(body);
      if (status !== 200) refused++;
      expect(status === 200 || status === 400 || status === 422, `seed ${seed}: ${status}`).toBe(true);
    }
    expect(refused).toBeGreaterThan(50);
  });
});

describe('POST /topics/{topic}/partitions/{partition}', () => {
  it('writes to the partition, and where a record names another one, there', async () => {
    const answer = await produce(
      { records: [{ value: 1 }, { value: 2, partition: 0 }] },
      jsonType,
      `/topics/${topic}/partitions/2`,
    );
    expect(answer).toMatchObject({ status: 200, json: { offsets: [{ partition: 2 }, { partition: 0 }] } });
    expect(app.kafka.cluster.recordsOf(topic, 2).map(({ value }) => value?.toString())).toEqual(['1']);
  });

  it('never writes elsewhere when the partition does not exist', async () => {
    const answer = await produce({ records: [{ value: 1 }] }, jsonType, `/topics/${topic}/partitions/99`);
    expect(answer).toMatchObject({
      status: 200,
      json: { offsets: [{ partition: null, error_code: 50003 }] },
    });
    expect(written()).toEqual([]);
  });

  it.each([
    ['abc', 404, 'HTTP 404 Not Found'],
    ['99999999999', 404, 'HTTP 404 Not Found'],
    ['-1', 422, 'Invalid partition: -1. Partition number should always be non-negative or null.'],
  ])('refuses the partition %s', async (partition, status, message) => {
    expect(
      await produce({ records: [{ value: 1 }] }, jsonType, `/topics/${topic}/partitions/${partition}`),
    ).toMatchObject({ status, json: { error_code: status, message } });
  });
});

describe('headers and timestamps of records, when enabled', () => {
  let extended: ContractApp;

  beforeAll(async () => {
    extended = await ContractApp.start({
      'records.headers.enable': 'true',
      'records.timestamps.enable': 'true',
    });
    extended.kafka.cluster.createTopic('t');
  });

  afterAll(async () => {
    await extended.close();
  });

  it('are written with the record', async () => {
    const record = {
      value: 1,
      headers: [
        { key: 'a', value: 'AP8=' },
        { name: 'b', value: null },
        { key: 'a', value: '' },
      ],
      timestamp: 1700000000123,
    };
    const headers = { 'content-type': jsonType };
    const answer = await extended.request('/topics/t', {
      method: 'POST',
      headers,
      body: { records: [record] },
    });
    expect(answer.status).toBe(200);
    expect(extended.kafka.cluster.recordsOf('t')[0]).toMatchObject({
      timestamp: 1700000000123n,
      headers: [
        { key: 'a', value: Buffer.from([0, 255]) },
        { key: 'b', value: null },
        { key: 'a', value: Buffer.alloc(0) },
      ],
    });
  });
});
