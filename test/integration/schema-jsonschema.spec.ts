import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RestConsumer, v2 } from '../support/rest-consumer.ts';
import { brought, writeBytes } from '../support/rest-topic.ts';
import { sharedKafka, sharedRegistry } from '../support/shared-servers.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import { registerSchema, schemasOf } from './schema-registry-client.ts';

const jsonSchemaType = 'application/vnd.kafka.jsonschema.v2+json';
const draft7 = 'http://json-schema.org/draft-07/schema#';
const user =
  `{"$schema":"${draft7}","title":"User","type":"object",` +
  '"properties":{"name":{"type":"string"},"age":{"type":"integer","default":18}},"required":["name"]}';

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
  topic = await createTopic(kafka, uniqueName('jsonschema'));
});

afterAll(async () => {
  await proxy.close();
});

/** @param body text goes as it is */
function produce(body: unknown): Promise<Answer> {
  return proxy.request(`/topics/${topic}`, {
    method: 'POST',
    headers: { 'content-type': jsonSchemaType },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
}

/** A request with one schema for its values, and their exact text. */
function produceTexts(schema: string, ...values: readonly string[]): Promise<Answer> {
  const records = values.map((value) => `{"value":${value}}`).join();
  return produce(`{"value_schema":${JSON.stringify(schema)},"records":[${records}]}`);
}

function idOf({ json }: Answer): number {
  return (json as { readonly value_schema_id: number }).value_schema_id;
}

async function reader(): Promise<RestConsumer> {
  const consumer = await RestConsumer.create(proxy, uniqueName('group'), 'c', { format: 'jsonschema' });
  await consumer.subscribe(topic);
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

function headerOf(id: number): Buffer {
  const header = Buffer.alloc(5);
  header.writeInt32BE(id, 1);
  return header;
}

/** The JSON text of values, of which each must begin with the id's header. */
function textsOf(found: readonly KafkaMessage[], id: number): readonly string[] {
  return found.map(({ value }) => {
    const bytes = value ?? Buffer.alloc(0);
    expect(bytes.subarray(0, 5)).toEqual(headerOf(id));
    return bytes.toString('utf8', 5);
  });
}

async function endOffset(): Promise<unknown> {
  const answer = await proxy.request(`/topics/${topic}/partitions/0/offsets`, { headers: { accept: v2 } });
  return (answer.json as { readonly end_offset: unknown }).end_offset;
}

describe('POST /topics/{topic} with JSON Schema', () => {
  it('writes the header and the JSON, with a schema that is registered then', async () => {
    const first = await produce({ value_schema: user, records: [{ value: { name: 'John' } }] });
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

    const again = await produce({ value_schema_id: id, records: [{ value: { age: 7, name: 'Jane' } }] });
    expect(again).toMatchObject({ status: 200, json: { value_schema_id: id } });

    expect(textsOf(await messages(2), id)).toEqual(['{"name":"John","age":18}', '{"age":7,"name":"Jane"}']);
    expect(brought((await (await reader()).read()).json)).toEqual([
      '0@0={"name":"John","age":18}',
      '0@1={"age":7,"name":"Jane"}',
    ]);
  });

  it('knows a schema again with white space in it', async () => {
    const spaced = JSON.stringify(JSON.parse(user), null, 2);
    for (const value_schema of [user, spaced, user]) {
      expect((await produce({ value_schema, records: [{ value: { name: 'a' } }] })).status).toBe(200);
    }
    expect(await schemasOf(registry, `${topic}-value`)).toEqual([user]);
  });

  it('keeps numbers, members and texts as they were sent, there and back', async () => {
    const schema =
      '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"n":{"type":"integer"},"price":{"multipleOf":0.01}}}';
    const sent = [
      '{"z":1,"n":12345678901234567890,"a":-0.0}',
      '{"price":1.10,"x":[1e2,1.00000000000000000001],"":"\\u0001 é 😀 \\\\"}',
      '{"__proto__":{"a":1},"constructor":null}',
    ];
    const answer = await produceTexts(schema, ...sent);
    expect(answer.status).toBe(200);

    expect(textsOf(await messages(3), idOf(answer))).toEqual(sent);
    const read = await (await reader()).read();
    expect(read.text).toBe(
      `[${sent.map((text, i) => `{"topic":"${topic}","key":null,"value":${text},"partition":0,"offset":${i}}`).join()}]`,
    );
  });

  it('takes keys and values apart, and null by the schema', async () => {
    const answer = await produce({
      key_schema: `{"$schema":"${draft7}","type":["null","integer"]}`,
      value_schema: `{"$schema":"${draft7}","type":["null","string"]}`,
      records: [{ key: 1, value: 'x' }, { key: null, value: null }, {}],
    });
    expect(answer.status).toBe(200);
    const { key_schema_id: keyId, value_schema_id: valueId } = answer.json as {
      readonly key_schema_id: number;
      readonly value_schema_id: number;
    };

    const found = await messages(3);
    expect(found.map(({ key }) => key?.toString('utf8', 5))).toEqual(['1', 'null', 'null']);
    expect(found[0]?.key?.subarray(0, 5)).toEqual(headerOf(keyId));
    expect(textsOf(found, valueId)).toEqual(['"x"', 'null', 'null']);
  });

  it('writes tombstones without a schema', async () => {
    expect((await produce({ records: [{ value: null }, {}] })).status).toBe(200);
    expect((await messages(2)).map(({ value }) => value)).toEqual([null, null]);
  });

  it.each([
    'draft-04/schema#',
    'draft-06/schema#',
    'draft-07/schema#',
    'draft/2019-09/schema',
    'draft/2020-12/schema',
  ])('validates by %s', async (draft) => {
    const uri = `${draft.includes('/20') ? 'https' : 'http'}://json-schema.org/${draft}`;
    const value_schema = JSON.stringify({
      $schema: uri,
      type: 'object',
      properties: { n: { type: 'integer', minimum: 1 } },
      additionalProperties: false,
    });
    expect((await produce({ value_schema, records: [{ value: { n: 1 } }] })).status).toBe(200);
    expect(await produce({ value_schema, records: [{ value: { n: 0 } }] })).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('value.n: must be >= 1 (rule #/properties/n/minimum)') },
    });
  });

  it('takes a schema with what it refers to, and that with what it refers to', async () => {
    const zip = uniqueName('zip');
    const address = uniqueName('address');
    await registerSchema(registry, zip, `{"$schema":"${draft7}","type":"integer"}`, { schemaType: 'JSON' });
    await registerSchema(
      registry,
      address,
      `{"$schema":"${draft7}","type":"object","properties":{"zip":{"$ref":"zip.json"},"city":{"default":"Bern"}}}`,
      { schemaType: 'JSON', references: [{ name: 'zip.json', subject: zip, version: 1 }] },
    );
    const id = await registerSchema(
      registry,
      `${topic}-value`,
      `{"$schema":"${draft7}","type":"object","properties":{"home":{"$ref":"address.json"}}}`,
      { schemaType: 'JSON', references: [{ name: 'address.json', subject: address, version: 1 }] },
    );

    const good = await produce({ value_schema_id: id, records: [{ value: { home: { zip: 8000 } } }] });
    expect(good.status).toBe(200);
    expect(
      await produce({ value_schema_id: id, records: [{ value: { home: { zip: '8000' } } }] }),
    ).toMatchObject({
      status: 400,
      json: {
        message:
          'Bad Request: value.home.zip: expected integer, got string (rule zip.json/type) (records[0].value)',
      },
    });
    expect(textsOf(await messages(1), id)).toEqual(['{"home":{"zip":8000,"city":"Bern"}}']);
  });

  it.each<[body: object, status: number, code: number, message: string]>([
    [{ records: [{ key: 1 }] }, 422, 42201, 'Request includes keys but does not include key schema'],
    [{ records: [{ value: 1 }] }, 422, 42202, 'Request includes values but does not include value schema'],
    [
      { value_schema: '{bad', records: [{ value: 1 }] },
      422,
      42205,
      'Invalid schema: Error when parsing raw schema. format = JSONSCHEMA, schema = {bad',
    ],
    [
      { value_schema: '{"type":"strin"}', records: [{ value: 1 }] },
      422,
      42205,
      'It is no schema of draft 7: schema.type',
    ],
    [
      { value_schema: '{"properties":{"a":{"$ref":"http://127.0.0.1:1/a.json"}}}', records: [{ value: {} }] },
      422,
      42205,
      'It refers to http://127.0.0.1:1/a.json, which is not among its references',
    ],
    [
      { value_schema: '{"properties":{"a":{"pattern":"(?<=a)b"}}}', records: [{ value: {} }] },
      422,
      42205,
      'The pattern (?<=a)b cannot be used',
    ],
    [
      { value_schema_id: 987_654, records: [{ value: 1 }] },
      422,
      42207,
      'Error serializing message. Error when fetching schema by id. schemaId = 987654',
    ],
    [
      { value_schema: user, records: [{ value: { name: 'a' } }, { value: { name: 'b', age: 1.5 } }] },
      400,
      400,
      'Bad Request: value.age: expected integer, got number 1.5 (rule #/properties/age/type) (records[1].value)',
    ],
    [
      { value_schema: user, records: [{ value: { age: 1 } }] },
      400,
      400,
      'Bad Request: value: the member "name" is missing (rule #/required) (records[0].value)',
    ],
    [
      { value_schema: user, records: [{ value: null }] },
      400,
      400,
      'Bad Request: value: expected object, got null (rule #/type) (records[0].value)',
    ],
    [
      {
        value_schema: '{"properties":{"a":{"anyOf":[{"$ref":"#"},{"$ref":"#"},false]}},"type":"object"}',
        records: [{ value: JSON.parse(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`) }],
      },
      400,
      400,
      'Bad Request: value: checking it against the schema takes too many steps (records[0].value)',
    ],
  ])('refuses %j and writes nothing of it', async (body, status, code, message) => {
    const answer = await produce(body);

    expect(answer).toMatchObject({
      status,
      json: { error_code: code, message: expect.stringContaining(message) },
    });
    expect(await endOffset()).toBe(0);
  });

  it('does not take 1.0 for an integer', async () => {
    expect(await produceTexts(user, '{"name":"a","age":1.0}')).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('value.age: expected integer, got number 1.0') },
    });
  });

  it('tells of a schema that is of another type', async () => {
    const id = await registerSchema(registry, `${topic}-value`, '"int"');

    expect(await produce({ value_schema_id: id, records: [{ value: 1 }] })).toMatchObject({
      status: 422,
      json: { error_code: 42205, message: expect.stringContaining('is of type AVRO') },
    });
  });
});

describe('GET …/records with JSON Schema', () => {
  it('reads what others wrote, valid or not, whatever the schema', async () => {
    const id = await registerSchema(
      registry,
      `${topic}-value`,
      `{"$schema":"${draft7}","type":"object","javaType":"com.example.User","properties":{"a":{"type":"integer"}}}`,
      { schemaType: 'JSON' },
    );
    for (const text of ['{"a":"no integer"}', ' {"a" : 1.0 } ', '7', 'null']) {
      await writeBytes(proxy, topic, Buffer.concat([headerOf(id), Buffer.from(text)]));
    }

    const read = await (await reader()).read();

    expect(read.text).toBe(
      `[${['{"a":"no integer"}', '{"a":1.0}', '7', 'null'].map((text, i) => `{"topic":"${topic}","key":null,"value":${text},"partition":0,"offset":${i}}`).join()}]`,
    );
  });

  it('names the place of what cannot be read, and goes on behind it', async () => {
    const id = idOf(await produce({ value_schema: user, records: [{ value: { name: 'a' } }] }));
    const broken = [
      Buffer.from('{"name":"a"}'),
      headerOf(id),
      Buffer.concat([headerOf(id), Buffer.from('{"a":')]),
    ];
    for (const value of broken) await writeBytes(proxy, topic, value);
    await produce({ value_schema_id: id, records: [{ value: { name: 'z' } }] });
    const consumer = await reader();

    expect(brought((await consumer.read()).json)).toEqual(['0@0={"name":"a","age":18}']);
    for (const [index, message] of [
      'Unknown magic byte! Expected 0, got 0x7b',
      'Unexpected end-of-input',
      'Unexpected end-of-input',
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
      await consumer.post('positions', { offsets: [{ topic, partition: 0, offset: index + 2 }] });
    }
    expect(brought((await consumer.read()).json)).toEqual(['0@4={"name":"z","age":18}']);
  });
});
