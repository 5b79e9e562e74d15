import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v2 } from '../support/rest-consumer.ts';
import { sharedKafka, sharedRegistry } from '../support/shared-servers.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import { Door } from './schema-door.ts';
import { registerSchema, schemasOf } from './schema-registry-client.ts';

const avroType = 'application/vnd.kafka.avro.v2+json';

let kafka: string;
let registry: string;
let topic: string;
let front: Door;
let back: Door;
let proxy: TestApp;

beforeAll(async () => {
  kafka = await sharedKafka();
  registry = await sharedRegistry();
});

beforeEach(async () => {
  topic = await createTopic(kafka, uniqueName('registry'));
  front = await Door.to(registry);
  back = await Door.to(registry);
  proxy = await start({ 'schema.registry.url': front.url });
});

const apps: TestApp[] = [];

async function start(settings: Readonly<Record<string, string>>): Promise<TestApp> {
  const app = await TestApp.onKafka(kafka, { 'schema.registry.http.read.timeout.ms': '2000', ...settings });
  apps.push(app);
  return app;
}

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await Promise.all([front.shut(), back.shut()]);
});

function produce(body: unknown, to = topic, by = proxy): Promise<Answer> {
  return by.request(`/topics/${to}`, { method: 'POST', headers: { 'content-type': avroType }, body });
}

/** A schema that nobody has used before. */
function fresh(): string {
  return `{"type":"fixed","name":"F${uniqueName('x').replaceAll('-', '')}","size":1}`;
}

describe('A registry that is down', () => {
  it('leaves what is known usable both ways, and makes the rest fail at once with the documented error', async () => {
    const known = fresh();
    const first = await produce({ value_schema: known, records: [{ value: 'a' }] });
    const { value_schema_id: id } = first.json as { readonly value_schema_id: number };
    await front.shut();

    expect((await produce({ value_schema: known, records: [{ value: 'b' }] })).status).toBe(200);
    await proxy.request(`/consumers/${topic}`, {
      method: 'POST',
      headers: { 'content-type': v2 },
      body: { name: 'c', format: 'avro', 'auto.offset.reset': 'earliest' },
    });
    await proxy.request(`/consumers/${topic}/instances/c/assignments`, {
      method: 'POST',
      headers: { 'content-type': v2 },
      body: { partitions: [{ topic, partition: 0 }] },
    });
    const read = await proxy.request(`/consumers/${topic}/instances/c/records`, {
      headers: { accept: avroType },
    });
    expect(read).toMatchObject({ status: 200, json: [{ value: 'a' }, { value: 'b' }] });

    const startedAt = performance.now();
    const text = await produce({ value_schema: fresh(), records: [{ value: 'a' }] });
    const other = await produce({ value_schema_id: id, records: [{ value: 'a' }] }, uniqueName('other'));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    for (const answer of [text, other]) {
      expect(answer).toMatchObject({
        status: 422,
        json: {
          error_code: 42207,
          message: expect.stringMatching(
            /^Error serializing message\. Error when [^]*\nThe schema registry cannot be reached: /,
          ),
        },
      });
    }
  });

  it('is used again when it is back', async () => {
    await front.shut();
    expect((await produce({ value_schema: fresh(), records: [{ value: 'a' }] })).status).toBe(422);

    await front.open();

    const schema = fresh();
    await expect
      .poll(async () => (await produce({ value_schema: schema, records: [{ value: 'a' }] })).status, {
        timeout: 10_000,
      })
      .toBe(200);
    expect(proxy.logs.filter(({ context }) => context === 'SchemaRegistry').map(({ msg }) => msg)).toEqual([
      expect.stringContaining(`${front.url} does not answer: `),
      `${front.url} answers again`,
    ]);
  });

  it('is not noticed where there is another', async () => {
    proxy = await start({ 'schema.registry.url': `${front.url},${back.url}` });
    expect((await produce({ value_schema: fresh(), records: [{ value: 'a' }] })).status).toBe(200);
    expect([front.requests.length > 0, back.requests]).toEqual([true, []]);
    const other = await createTopic(kafka, uniqueName('registry'));

    await front.shut();

    expect((await produce({ value_schema: fresh(), records: [{ value: 'a' }] }, other)).status).toBe(200);
    expect(back.requests).not.toEqual([]);
  });
});

describe('The registry', () => {
  it('is asked once by many first uses at one time', async () => {
    const schema = fresh();

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => produce({ value_schema: schema, records: [{ value: 'a' }] })),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(
      new Set(answers.map(({ json }) => (json as { value_schema_id: number }).value_schema_id)).size,
    ).toBe(1);
    expect(await schemasOf(registry, `${topic}-value`)).toEqual([schema]);
    expect(front.requests).toEqual([
      `POST /subjects/${topic}-value`,
      `POST /subjects/${topic}-value/versions`,
      `POST /subjects/${topic}-value`,
    ]);
  });

  it('is not asked again for what it did not have, for seconds', async () => {
    const refused = { value_schema_id: 9_999_999, records: [{ value: 'a' }] };
    expect((await produce(refused)).status).toBe(422);
    await front.shut();

    expect(await produce(refused)).toMatchObject({
      status: 422,
      json: { message: expect.stringContaining('error code: 40403') },
    });
  });

  it('keeps what is registered under one topic apart from others', async () => {
    const schema = fresh();
    const other = await createTopic(kafka, uniqueName('registry'));
    const first = await produce({ value_schema: schema, records: [{ value: 'a' }] });
    const { value_schema_id: id } = first.json as { readonly value_schema_id: number };

    expect(await produce({ value_schema_id: id, records: [{ value: 'a' }] }, other)).toMatchObject({
      status: 422,
      json: { error_code: 42207 },
    });
    expect(await produce({ key_schema_id: id, records: [{ key: 'a' }] })).toMatchObject({ status: 422 });
    expect((await produce({ value_schema: schema, records: [{ value: 'a' }] }, other)).status).toBe(200);
    expect(await schemasOf(registry, `${other}-value`)).toEqual([schema]);
    expect((await produce({ value_schema_id: id, records: [{ value: 'a' }] }, other)).status).toBe(200);
  });

  it('names subjects by the strategy that is configured', async () => {
    proxy = await start({
      'schema.registry.url': front.url,
      'schema.registry.value.subject.name.strategy':
        'io.confluent.kafka.serializers.subject.TopicRecordNameStrategy',
    });
    const name = uniqueName('R').replaceAll('-', '');
    const schema = `{"type":"record","name":"${name}","namespace":"a.b","fields":[]}`;

    expect((await produce({ value_schema: schema, records: [{ value: {} }] })).status).toBe(200);
    expect(await schemasOf(registry, `${topic}-a.b.${name}`)).toEqual([schema]);
  });

  it('gets no schemas from a proxy that must not register them', async () => {
    proxy = await start({
      'schema.registry.url': front.url,
      'schema.registry.auto.register.schemas': 'false',
    });
    const schema = fresh();

    expect(await produce({ value_schema: schema, records: [{ value: 'a' }] })).toMatchObject({
      status: 422,
      json: { error_code: 42207 },
    });
    expect(await schemasOf(registry, `${topic}-value`)).toEqual([]);

    const id = await registerSchema(registry, `${topic}-value`, schema);
    await expect
      .poll(() => produce({ value_schema: schema, records: [{ value: 'a' }] }), { timeout: 10_000 })
      .toMatchObject({ status: 200, json: { value_schema_id: id } });
  });

  it('may have a schema of another format under the id', async () => {
    const id = await registerSchema(
      registry,
      `${topic}-value`,
      'syntax = "proto3"; message A { string n = 1; }',
      {
        schemaType: 'PROTOBUF',
      },
    );

    expect(await produce({ value_schema_id: id, records: [{ value: 'a' }] })).toMatchObject({
      status: 422,
      json: { error_code: 42205 },
    });
  });
});
