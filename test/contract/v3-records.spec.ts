import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ServerState } from '../../apps/rest-proxy/src/http/server-state.ts';
import { ContractApp } from '../support/contract-app.ts';
import { RecordStreamClient } from '../support/record-stream-client.ts';
import { uniqueName } from '../support/unique-name.ts';

let app: ContractApp;
let topic: string;

beforeAll(async () => {
  app = await ContractApp.start();
});

beforeEach(() => {
  topic = uniqueName('t');
  app.kafka.cluster.createTopic(topic, 2);
});

afterEach(() => {
  app.kafka.producer.failRecord = undefined;
  app.kafka.producer.before = undefined;
});

afterAll(() => app.close());

const pathOf = (name: string): string => `/v3/clusters/fake-cluster/topics/${name}/records`;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function produce(
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
  path = pathOf(topic),
): Promise<Answer> {
  const response = await fetch(app.url + path, { method: 'POST', headers, body: Buffer.from(body) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function objects({ text }: Answer): readonly Readonly<Record<string, unknown>>[] {
  return text
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The one object that a body is answered with. */
async function resultOf(body: unknown): Promise<Readonly<Record<string, unknown>>> {
  const answer = await produce(typeof body === 'string' ? body : JSON.stringify(body));
  expect(answer.status).toBe(200);
  const [first, ...others] = objects(answer);
  expect(others).toEqual([]);
  return first ?? {};
}

const string = (data: string): object => ({ type: 'STRING', data });

const written = (): readonly (readonly [string | undefined, string | undefined])[] =>
  [0, 1].flatMap((partition) =>
    app.kafka.cluster
      .recordsOf(topic, partition)
      .map(({ key, value }) => [key?.toString(), value?.toString()] as const),
  );

describe('POST /v3/clusters/{cluster_id}/topics/{topic}/records', () => {
  it('writes a record and says where it is', async () => {
    const record = {
      partition_id: 1,
      timestamp: '2026-11-22T11:42:16.074+01:00',
      headers: [
        { name: 'a', value: 'AAE=' },
        { name: 'a', value: null },
        { name: 'b' },
        { name: '', value: '' },
      ],
      key: string('k'),
      value: { type: 'JSON', data: { n: 1 } },
    };
    const answer = await produce(JSON.stringify(record));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('vary')).toBe('Accept-Encoding');
    expect(answer.text).toBe(
      `{"error_code":200,"cluster_id":"fake-cluster","topic_name":"${topic}","partition_id":1,"offset":0,` +
        '"timestamp":"2026-11-22T10:42:16.074Z","key":{"type":"STRING","size":1},"value":{"type":"JSON","size":7}}\r\n',
    );
    const [stored] = app.kafka.cluster.recordsOf(topic, 1);
    expect(stored).toMatchObject({
      key: Buffer.from('k'),
      value: Buffer.from('{"n":1}'),
      timestamp: 1795344136074n,
    });
    expect(stored?.headers).toEqual([
      { key: 'a', value: Buffer.from([0, 1]) },
      { key: 'a', value: null },
      { key: 'b', value: null },
      { key: '', value: Buffer.alloc(0) },
    ]);
  });

  it.each([
    [{}, {}],
    [{ key: null, value: null }, {}],
    [{ value: { type: 'JSON', data: null } }, { value: { type: 'JSON', size: -1 } }],
    [{ key: { type: 'BINARY', data: null } }, { key: { type: 'BINARY', size: -1 } }],
    [{ value: { type: 'BINARY', data: 'YQ' } }, { value: { type: 'BINARY', size: 1 } }],
    [{ value: { type: 'BINARY', data: '' } }, { value: { type: 'BINARY', size: 0 } }],
    [{ value: string('é😀') }, { value: { type: 'STRING', size: 6 } }],
    [{ partitionId: 1, originalSize: 77 }, { partition_id: 1 }],
    [{ partition_id: null, timestamp: null, headers: null }, {}],
    [{ timestamp: 1.5 }, { timestamp: '1970-01-01T00:00:01.500Z' }],
    [{ timestamp: 1700000000 }, { timestamp: '2023-11-14T22:13:20Z' }],
    [{ timestamp: '1700000000.25' }, { timestamp: '2023-11-14T22:13:20.250Z' }],
    [{ timestamp: '2023-11-14T22:13:20.999999999Z' }, { timestamp: '2023-11-14T22:13:20.999Z' }],
    [{ timestamp: '2023-11-14T22:13:20-02:30' }, { timestamp: '2023-11-15T00:43:20Z' }],
  ])('takes %j', async (record, expected) => {
    const result = await resultOf(record);
    expect(result).toMatchObject({
      error_code: 200,
      cluster_id: 'fake-cluster',
      topic_name: topic,
      ...expected,
    });
    expect(Object.keys(result).filter((name) => name === 'key' || name === 'value')).toEqual(
      Object.keys(expected).filter((name) => name === 'key' || name === 'value'),
    );
  });

  it('keeps JSON as it was sent, white space aside', async () => {
    const value = '{ "n" : [1.10, 1e400, -0, 12345678901234567890123], "n":"\\u00e9\\/" }';
    await resultOf(`{"value":{"type":"JSON","data":${value}}}`);
    expect(written()[0]?.[1]).toBe('{"n":[1.10,1e400,-0,12345678901234567890123],"n":"é/"}');
  });

  it('answers an empty body with an empty body', async () => {
    for (const body of ['', ' \r\n\t ']) {
      const answer = await produce(body);
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
  });

  it.each([
    [{ value: { type: 'JSON', data: 1, schema_id: 1 } }, "'type=JSON' cannot be used with 'schema_id'."],
    [{ value: { type: 'BINARY', data: '', subject: 's' } }, "'type=BINARY' cannot be used with 'subject'."],
    [
      { value: { type: 'STRING', data: '', subject_name_strategy: 'TOPIC_NAME' } },
      "'type=STRING' cannot be used with 'subject_name_strategy'.",
    ],
    [
      { value: { type: 'JSON', data: 1, schema_version: 1 } },
      "'type=JSON' cannot be used with 'schema_version'.",
    ],
    [{ value: { type: 'JSON', data: 1, schema: '' } }, "'type=JSON' cannot be used with 'schema'."],
    [
      { value: { data: 1, subject: 's', subject_name_strategy: 'TOPIC_NAME' } },
      "Only one of 'subject_name_strategy' or 'subject' can be used.",
    ],
    [
      { value: { data: 1, schema_id: 1, schema_version: 1 } },
      "Only one of 'schema_id', 'schema_version' or 'schema' can be used.",
    ],
    [{ value: { type: 'AVRO', data: 1, schema_id: 1 } }, "'schema_id=1' cannot be used with 'serializer'."],
    [
      { value: { type: 'AVRO', data: 1, schema_version: 1 } },
      "'schema_version=1' cannot be used with 'serializer'.",
    ],
    [{ value: { type: 'PROTOBUF', data: 1 } }, "'schema_version=latest' cannot be used with 'serializer'."],
    [{ value: { data: 1, schema: '"int"' } }, "'schema' cannot be used without 'type'."],
    [{ value: { type: 'JSON' } }, 'Missing required properties: data'],
  ])('does not take %j', async (record, rule) => {
    expect(await resultOf(record)).toEqual({
      error_code: 400,
      message: `Cannot construct instance of \`ProduceRequestData\`, problem: ${rule} (value)`,
    });
    expect(written()).toEqual([]);
  });

  it.each([
    [
      { value: { type: 'BINARY', data: '!' } },
      400,
      'Bad Request: data="!" is not a valid base64 string. (value.data)',
    ],
    [{ value: { type: 'BINARY', data: 5 } }, 400, 'Bad Request: data=5 is not a base64 string. (value.data)'],
    [{ key: { type: 'STRING', data: 5 } }, 400, 'Bad Request: data=5 is not a string. (key.data)'],
    [{ value: 5 }, 400, 'Cannot deserialize value of type `ProduceRequestData` from Number value (value)'],
    [[{}], 400, 'Cannot deserialize value of type `ProduceRequest` from Array value'],
    ['5', 400, 'Cannot deserialize value of type `ProduceRequest` from Number value'],
    ['null', 422, 'Error: 42206 : Payload error. Null input provided. Data is required.'],
    [{ surprise: 1 }, 400, 'Unrecognized field: surprise'],
    [{ value: { type: 'JSON', data: 1, surprise: 1 } }, 400, 'Unrecognized field: surprise (value)'],
    [
      { partition_id: 'x' },
      400,
      'Cannot deserialize value of type `Integer` from String "x": not a valid `Integer` value (partition_id)',
    ],
    [{ partition_id: -1 }, 40402, 'Partition not found.'],
    [
      { timestamp: 'soon' },
      400,
      'Cannot deserialize value of type `Instant` from String "soon": not a valid `Instant` value (timestamp)',
    ],
    [
      { timestamp: '2026-02-30T00:00:00Z' },
      400,
      'Cannot deserialize value of type `Instant` from String "2026-02-30T00:00:00Z": not a valid `Instant` value (timestamp)',
    ],
    [
      { timestamp: -1 },
      400,
      'Bad Request: Invalid timestamp: -1000. Timestamp should always be non-negative or null.',
    ],
    [{ timestamp: 1e300 }, 400, 'Timestamp (1e+300) is out of range (timestamp)'],
    [
      { headers: [{}] },
      400,
      'Cannot construct instance of `ProduceRequestHeader`, problem: Null name (headers[0])',
    ],
    [
      { headers: [{ name: 'a' }, { name: 'b', value: '!' }] },
      400,
      'Bad Request: data="!" is not a valid base64 string. (headers[1].value)',
    ],
    [{ headers: {} }, 400, 'Cannot deserialize value of type `List` from Object value (headers)'],
    [
      { value: { type: 'json', data: 1 } },
      400,
      'Cannot deserialize value of type `EmbeddedFormat` from String "json": not one of the values accepted for Enum class: [BINARY, JSON, STRING, AVRO, JSONSCHEMA, PROTOBUF] (value.type)',
    ],
    ['{"value":null,"value":null}', 400, "Duplicate field 'value'"],
    [
      { value: { data: 'x' } },
      422,
      'Error: 42206 : Payload error. Schema Registry must be configured when using schemas.',
    ],
    [
      { value: { type: 'AVRO', schema: '"int"', data: 1 } },
      422,
      'Error: 42206 : Payload error. Schema Registry must be configured when using schemas.',
    ],
  ])('says what is wrong with %j', async (record, errorCode, message) => {
    expect(await resultOf(record)).toEqual({ error_code: errorCode, message });
    expect(written()).toEqual([]);
  });

  it('goes on after a record that cannot be written', async () => {
    const answer = await produce(
      '{"value":{"type":"STRING","data":"1"}}{"no":1}\n[1]{"value":{"type":"STRING","data":"2"}}',
    );
    expect(objects(answer).map(({ error_code }) => error_code)).toEqual([200, 400, 400, 200]);
    expect(new Set(written().map(([, value]) => value))).toEqual(new Set(['1', '2']));
  });

  it.each([
    [
      '{"value":{"type":"STRING","data":"1"}},{}',
      "Unexpected character (',' (code 44)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false') (line 1, column 1) (record 2 of the stream)",
    ],
    [
      '{"value":{"type":"STRING","data":"1"}} {"value":{"type":"STRI',
      'Unexpected end-of-input in a String, started at line 1, column 18 (line 1, column 23) (record 2 of the stream)',
    ],
    [
      '{"value":{"type":"STRING","data":"1"}}\n{"value":foobar}{}',
      "Unrecognized token 'foobar': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false') (line 1, column 10) (record 2 of the stream)",
    ],
    [
      '{"value":{"type":"STRING","data":"1"}}{"a":1]{}',
      "Unexpected character (']' (code 93)): was expecting comma to separate Object entries (line 1, column 7) (record 2 of the stream)",
    ],
  ])('ends with one object where the body is not JSON: %s', async (body, problem) => {
    const [first, second, ...others] = objects(await produce(body));
    expect(first).toMatchObject({ error_code: 200 });
    expect(second).toEqual({
      error_code: 400,
      message: expect.stringContaining('Bad Request: Error processing message: '),
    });
    expect(String(second?.['message']).slice('Bad Request: Error processing message: '.length)).toBe(problem);
    expect(others).toEqual([]);
    expect(written()).toHaveLength(1);
  });

  it.each([
    [
      KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION', 'Topic t not present in metadata.'),
      40401,
      'Topic t not present in metadata.',
    ],
    [KafkaError.of('MESSAGE_TOO_LARGE', 'The message is large.'), 413, 'The message is large.'],
    [KafkaError.of('INVALID_TOPIC_EXCEPTION'), 40002, 'Invalid topics: [%t]'],
    [KafkaError.of('TOPIC_AUTHORIZATION_FAILED'), 40301, 'Not authorized to access topics: [%t]'],
    [KafkaError.of('INVALID_TIMESTAMP', 'It is out of range'), 50002, 'It is out of range'],
    [KafkaError.of('REQUEST_TIMED_OUT', 'Too late.\nReally.'), 50003, 'Too late.'],
  ])('tells what Kafka said: %s', async (error, errorCode, message) => {
    app.kafka.producer.failRecord = () => error;
    expect(await resultOf({})).toEqual({ error_code: errorCode, message: message.replace('%t', topic) });
  });

  it('answers 404 for another cluster before it reads anything', async () => {
    const answer = await produce(
      '{}',
      { 'content-type': 'application/json' },
      `/v3/clusters/nope/topics/${topic}/records`,
    );
    expect([answer.status, ...objects(answer)]).toEqual([
      404,
      { error_code: 404, message: 'Cluster nope cannot be found.' },
    ]);
    expect(written()).toEqual([]);
  });

  it.each([
    [{}, 400, 'Bad Request: The Content-Type header is missing; a stream of records is application/json'],
    [{ 'content-type': 'application/vnd.kafka.v2+json' }, 415, 'HTTP 415 Unsupported Media Type'],
    [
      { 'content-type': 'application/json', accept: 'application/vnd.kafka.v2+json' },
      406,
      'HTTP 406 Not Acceptable',
    ],
    [
      { 'content-type': 'application/json; charset=utf-16' },
      400,
      'Unsupported charset in Content-Type header. Supports "UTF-8" and "ISO-8859-1".',
    ],
    [
      { 'content-type': 'application/json', 'content-encoding': 'compress' },
      415,
      'Unsupported Content-Encoding: compress',
    ],
  ])('refuses headers %j', async (headers, status, message) => {
    const answer = await produce('{}', headers);
    expect(answer.status).toBe(status);
    expect(objects(answer)[0]).toMatchObject({
      error_code: status,
      message: expect.stringContaining(message),
    });
  });

  it('reads ISO-8859-1, and UTF-8 with a byte order mark', async () => {
    const body = JSON.stringify({ partition_id: 0, value: string('é') });
    await produce(Buffer.from(body, 'latin1'), { 'content-type': 'application/json; charset=ISO-8859-1' });
    await produce(`\ufeff${body}`, { 'content-type': 'application/json;charset="UTF-8"' });
    expect(written().map(([, value]) => value)).toEqual(['é', 'é']);
  });

  it('reads compressed bodies, and says so when they are none', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await produce(gzipSync('{}{}'), headers);
    expect(objects(answer).map(({ error_code }) => error_code)).toEqual([200, 200]);
    expect(objects(await produce('{}', headers))).toEqual([
      {
        error_code: 400,
        message: 'Bad Request: Error processing message: The body is not what its Content-Encoding says',
      },
    ]);
  });

  it('reads the same wherever the body is cut', async () => {
    const records = [
      { partition_id: 0, value: { type: 'JSON', data: { 'é😀': ['\\"', 1.5, null] } } },
      { partition_id: 0, surprise: '}' },
      { partition_id: 0, key: string('kä'), value: { type: 'BINARY', data: 'AAE=' } },
    ];
    const body = Buffer.from(records.map((record) => JSON.stringify(record)).join(''));
    const shapeOf = (text: string): string => text.replaceAll(/"offset":\d+|"timestamp":"[^"]*"/g, '');
    const expected = shapeOf((await produce(body)).text);
    const client = await RecordStreamClient.open(app.port, pathOf(topic));
    for (let i = 1; i < body.length; i++) {
      const before = client.text.length;
      client.send(body.subarray(0, i));
      // A turn of the loop in between, or both would be one chunk.
      await new Promise((resolve) => void setImmediate(resolve));
      client.send(body.subarray(i));
      await client.untilResults(3 * i);
      expect(shapeOf(client.text.slice(before)), `cut at ${i}`).toBe(expected);
    }
    client.end();
    await client.untilEnd();
    expect(client.results).toHaveLength(3 * (body.length - 1));
  }, 30_000);

  it('answers each record while the body is still open', async () => {
    const client = await RecordStreamClient.open(app.port, pathOf(topic));
    await client.until(() => client.head !== '');
    expect(client.head).toContain('HTTP/1.1 200 OK');
    for (let i = 0; i < 5; i++) {
      client.send(JSON.stringify({ partition_id: 0, value: string(String(i)) }));
      expect((await client.untilResults(i + 1))[i]).toMatchObject({ error_code: 200, offset: i });
    }
    client.end();
    await client.untilEnd();
    // The connection is as good as new.
    client.socket.end();
    await client.untilClosed();
  });

  it('answers 1,000 records that come one by one in one piece, in their order', async () => {
    const body = Array.from({ length: 1000 }, (_, i) =>
      JSON.stringify({ partition_id: 0, value: string(`v${i}`) }),
    );
    const answer = await produce(body.join('\n'));
    expect(objects(answer).map(({ offset }) => offset)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it('stops at a syntax error though the body goes on, and ends the connection', async () => {
    const client = await RecordStreamClient.open(app.port, pathOf(topic));
    client.send('{"value":{"type":"STRING","data":"1"}}{"value":{"type":"STRING","data":"2"} {');
    await client.untilEnd();
    expect(client.results.map(({ error_code }) => error_code)).toEqual([200, 400]);
    client.send('{}');
    await client.untilClosed();
    expect(written()).toHaveLength(1);
  });

  it('forgets a client that goes away in the middle', async () => {
    const client = await RecordStreamClient.open(app.port, pathOf(topic));
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    app.kafka.producer.before = () => gate;
    client.send('{}{}{"value":');
    await client.until(() => client.head !== '');
    client.socket.destroy();
    await client.untilClosed();
    go();
    const state = app.proxy.app.get(ServerState);
    await expect
      .poll(() => [state.openStreams, state.bytesInFlight, state.requestsInFlight])
      .toEqual([0, 0, 0]);
    expect(await resultOf({})).toMatchObject({ error_code: 200 });
  });
});
