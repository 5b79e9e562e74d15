import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/stack/ports.ts';
import { RestConsumer } from '../support/rest-consumer.ts';
import { writeBytes } from '../support/rest-topic.ts';
import { sharedKafka, sharedRedis, sharedRegistry } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

/** More than what the hop collects before it sends, and than one write of a socket. */
const long = 'ä€😀'.repeat(20_000);
const draft7 = 'http://json-schema.org/draft-07/schema#';
/** Digits that are no double. */
const digits = '9007199254740993';

interface Format {
  readonly name: string;
  readonly keySchema: string;
  readonly valueSchema: string;
  /** As exact text of JSON. */
  readonly values: readonly string[];
  /** What is in an answer for the digits. */
  readonly shown: string;
}

const avro: Format = {
  name: 'avro',
  keySchema: '"string"',
  valueSchema: JSON.stringify({
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'note', type: ['null', 'string'], default: null },
      { name: 'raw', type: 'bytes' },
      { name: 'price', type: 'double' },
      { name: 'lines', type: { type: 'array', items: { type: 'map', values: 'float' } } },
    ],
  }),
  values: [
    `{"id":${digits},"note":{"string":"a\\"\\u0000\\n"},"raw":"\\u00ff\\u0000","price":1e-7,"lines":[]}`,
    '{"id":-1,"note":null,"raw":"","price":0.1,"lines":[{"":1.5},{}]}',
    `{"id":0,"note":{"string":"${long}"},"raw":"","price":-0.0,"lines":[]}`,
  ],
  shown: `"id":${digits}`,
};

const jsonSchema: Format = {
  name: 'jsonschema',
  keySchema: `{"$schema":"${draft7}","type":"string"}`,
  valueSchema:
    `{"$schema":"${draft7}","type":"object",` +
    '"properties":{"id":{"type":"integer"},"note":{"type":"string"}},"required":["id"]}',
  values: [
    `{"id":${digits},"note":"a\\"\\u0000\\n","more":[1.10,1E400,{}]}`,
    '{"id":-0,"note":""}',
    `{"id":1,"note":"${long}"}`,
  ],
  shown: `"id":${digits}`,
};

const protobuf: Format = {
  name: 'protobuf',
  keySchema: 'syntax = "proto3"; message Key { string name = 1; }',
  valueSchema:
    'syntax = "proto3"; package shop; message Order { int64 id = 1; string note = 2; bytes raw = 3; double price = 4; ' +
    'repeated Line lines = 5; message Line { map<string, sint32> counts = 1; } }',
  values: [
    `{"id":"${digits}","note":"a\\"\\u0000\\n","raw":"/wA=","price":1e-7}`,
    '{"lines":[{"counts":{"":-1}},{}]}',
    `{"note":"${long}"}`,
  ],
  shown: `"id":"${digits}"`,
};

const keys: Readonly<Record<string, string>> = { protobuf: '{"name":"k"}' };

let owner: TestApp;
let edge: TestApp;

beforeAll(async () => {
  const prefix = uniqueName('formats');
  // The one that starts later knows the other from the beginning.
  owner = await replica(prefix);
  edge = await replica(prefix);
}, 120_000);

afterAll(() => Promise.all([edge?.close(), owner?.close()]));

async function replica(prefix: string): Promise<TestApp> {
  const internal = `http://127.0.0.1:${await freePort()}`;
  return TestApp.onKafka(await sharedKafka(), {
    'schema.registry.url': await sharedRegistry(),
    'redis.url': await sharedRedis(),
    'redis.key.prefix': prefix,
    'internal.listeners': internal,
    'internal.advertised.url': internal,
    'internal.secret': 'the secret of the replicas',
  });
}

/** What differs with the time, and what is about a connection and not about the answer. */
const ofConnection = new Set(['date', 'connection', 'keep-alive']);

/** An answer as it is on the wire. */
interface Wire {
  readonly status: number | undefined;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

async function read(at: TestApp, { path }: RestConsumer, query: string, format: string): Promise<Wire> {
  const headers = { accept: `application/vnd.kafka.${format}.v2+json`, 'x-request-id': 'same' };
  const sent = request(`${at.url}${path}/records?${query}`, { headers });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  sent.end();
  const [answer] = await answered;
  const pairs = answer.rawHeaders.flatMap((name, place, all) =>
    place % 2 === 0 && !ofConnection.has(name.toLowerCase()) ? [`${name}: ${all[place + 1]}`] : [],
  );
  return { status: answer.statusCode, headers: pairs, body: await buffer(answer) };
}

/** How many requests the edge has sent on to the owner. */
async function forwarded(): Promise<number> {
  const metrics = await (await fetch(`${edge.internalUrl}/metrics`)).text();
  return Number(/^krest_route_total\{kind="forward"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

async function topicWith({ name, keySchema, valueSchema, values }: Format): Promise<string> {
  const topic = await createTopic(await sharedKafka(), uniqueName(name));
  const records = values.map((value) => `{"key":${keys[name] ?? '"k"'},"value":${value}}`).join();
  const schemas = `"key_schema":${JSON.stringify(keySchema)},"value_schema":${JSON.stringify(valueSchema)}`;
  const answer = await owner.request(`/topics/${topic}/partitions/0`, {
    method: 'POST',
    headers: { 'content-type': `application/vnd.kafka.${name}.v2+json` },
    body: Buffer.from(`{${schemas},"records":[${records}]}`),
  });
  if (answer.status !== 200 || answer.text.includes('"error":"')) throw new Error(answer.text);
  return topic;
}

/** An instance that lives at the owner, at the beginning of the topic. */
async function instance(topic: string, format: string): Promise<RestConsumer> {
  const made = await RestConsumer.create(owner, uniqueName('formats'), 'c', {
    format,
    'auto.commit.enable': 'false',
    // A read does not end before it has the long record, which is the last.
    'fetch.min.bytes': 100_000,
  });
  expect(await made.post('assignments', { partitions: [{ topic, partition: 0 }] })).toMatchObject({
    status: 204,
  });
  return made;
}

const formats = [avro, jsonSchema, protobuf];

describe.each(formats)('a read of $name through another replica', (format) => {
  const { name, values, shown } = format;

  it('is byte for byte the answer of the owner', async () => {
    const topic = await topicWith(format);
    const before = await forwarded();
    const read2 = async (query: string): Promise<readonly [here: Wire, there: Wire]> =>
      Promise.all([
        read(owner, await instance(topic, name), query, name),
        read(edge, await instance(topic, name), query, name),
      ]);

    const [here, there] = await read2('timeout=20000');
    const [first, firstThere] = await read2('timeout=20000&max_bytes=1');

    expect(await forwarded()).toBe(before + 2);
    expect(JSON.parse(here.body.toString())).toHaveLength(values.length);
    expect(here.body.toString()).toContain(shown);
    expect(JSON.parse(first.body.toString())).toHaveLength(1);
    for (const [one, other] of [
      [here, there],
      [first, firstThere],
    ] as const) {
      expect(one.status).toBe(200);
      expect(other.body.equals(one.body)).toBe(true);
      expect(other).toEqual(one);
    }
  });

  it('is the same refusal for what is not of the format', async () => {
    const topic = await topicWith(format);
    await writeBytes(owner, topic, Buffer.from('not written with a schema'));
    const [at, through] = [await instance(topic, name), await instance(topic, name)];

    const both = (): Promise<readonly Wire[]> =>
      Promise.all([read(owner, at, 'timeout=20000', name), read(edge, through, 'timeout=20000', name)]);

    const [good, goodThere] = await both();
    const [refused, refusedThere] = await both();

    expect(good?.status).toBe(200);
    expect(goodThere).toEqual(good);
    expect(refused?.status).toBe(408);
    expect(JSON.parse(String(refused?.body))).toMatchObject({ error_code: 40801 });
    expect(refusedThere).toEqual(refused);
  });

  it('is the same refusal for another format', async () => {
    const topic = await topicWith(format);
    const [at, through] = [await instance(topic, name), await instance(topic, name)];

    const [here, there] = [await read(owner, at, '', 'json'), await read(edge, through, '', 'json')];

    expect(here.status).toBe(406);
    expect(there).toEqual(here);
  });
});
