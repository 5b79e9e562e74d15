import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RestConsumer } from '../support/rest-consumer.ts';
import { brought, writeBytes } from '../support/rest-topic.ts';
import { sharedKafka, sharedRegistry } from '../support/shared-servers.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import { descriptorsOf, lastDescriptor } from './schema-java-protobuf.ts';
import { registerSchema, schemasOf } from './schema-registry-client.ts';

const protobufType = 'application/vnd.kafka.protobuf.v2+json';
const user = 'syntax = "proto3"; package shop; message User { string name = 1; int64 id = 2; }';

let kafka: string;
let registry: string;
let proxy: TestApp;
let topic: string;

beforeAll(async () => {
  kafka = await sharedKafka();
  registry = await sharedRegistry();
  proxy = await TestApp.onKafka(kafka, {
    'schema.registry.url': registry,
    'consumer.request.timeout.ms': '20000',
  });
});

beforeEach(async () => {
  topic = await createTopic(kafka, uniqueName('protobuf'));
});

afterAll(async () => {
  await proxy.close();
});

function produce(body: unknown): Promise<Answer> {
  return proxy.request(`/topics/${topic}`, {
    method: 'POST',
    headers: { 'content-type': protobufType },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
}

async function reader(): Promise<RestConsumer> {
  const consumer = await RestConsumer.create(proxy, uniqueName('group'), 'c', { format: 'protobuf' });
  await consumer.subscribe(topic);
  return consumer;
}

function idOf({ json }: Answer): number {
  return (json as { readonly value_schema_id: number }).value_schema_id;
}

function framed(id: number, indexes: string, message: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.writeInt32BE(id, 1);
  return Buffer.concat([header, Buffer.from(indexes, 'hex'), message]);
}

/** What another client finds in the topic. */
async function messages(count: number): Promise<readonly KafkaMessage[]> {
  const client = new Kafka({ brokers: kafka.split(','), logLevel: logLevel.NOTHING });
  const consumer = client.consumer({ groupId: uniqueName('reader') });
  const found: KafkaMessage[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      // A coordinator that has just started is waited for.
      consumer.on('consumer.crash', ({ payload }) => void (payload.restart || reject(payload.error)));
      consumer
        .run({
          eachMessage: ({ message }) => {
            found.push(message);
            if (found.length === count) resolve();
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

describe('POST /topics/{topic} with Protobuf', () => {
  it('writes what other clients read, with a schema that is registered then', async () => {
    const first = await produce({ value_schema: user, records: [{ value: { name: 'John', id: '5' } }] });
    expect(first).toMatchObject({
      status: 200,
      json: {
        offsets: [{ partition: 0, offset: 0, error_code: null, error: null }],
        key_schema_id: null,
        value_schema_id: expect.any(Number),
      },
    });
    const id = idOf(first);
    expect(await schemasOf(registry, `${topic}-value`)).toEqual([user]);

    expect(
      await produce(
        `{"value_schema_id":${id},"records":[{"value":{"id":9007199254740993,"name":"Jane"}},{"value":{}}]}`,
      ),
    ).toMatchObject({ status: 200, json: { value_schema_id: id } });

    const found = await messages(3);
    const type = protobuf.parse(user).root.lookupType('shop.User');
    expect(
      found.map(({ value }) =>
        type.toObject(type.decode(value?.subarray(6) ?? Buffer.alloc(0)), { longs: String }),
      ),
    ).toEqual([{ name: 'John', id: '5' }, { name: 'Jane', id: '9007199254740993' }, {}]);
    expect(found.map(({ value }) => value?.toString('hex'))).toEqual([
      framed(id, '00', Buffer.from('0a044a6f686e1005', 'hex')).toString('hex'),
      framed(id, '00', Buffer.from('0a044a616e65108180808080808010', 'hex')).toString('hex'),
      framed(id, '00', Buffer.alloc(0)).toString('hex'),
    ]);
  });

  it('takes keys and values apart, and tombstones without a schema', async () => {
    const key_schema = 'syntax = "proto3"; message Key { bytes id = 1; }';
    const both = await produce({
      key_schema,
      value_schema: user,
      records: [{ key: { id: '/+8=' }, value: { name: 'a' } }],
    });
    const tombstone = await produce({ key_schema, records: [{ key: { id: '/+8' }, value: null }] });

    expect([both.status, tombstone.status]).toEqual([200, 200]);
    expect(await schemasOf(registry, `${topic}-key`)).toEqual([key_schema]);
    const found = await messages(2);
    const [first, second] = found.map(({ key }) => key?.toString('hex'));
    expect(first).toMatch(/^00.{8}000a02ffef$/);
    expect(second).toBe(first);
    expect(found[1]?.value).toBe(null);
  });

  it.each<[body: object, status: number, code: number, message: string]>([
    [{ records: [{ key: {} }] }, 422, 42201, 'Request includes keys but does not include key schema'],
    [{ records: [{ value: {} }] }, 422, 42202, 'Request includes values but does not include value schema'],
    [
      { value_schema: 'message {', records: [{ value: {} }] },
      422,
      42205,
      'Invalid schema: Error when parsing raw schema. format = PROTOBUF, schema = message {',
    ],
    [
      { value_schema: `${'message M {'.repeat(50)}${'}'.repeat(50)}`, records: [{ value: {} }] },
      422,
      42205,
      'Messages are declared more than 32 deep',
    ],
    [
      { value_schema: user, records: [{ value: { name: 'a' } }, { value: { nam: 'a' } }] },
      400,
      400,
      'Bad Request: value.nam: message shop.User has no such field (records[1].value)',
    ],
    [
      { value_schema: user, records: [{ value: { id: 'five' } }] },
      400,
      400,
      'Bad Request: value.id: expected int64, got five (records[0].value)',
    ],
    [
      { value_schema: user, records: [{ value: null }] },
      400,
      400,
      'Bad Request: value: expected message shop.User, got null (records[0].value)',
    ],
    [
      {
        value_schema:
          'syntax = "proto2"; message M { required M2 m = 1; } message M2 { required int32 n = 1; }',
        records: [{ value: { m: {} } }],
      },
      400,
      400,
      'Bad Request: value.m.n: expected int32, got nothing (records[0].value)',
    ],
  ])('refuses %j and writes nothing of it', async (body, status, code, message) => {
    const answer = await produce(body);

    expect(answer).toMatchObject({
      status,
      json: { error_code: code, message: expect.stringContaining(message) },
    });
    const offsets = await proxy.request(`/topics/${topic}/partitions/0/offsets`, {
      headers: { accept: 'application/vnd.kafka.v2+json' },
    });
    expect(offsets.json).toMatchObject({ end_offset: 0 });
  });

  it('takes a schema with what it refers to, and what that refers to', async () => {
    const common = uniqueName('common');
    const address = uniqueName('address');
    await registerSchema(
      registry,
      common,
      'syntax = "proto3"; package geo; message Country { string code = 1; }',
      {
        schemaType: 'PROTOBUF',
      },
    );
    await registerSchema(
      registry,
      address,
      'syntax = "proto3"; package geo; import "country.proto"; message Address { int32 zip = 1; Country in = 2; }',
      {
        schemaType: 'PROTOBUF',
        references: [{ name: 'country.proto', subject: common, version: 1 }],
      },
    );
    const id = await registerSchema(
      registry,
      `${topic}-value`,
      'syntax = "proto3"; package shop; import "geo/address.proto"; message Home { geo.Address at = 1; }',
      { schemaType: 'PROTOBUF', references: [{ name: 'geo/address.proto', subject: address, version: 1 }] },
    );

    const answer = await produce({
      value_schema_id: id,
      records: [{ value: { at: { zip: 8000, in: { code: 'CH' } } } }],
    });

    expect(answer.status, answer.text).toBe(200);
    expect(await produce({ value_schema_id: id, records: [{ value: { at: { zip: 'x' } } }] })).toMatchObject({
      status: 400,
      json: { message: 'Bad Request: value.at.zip: expected int32, got x (records[0].value)' },
    });
    expect(brought((await (await reader()).read()).json)).toEqual([
      '0@0={"at":{"zip":8000,"in":{"code":"CH"}}}',
    ]);
    const [found] = await messages(1);
    expect(found?.value?.subarray(5).toString('hex')).toBe('000a0908c03e12040a024348');
  });
});

describe('GET …/records with Protobuf', () => {
  it('reads what other clients wrote, whichever message of the schema it is', async () => {
    const schema = `syntax = "proto3"; package shop; message Order { message Line { int32 count = 1; } repeated Line lines = 1; }
      message Refund { string reason = 1; }`;
    const id = await registerSchema(registry, `${topic}-value`, schema, { schemaType: 'PROTOBUF' });
    const { root } = protobuf.parse(schema);
    const bytes = (type: string, value: object): Uint8Array => {
      const found = root.lookupType(type);
      return found.encode(found.fromObject(value)).finish();
    };
    const order = bytes('shop.Order', { lines: [{ count: 1 }, {}] });
    for (const [indexes, message] of [
      ['00', order],
      ['0200', order],
      ['0202', bytes('shop.Refund', { reason: 'late' })],
      ['040000', bytes('shop.Order.Line', { count: 3 })],
    ] as const) {
      await writeBytes(proxy, topic, framed(id, indexes, message));
    }

    expect(brought((await (await reader()).read()).json)).toEqual([
      '0@0={"lines":[{"count":1},{"count":0}]}',
      '0@1={"lines":[{"count":1},{"count":0}]}',
      '0@2={"reason":"late"}',
      '0@3={"count":3}',
    ]);
  });

  it('reads and writes by a schema that was registered as a descriptor', async () => {
    const described = lastDescriptor(await descriptorsOf(user));
    const id = await registerSchema(registry, `${topic}-value`, described, { schemaType: 'PROTOBUF' });

    const answer = await produce({ value_schema_id: id, records: [{ value: { name: 'a', id: '1' } }] });

    expect(answer.status, answer.text).toBe(200);
    expect(brought((await (await reader()).read()).json)).toEqual(['0@0={"name":"a","id":"1"}']);
  });

  it('shows all that a schema may say, to the last digit', async () => {
    const value_schema = `syntax = "proto3"; import "google/protobuf/timestamp.proto"; import "google/protobuf/struct.proto";
      message Event { google.protobuf.Timestamp at = 1; map<string, int32> counts = 2; enum Kind { NONE = 0; SOME = 1; } Kind kind = 3;
      oneof of { int64 big = 4; string text = 5; } optional int32 maybe = 6; repeated Event inner_events = 7; bytes data = 8;
      google.protobuf.Struct any = 9; float f = 10; uint64 u = 11; }`;
    const value =
      '{"at":"2030-01-31T23:59:59.500Z","counts":{"a":1},"kind":"SOME","big":"-9223372036854775808","inner_events":[{}],' +
      '"data":"/+8","any":{"x":[1.5,null]},"f":0.1,"u":18446744073709551615}';
    const answer = await produce(
      `{"value_schema":${JSON.stringify(value_schema)},"records":[{"value":${value}}]}`,
    );
    expect(answer.status, answer.text).toBe(200);

    const read = await (await reader()).read();

    expect(read.text).toBe(
      `[{"topic":"${topic}","key":null,"value":{"at":"2030-01-31T23:59:59.500Z","counts":{"a":1},"kind":"SOME",` +
        '"big":"-9223372036854775808","innerEvents":[{"counts":{},"kind":"NONE","innerEvents":[],"data":"","f":0.0,"u":"0"}],' +
        '"data":"/+8=","any":{"x":[1.5,null]},"f":0.1,"u":"18446744073709551615"},"partition":0,"offset":0}]',
    );
  });

  it('names the place of what cannot be read, and goes on behind it', async () => {
    const id = idOf(await produce({ value_schema: user, records: [{ value: { name: 'a' } }] }));
    const broken = [
      framed(id, '00', Buffer.from('0a0541', 'hex')),
      framed(id, '0206', Buffer.alloc(0)),
      framed(id, '', Buffer.alloc(0)),
    ];
    for (const value of broken) await writeBytes(proxy, topic, value);
    await produce({ value_schema_id: id, records: [{ value: { name: 'z' } }] });
    const consumer = await reader();

    expect(brought((await consumer.read()).json)).toEqual(['0@0={"name":"a","id":"0"}']);
    for (const [index, message] of [
      'The data end too early (after byte 9)',
      'The schema has no message with the indexes 3',
      'The data end too early (after byte 5)',
    ].entries()) {
      expect(await consumer.read()).toMatchObject({
        status: 408,
        json: {
          error_code: 40801,
          message: `Error deserializing value at ${topic}-0 offset ${index + 1}: ${message}`,
        },
      });
      await consumer.post('positions', { offsets: [{ topic, partition: 0, offset: index + 2 }] });
    }
    expect(brought((await consumer.read()).json)).toEqual(['0@4={"name":"z","id":"0"}']);
  });
});
