import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';
import { RegistryServer } from '../support/fakes/registry-server.ts';
import { RestConsumer } from '../support/rest-consumer.ts';
import type { Answer } from '../support/test-app.ts';
import { uniqueName } from '../support/unique-name.ts';

const avroType = 'application/vnd.kafka.avro.v2+json';
const user = '{"type":"record","name":"User","fields":[{"name":"name","type":"string"}]}';

let server: RegistryServer;
let app: ContractApp;
let topic: string;

beforeAll(async () => {
  server = await RegistryServer.start();
});

beforeEach(async () => {
  topic = uniqueName('t');
  await start();
});

afterEach(() => app.close());

afterAll(() => server.stop());

async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
  app = await ContractApp.start({ 'schema.registry.url': server.url, ...settings });
  app.kafka.cluster.createTopic(topic, 1);
}

function produce(body: unknown): Promise<Answer> {
  const headers = { 'content-type': avroType };
  return app.request(`/topics/${topic}`, { method: 'POST', headers, body });
}

function written(): readonly (string | undefined)[] {
  return app.kafka.cluster.recordsOf(topic, 0).map(({ value }) => value?.toString('hex'));
}

describe('POST /topics/{topic} with Avro', () => {
  it('writes records with the id of their schema and says which it is', async () => {
    const answer = await produce({ value_schema: user, records: [{ value: { name: 'John' } }] });

    const id = server.registry.add(`${topic}-value`, { text: user });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(
      `{"offsets":[{"partition":0,"offset":0,"error_code":null,"error":null}],"key_schema_id":null,"value_schema_id":${id}}`,
    );
    expect(written()).toEqual([`00${id.toString(16).padStart(8, '0')}084a6f686e`]);
  });

  it('names the record and the place in it that do not fit, and writes nothing', async () => {
    const schema = `{"type":"record","name":"Home","fields":[{"name":"at","type":${user}},{"name":"l","type":{"type":"array","items":"int"}}]}`;
    const fits = { at: { name: 'a' }, l: [] };
    const answers = await Promise.all(
      [
        { at: { name: 1 }, l: [] },
        { at: {}, l: [] },
        { ...fits, l: [1, 'x'] },
      ].map((value) => produce({ value_schema: schema, records: [{ value: fits }, { value }] })),
    );

    expect(answers.map(({ status, text }) => [status, text])).toEqual(
      [
        'value.at.name: expected string, got number',
        'value.at.name: expected string, got nothing',
        'value.l[1]: expected int, got string',
      ].map((problem) => [400, `{"error_code":400,"message":"Bad Request: ${problem} (records[1].value)"}`]),
    );
    expect(written()).toEqual([]);
  });

  it.each<[object, number, string]>([
    [
      { records: [{ key: 1 }] },
      42201,
      'Request includes keys but does not include key schema (records[0].key)',
    ],
    [
      { records: [{ value: 1 }] },
      42202,
      'Request includes values but does not include value schema (records[0].value)',
    ],
    [
      { value_schema: '{bad', records: [{ value: 1 }] },
      42205,
      'Invalid schema: Error when parsing raw schema. format = AVRO, schema = {bad\n' +
        "Unexpected character ('b' (code 98)): was expecting double-quote to start field name (line 1, column 2)",
    ],
    [
      { value_schema_id: 4711, records: [{ value: 1 }] },
      42207,
      'Error serializing message. Error when fetching schema by id. schemaId = 4711\n' +
        'Schema not found; error code: 40403',
    ],
  ])('answers %j with 422 and %i', async (body, errorCode, message) => {
    expect(await produce(body)).toMatchObject({ status: 422, json: { error_code: errorCode, message } });
    expect(written()).toEqual([]);
  });

  it('writes null by the schema, or as a tombstone where that is set', async () => {
    const body = { value_schema: '["null","string"]', records: [{ value: null }] };
    await produce(body);
    expect(written()).toEqual([expect.stringMatching(/^00.{8}00$/)]);
    await app.close();

    await start({ 'null.request.body.always.publishes.empty.record': 'true' });
    await produce(body);

    expect(written()).toEqual([undefined]);
  });
});

describe('GET …/records with Avro', () => {
  it('shows values in the encoding in which they are taken', async () => {
    const schema =
      '{"type":"record","name":"R","fields":[{"name":"l","type":"long"},{"name":"b","type":"bytes"},{"name":"u","type":["null","string"]}]}';
    const value = '{"l":9223372036854775807,"b":"\\u0000ÿ","u":{"string":"x"}}';
    const body = `{"value_schema":${JSON.stringify(schema)},"records":[{"value":${value}}]}`;
    expect((await produce(Buffer.from(body))).status).toBe(200);
    const consumer = await RestConsumer.create(app, uniqueName('g'), 'c', { format: 'avro' });
    await consumer.subscribe(topic);

    expect((await consumer.read()).text).toBe(
      `[{"topic":"${topic}","key":null,"value":${value},"partition":0,"offset":0}]`,
    );
  });

  it.each([
    ['false', '{"d":19782,"n":"\\u0005"}', '{"d":19782,"n":"\\u0005"}'],
    ['true', '{"d":19782,"n":0.05}', '{"d":"2024-02-29","n":"0.05"}'],
    ['true', '{"d":"2024-02-29","n":"0.05"}', '{"d":"2024-02-29","n":"0.05"}'],
  ])('shows logical types as the operator says: readable %s', async (readable, value, shown) => {
    await app.close();
    await start({ 'avro.logical.types.readable': readable });
    const schema =
      '{"type":"record","name":"R","fields":[{"name":"d","type":{"type":"int","logicalType":"date"}},{"name":"n","type":{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}}]}';
    const body = `{"value_schema":${JSON.stringify(schema)},"records":[{"value":${value}}]}`;
    expect((await produce(Buffer.from(body))).status).toBe(200);
    const consumer = await RestConsumer.create(app, uniqueName('g'), 'c', { format: 'avro' });
    await consumer.subscribe(topic);

    expect((await consumer.read()).text).toBe(
      `[{"topic":"${topic}","key":null,"value":${shown},"partition":0,"offset":0}]`,
    );
    expect(written()[0]?.slice(10)).toBe('8cb5020205');
  });
});
