import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';
import { RegistryServer } from '../support/fakes/registry-server.ts';
import { uniqueName } from '../support/unique-name.ts';

const user = '{"type":"record","name":"User","fields":[{"name":"name","type":"string"}]}';
const person = '{"type":"object","title":"Person","properties":{"name":{"type":"string"}}}';
const home = 'syntax = "proto3"; message Home { string at = 1; }';

let server: RegistryServer;
let app: ContractApp;
let topic: string;

beforeAll(async () => {
  server = await RegistryServer.start();
  app = await ContractApp.start({ 'schema.registry.url': server.url });
});

beforeEach(() => {
  topic = uniqueName('t');
  app.kafka.cluster.createTopic(topic);
});

afterAll(async () => {
  await app.close();
  server.stop();
});

/** What the records are answered with, one by one. */
async function results(...records: readonly object[]): Promise<readonly Record<string, unknown>[]> {
  const response = await fetch(`${app.url}/v3/clusters/fake-cluster/topics/${topic}/records`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: records.map((record) => JSON.stringify(record)).join('\n'),
  });
  const lines = (await response.text()).split('\r\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function valueOf(value: object): Promise<unknown> {
  const [result] = await results({ value });
  return result?.['error_code'] === 200 ? result['value'] : result;
}

const hex = (index: number): string | undefined =>
  app.kafka.cluster.recordsOf(topic)[index]?.value?.toString('hex');

describe('records with schemas', () => {
  it.each([
    ['AVRO', user, { name: 'Ada' }, 9],
    ['JSONSCHEMA', person, { name: 'Ada' }, 19],
    ['PROTOBUF', home, { at: 'Rome' }, 12],
  ])('are written with a schema of their own: %s', async (type, schema, data, size) => {
    const first = await valueOf({ type, schema, data });
    const schemaId = (first as { schema_id: number }).schema_id;
    expect(first).toEqual({
      type,
      subject: `${topic}-value`,
      schema_id: schemaId,
      schema_version: 1,
      size,
    });
    // In the order of the original.
    expect(Object.keys(first as object)).toEqual(['type', 'subject', 'schema_id', 'schema_version', 'size']);
    // By what is registered now: latest, version, id.
    const expected = { type, subject: `${topic}-value`, schema_id: schemaId, schema_version: 1, size };
    expect(await valueOf({ data })).toEqual(expected);
    expect(await valueOf({ data, schema_version: 1 })).toEqual(expected);
    expect(await valueOf({ data, schema_id: schemaId })).toEqual(expected);
    expect(await valueOf({ data, subject: `${topic}-value` })).toEqual(expected);
    expect(await valueOf({ data, subject_name_strategy: 'TOPIC_NAME' })).toEqual(expected);
    expect(new Set([0, 1, 2, 3, 4, 5].map(hex)).size).toBe(1);
    expect(hex(0)).toMatch(/^00/);
  });

  it('take the subject from the schema where they say so', async () => {
    const data = { name: 'Ada' };
    const by = (strategy: string): Promise<unknown> =>
      valueOf({ type: 'AVRO', schema: user, subject_name_strategy: strategy, data });
    expect(await by('RECORD_NAME')).toMatchObject({ subject: 'User' });
    expect(await by('TOPIC_RECORD_NAME')).toMatchObject({ subject: `${topic}-User` });
    expect(await valueOf({ type: 'AVRO', schema: user, subject: 'mine', data })).toMatchObject({
      subject: 'mine',
    });
  });

  it('go on after one whose schema cannot be had, in their order', async () => {
    const answers = await results(
      { value: { type: 'AVRO', schema: user, data: { name: '1' } } },
      { value: { schema_id: 4711, data: { name: '2' } } },
      { value: { schema_version: 9, data: { name: '3' } } },
      { value: { subject_name_strategy: 'RECORD_NAME', data: { name: '4' } } },
      { value: { type: 'AVRO', schema: '{bad', data: 5 } },
      { value: { type: 'AVRO', schema: user, data: { name: 6 } } },
      { value: { type: 'AVRO', schema: user, data: { name: '7' } } },
      { key: { type: 'STRING', data: 'k' }, value: { subject: 'nobody', data: 8 } },
      { value: { type: 'STRING', data: '9' } },
    );
    expect(answers.map(({ error_code }) => error_code)).toEqual([
      200, 422, 400, 400, 422, 400, 200, 422, 200,
    ]);
    const messages = answers.map(({ message }) => String(message));
    expect(messages[1]).toBe(
      'Error: 42207 : Error serializing message. Error when fetching schema by id. schemaId = 4711',
    );
    expect(messages[2]).toBe(`Bad Request: Schema does not exist for subject: ${topic}-value, version: 9`);
    expect(messages[3]).toBe(
      'Bad Request: Cannot use schema_subject_strategy=RECORD_NAME without schema_id or schema.',
    );
    expect(messages[4]).toBe(
      'Error: 42205 : Invalid schema: Error when parsing raw schema. format = AVRO, schema = {bad',
    );
    expect(messages[5]).toMatch(/^Bad Request: value\.name: /);
    expect(messages[7]).toBe(
      'Error: 42207 : Error serializing message. Error when fetching latest schema version. subject = nobody',
    );
    expect(answers.filter(({ error_code }) => error_code === 200).map(({ offset }) => offset)).toEqual([
      0, 1, 2,
    ]);
  });

  it('are null by their schema', async () => {
    expect(await valueOf({ type: 'AVRO', schema: '["null","string"]', data: null })).toMatchObject({
      size: 6,
    });
    expect(hex(0)).toMatch(/00$/);
  });
});
