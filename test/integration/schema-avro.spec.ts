import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RestConsumer, v2 } from '../support/rest-consumer.ts';
import { brought, writeBytes } from '../support/rest-topic.ts';
import { sharedKafka, sharedRegistry } from '../support/shared-servers.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import { registerSchema, schemasOf } from './schema-registry-client.ts';

const avroType = 'application/vnd.kafka.avro.v2+json';
const user = '{"type":"record","name":"User","fields":[{"name":"name","type":"string"}]}';

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
  topic = await createTopic(kafka, uniqueName('avro'));
});

afterAll(async () => {
  await proxy.close();
});

function produce(body: unknown, to = topic): Promise<Answer> {
  return proxy.request(`/topics/${to}`, { method: 'POST', headers: { 'content-type': avroType }, body });
}

async function reader(from = topic): Promise<RestConsumer> {
  const consumer = await RestConsumer.create(proxy, uniqueName('group'), 'c', { format: 'avro' });
  await consumer.subscribe(from);
  return consumer;
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

async function endOffset(): Promise<unknown> {
  const answer = await proxy.request(`/topics/${topic}/partitions/0/offsets`, { headers: { accept: v2 } });
  return (answer.json as { readonly end_offset: unknown }).end_offset;
}

describe('POST /topics/{topic} with Avro', () => {
  it('writes what other clients read, with a schema that is registered then', async () => {
    const first = await produce({ value_schema: user, records: [{ value: { name: 'John' } }] });
    expect(first).toMatchObject({
      status: 200,
      json: {
        offsets: [{ partition: 0, offset: 0, error_code: null, error: null }],
        key_schema_id: null,
        value_schema_id: expect.any(Number),
      },
    });
    const { value_schema_id: id } = first.json as { readonly value_schema_id: number };
    expect(await schemasOf(registry, `${topic}-value`)).toEqual([user]);

    const again = await produce({ value_schema_id: id, records: [{ value: { name: 'Jane' } }] });
    expect(again).toMatchObject({ status: 200, json: { value_schema_id: id } });

    const other = new SchemaRegistry({ host: registry });
    const found = await messages(2);
    const decoded = await Promise.all(found.map(({ value }) => other.decode(value ?? Buffer.alloc(0))));
    expect(decoded.map((record: { name: string }) => record.name)).toEqual(['John', 'Jane']);
    expect(found[0]?.value?.toString('hex')).toBe(`00${id.toString(16).padStart(8, '0')}084a6f686e`);
  });

  it('knows a schema again however it is spelled, and never for that of another topic', async () => {
    const spellings = [
      user,
      JSON.stringify(JSON.parse(user), null, 2),
      user.replace('"string"', '{"type":"string"}'),
    ];
    const other = await createTopic(kafka, uniqueName('avro'));
    for (const value_schema of spellings) {
      expect((await produce({ value_schema, records: [{ value: { name: 'a' } }] })).status).toBe(200);
    }
    const id = await registerSchema(registry, uniqueName('elsewhere'), user.replace('User', 'Guest'));

    expect(await schemasOf(registry, `${topic}-value`)).toEqual([user]);
    expect(await schemasOf(registry, `${topic}-key`)).toEqual([]);
    expect(await produce({ value_schema_id: id, records: [{ value: { name: 'a' } }] }, other)).toMatchObject({
      status: 422,
      json: {
        error_code: 42207,
        message: expect.stringContaining(
          `Error serializing message. Error when fetching schema version. subject = ${other}-value, schema = `,
        ),
      },
    });
  });

  it('finds a schema that somebody has registered in a spelling of his own', async () => {
    const spelled = JSON.stringify(JSON.parse(user), null, 2);
    const id = await registerSchema(registry, `${topic}-value`, spelled);

    const answer = await produce({ value_schema: spelled, records: [{ value: { name: 'a' } }] });

    expect(answer).toMatchObject({ status: 200, json: { value_schema_id: id } });
  });

  it('takes keys and values apart, nulls, and longs to the last digit', async () => {
    const answer = await produce({
      key_schema: '["null","long"]',
      value_schema:
        '{"type":"record","name":"R","fields":[{"name":"n","type":"long"},{"name":"d","type":"double"}]}',
      records: [{ key: { long: 9007199254740992 }, value: { n: 1, d: 'NaN' } }],
    });
    const exact = await proxy.request(`/topics/${topic}`, {
      method: 'POST',
      headers: { 'content-type': avroType },
      body: Buffer.from(
        `{"key_schema_id":${(answer.json as { key_schema_id: number }).key_schema_id},` +
          `"value_schema_id":${(answer.json as { value_schema_id: number }).value_schema_id},` +
          '"records":[{"key":null,"value":{"n":9007199254740993,"d":0.1}},{"value":{"d":1,"n":-9223372036854775808}}]}',
      ),
    });
    expect(exact.status).toBe(200);

    const read = await (await reader()).read();

    expect(read.text).toBe(
      `[{"topic":"${topic}","key":9007199254740992,"value":{"n":1,"d":"NaN"},"partition":0,"offset":0},` +
        `{"topic":"${topic}","key":null,"value":{"n":9007199254740993,"d":0.1},"partition":0,"offset":1},` +
        `{"topic":"${topic}","key":null,"value":{"n":-9223372036854775808,"d":1.0},"partition":0,"offset":2}]`,
    );
    const [, second] = await messages(3);
    // Null by the schema: the header and the branch of the union.
    expect(second?.key?.toString('hex')).toMatch(/^00.{8}00$/);
  });

  it('writes tombstones without a schema, and refuses null by a schema that does not take it', async () => {
    expect((await produce({ records: [{ value: null }, {}] })).status).toBe(200);
    expect(await produce({ value_schema: user, records: [{ value: null }] })).toMatchObject({
      status: 400,
      json: {
        error_code: 400,
        message: 'Bad Request: value: expected record User, got null (records[0].value)',
      },
    });

    const found = await messages(2);
    expect(found.map(({ value }) => value)).toEqual([null, null]);
  });

  it('takes a schema with what it refers to', async () => {
    const address = uniqueName('address');
    const references = [{ name: 'geo.Address', subject: address, version: 1 }];
    await registerSchema(
      registry,
      address,
      '{"type":"record","name":"Address","namespace":"geo","fields":[{"name":"zip","type":"int"}]}',
    );
    const id = await registerSchema(
      registry,
      `${topic}-value`,
      '{"type":"record","name":"Home","fields":[{"name":"at","type":"geo.Address"}]}',
      { references },
    );

    expect((await produce({ value_schema_id: id, records: [{ value: { at: { zip: 8000 } } }] })).status).toBe(
      200,
    );
    expect(
      await produce({ value_schema_id: id, records: [{ value: { at: { zip: '8000' } } }] }),
    ).toMatchObject({
      status: 400,
      json: { message: 'Bad Request: value.at.zip: expected int, got string (records[0].value)' },
    });
    expect(brought((await (await reader()).read()).json)).toEqual(['0@0={"at":{"zip":8000}}']);
  });

  it.each<[body: object, status: number, code: number, message: string]>([
    [{ records: [{ key: 1 }] }, 422, 42201, 'Request includes keys but does not include key schema'],
    [{ records: [{ value: 1 }] }, 422, 42202, 'Request includes values but does not include value schema'],
    [
      { value_schema: '{bad', records: [{ value: 1 }] },
      422,
      42205,
      'Invalid schema: Error when parsing raw schema. format = AVRO, schema = {bad',
    ],
    [
      { value_schema_id: 987_654, records: [{ value: 1 }] },
      422,
      42207,
      'Error serializing message. Error when fetching schema by id. schemaId = 987654',
    ],
    [{ value_schema: '"int"', value_schema_id: 1, records: [{ value: 1 }] }, 422, 422, 'Only one of'],
    [
      { value_schema: '"int"', records: [{ value: 1 }, { value: 2 }, { value: 'x' }] },
      400,
      400,
      'Bad Request: value: expected int, got string (records[2].value)',
    ],
    [
      { key_schema: '"string"', value_schema: '"int"', records: [{ value: 1 }] },
      400,
      400,
      'Bad Request: key: expected string, got null (records[0].key)',
    ],
  ])('refuses %j and writes nothing of it', async (body, status, code, message) => {
    const answer = await produce(body);

    expect(answer).toMatchObject({
      status,
      json: { error_code: code, message: expect.stringContaining(message) },
    });
    expect(await endOffset()).toBe(0);
  });

  it('tells of a schema that is not compatible with the one before', async () => {
    await produce({ value_schema: user, records: [{ value: { name: 'a' } }] });

    const answer = await produce({
      value_schema: user.replace('"string"', '"int"'),
      records: [{ value: { name: 1 } }],
    });

    expect(answer).toMatchObject({
      status: 422,
      json: {
        error_code: 42207,
        message: expect.stringContaining(
          `Error serializing message. Error when registering schema. format = AVRO, subject = ${topic}-value, schema = {`,
        ),
      },
    });
  });
});

describe('GET …/records with Avro', () => {
  it('reads what other clients wrote, each record with the schema it was written with', async () => {
    const other = new SchemaRegistry({ host: registry });
    const second =
      '{"type":"record","name":"User","fields":[{"name":"name","type":"string"},{"name":"age","type":["null","int"],"default":null}]}';
    const ids = [
      await registerSchema(registry, `${topic}-value`, user),
      await registerSchema(registry, `${topic}-value`, second),
    ] as const;
    const values = [
      await other.encode(ids[0], { name: 'a' }),
      await other.encode(ids[1], { name: 'b', age: null }),
      await other.encode(ids[0], { name: 'c' }),
    ];
    for (const value of values) await writeBytes(proxy, topic, value);

    const consumer = await reader();

    expect(brought((await consumer.read()).json)).toEqual([
      '0@0={"name":"a"}',
      '0@1={"name":"b","age":null}',
      '0@2={"name":"c"}',
    ]);
    expect(SchemaType.AVRO).toBe('AVRO');
  });

  it('tells the ids of the schemas when the operator says so, and only of formats that have them', async () => {
    const telling = await TestApp.onKafka(kafka, {
      'schema.registry.url': registry,
      'consumer.request.timeout.ms': '20000',
      'records.schema.ids.enable': 'true',
    });
    try {
      const { json } = await produce({
        key_schema: '"string"',
        value_schema: user,
        records: [{ key: 'k', value: { name: 'a' } }],
      });
      const ids = json as { readonly key_schema_id: number; readonly value_schema_id: number };
      await produce({ value_schema_id: ids.value_schema_id, records: [{ value: { name: 'b' } }] });
      await produce({ records: [{ value: null }] });
      const read = async (format: string): Promise<Answer> => {
        const consumer = await RestConsumer.create(telling, uniqueName('group'), 'c', { format });
        await consumer.subscribe(topic);
        return consumer.read();
      };
      const [avro, binary] = [await read('avro'), await read('binary')];

      expect(avro.text).toBe(
        `[{"topic":"${topic}","key":"k","value":{"name":"a"},"partition":0,"offset":0,"key_schema_id":${ids.key_schema_id},"value_schema_id":${ids.value_schema_id}},` +
          `{"topic":"${topic}","key":null,"value":{"name":"b"},"partition":0,"offset":1,"key_schema_id":null,"value_schema_id":${ids.value_schema_id}},` +
          `{"topic":"${topic}","key":null,"value":null,"partition":0,"offset":2,"key_schema_id":null,"value_schema_id":null}]`,
      );
      expect(binary.status).toBe(200);
      expect(binary.text).not.toContain('schema_id');
    } finally {
      await telling.close();
    }
  });

  it('names the place of what cannot be read, delivers what is before it, and goes on behind it', async () => {
    const { json } = await produce({ value_schema: user, records: [{ value: { name: 'a' } }] });
    const { value_schema_id: id } = json as { readonly value_schema_id: number };
    const header = Buffer.alloc(5);
    header.writeInt32BE(id, 1);
    const broken = [
      Buffer.from('plain text'),
      Buffer.from([0, 0, 0]),
      Buffer.concat([header, Buffer.from([8, 65])]),
      Buffer.from([0, 0, 0x7f, 0xff, 0xff, 1]),
    ];
    for (const value of broken) await writeBytes(proxy, topic, value);
    await produce({ value_schema_id: id, records: [{ value: { name: 'z' } }] });
    const consumer = await reader();

    expect(brought((await consumer.read()).json)).toEqual(['0@0={"name":"a"}']);
    for (const [index, message] of [
      'Unknown magic byte! Expected 0, got 0x70',
      '3 bytes are too few for a magic byte and a schema id',
      'The data end too early (after 7 bytes)',
      'Error retrieving schema for id 8388607',
    ].entries()) {
      expect(await consumer.read()).toMatchObject({
        status: 408,
        json: {
          error_code: 40801,
          message: expect.stringContaining(
            `Error deserializing value at ${topic}-0 offset ${index + 1}: ${message}`,
          ),
        },
      });
      expect(await consumer.read()).toMatchObject({ status: 408 });
      await consumer.post('positions', { offsets: [{ topic, partition: 0, offset: index + 2 }] });
    }
    expect(brought((await consumer.read()).json)).toEqual(['0@5={"name":"z"}']);
  });

  it('refuses to read an instance of one format as another', async () => {
    const consumer = await reader();

    for (const format of ['json', 'binary', 'protobuf', 'jsonschema']) {
      const accept = `application/vnd.kafka.${format}.v2+json`;
      const answer = await proxy.request(`${consumer.path}/records`, { headers: { accept } });
      expect(answer).toMatchObject({ status: 406, json: { error_code: 40601 } });
    }
  });
});
