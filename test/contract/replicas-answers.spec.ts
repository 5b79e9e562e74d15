import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ContractApp, Sending } from '../support/contract-app.ts';
import { nothingUnderWay, ReplicaPair } from '../support/replica-pair.ts';
import { binaryType, jsonType, RestConsumer, v2 } from '../support/rest-consumer.ts';
import { uniqueName } from '../support/unique-name.ts';

let pair: ReplicaPair;
let topic: string;
let group: string;

beforeAll(async () => {
  pair = await ReplicaPair.start();
});

beforeEach(() => {
  topic = uniqueName('t');
  group = uniqueName('g');
  pair.owner.kafka.cluster.createTopic(topic);
});

afterEach(async () => {
  for (const app of [pair.edge, pair.owner]) {
    await vi.waitFor(() => expect(pair.underWay(app)).toEqual(nothingUnderWay));
  }
});

afterAll(async () => {
  await pair.close();
});

interface Whole {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The whole answer, but for what is another one each time. */
async function answerOf(app: ContractApp, path: string, sending: Sending): Promise<Whole> {
  const headers = { 'x-request-id': 'the-same', 'accept-encoding': 'identity', ...sending.headers };
  const { status, headers: given, text } = await app.request(path, { ...sending, headers });
  const { date: _date, ...kept } = Object.fromEntries(given);
  return { status, headers: kept, text };
}

/** A consumer instance on the owner, in a group of its own, and the same as seen through the edge. */
async function instance(
  id: string,
  { format = 'json', ...options }: Readonly<Record<string, unknown>> & { readonly format?: string } = {},
): Promise<readonly [RestConsumer, RestConsumer]> {
  const ofId = `${group}-${id}`;
  const consumer = await RestConsumer.create(pair.owner, ofId, id, { ...options, format });
  await consumer.subscribe(topic);
  await consumer.joined();
  return [consumer, new RestConsumer(pair.edge, ofId, id, `application/vnd.kafka.${format}.v2+json`)];
}

type Step = readonly [what: string, rest: string, sending: Sending];

const send = (body: unknown, headers: Record<string, string> = { 'content-type': v2 }): Sending => ({
  method: 'POST',
  headers,
  body,
});
const large = 'x'.repeat(17_000_000);

/** Each is sent to two instances of the same history: once directly, once through the edge. */
const steps: readonly Step[] = [
  ['the subscription', '/subscription', {}],
  ['the subscription, HEAD', '/subscription', { method: 'HEAD' }],
  ['the assignment', '/assignments', {}],
  ['a commit of nothing', '/offsets', send(undefined)],
  ['a commit', '/offsets', send({ offsets: [{ topic: 'TOPIC', partition: 0, offset: 0 }] })],
  [
    'a commit of a topic that is not',
    '/offsets',
    send({ offsets: [{ topic: 'nope', partition: 0, offset: 0 }] }),
  ],
  ['committed offsets, by query', '/offsets?partitions=TOPIC:0', {}],
  ['committed offsets, none named', '/offsets', {}],
  ['a seek', '/positions', send({ offsets: [{ topic: 'TOPIC', partition: 0, offset: 1 }] })],
  [
    'a seek to the beginning',
    '/positions/beginning',
    send({ partitions: [{ topic: 'TOPIC', partition: 0 }] }),
  ],
  ['a seek to the end', '/positions/end', send({ partitions: [{ topic: 'TOPIC', partition: 0 }] })],
  [
    'a seek of what is not assigned',
    '/positions/end',
    send({ partitions: [{ topic: 'nope', partition: 0 }] }),
  ],
  [
    'assigning to what is subscribed',
    '/assignments',
    send({ partitions: [{ topic: 'TOPIC', partition: 0 }] }),
  ],
  ['malformed JSON', '/subscription', send(Buffer.from('{"topics":['))],
  ['a wrong field', '/subscription', send({ topic: [] })],
  ['no body', '/subscription', send(undefined)],
  ['both topics and pattern', '/subscription', send({ topics: ['a'], topic_pattern: 'b' })],
  ['another Content-Type', '/subscription', send('{}', { 'content-type': 'text/plain' })],
  ['another Content-Type, body too large', '/subscription', send(large, { 'content-type': 'text/plain' })],
  ['a body too large', '/subscription', send(large)],
  ['an unknown encoding', '/subscription', send('{}', { 'content-type': v2, 'content-encoding': 'no' })],
  ['a broken encoding', '/subscription', send('{}', { 'content-type': v2, 'content-encoding': 'gzip' })],
  ['another Accept', '/records', { headers: { accept: 'text/plain' } }],
  ['another format', '/records', { headers: { accept: binaryType } }],
  ['no number', '/records?timeout=x', { headers: { accept: jsonType } }],
  ['records, HEAD', '/records', { method: 'HEAD', headers: { accept: jsonType } }],
  ['no records', '/records?timeout=1', { headers: { accept: jsonType } }],
  ['a wrong method', '/records', { method: 'DELETE' }],
  ['a path that is not', '/nonsense', {}],
  ['OPTIONS', '/records', { method: 'OPTIONS' }],
  ['the end of the subscription', '/subscription', { method: 'DELETE' }],
  ['a read of nothing subscribed', '/records', { headers: { accept: jsonType } }],
  ['assigning', '/assignments', send({ partitions: [{ topic: 'TOPIC', partition: 0 }] })],
  ['the assignment', '/assignments', {}],
  ['the end', '', { method: 'DELETE' }],
  ['the end of what is not', '/', { method: 'DELETE' }],
  ['a read of what is not', '/records', { headers: { accept: jsonType } }],
  ['another Accept, of what is not', '/records', { headers: { accept: 'text/plain' } }],
  ['malformed JSON, of what is not', '/subscription', send(Buffer.from('{'))],
  ['a commit, of what is not', '/offsets', send(undefined)],
];

describe('An answer of another replica', () => {
  it('is the same as that of the replica which has the instance', async () => {
    const [[local], [, forwarded]] = [await instance('a'), await instance('b')];
    for (const [what, rest, sending] of steps) {
      const body: unknown =
        sending.body === undefined || typeof sending.body === 'string' || Buffer.isBuffer(sending.body)
          ? sending.body
          : JSON.parse(JSON.stringify(sending.body).replaceAll('TOPIC', topic));
      const path = rest.replaceAll('TOPIC', topic);
      const expected = await answerOf(pair.owner, local.path + path, { ...sending, body });
      const answer = await answerOf(pair.edge, forwarded.path + path, { ...sending, body });

      expect({ what, ...answer }).toEqual({ what, ...expected });
    }
    expect(pair.edgeRouter.outcomes.filter(({ outcome }) => outcome === 'done').length).toBeGreaterThan(25);
    expect(pair.ownerRouter.forwarded.length).toBeGreaterThan(25);
    expect(new Set(pair.ownerRouter.forwarded.map(([, epoch]) => epoch))).toEqual(new Set([7]));
  });

  it.each([
    ['identity', 3],
    ['gzip', 3],
    ['identity', 30],
    ['gzip', 30],
    ['identity', 105],
    ['gzip', 105],
  ])(
    'has the same records in %s, %i times 100 kB',
    async (encoding, count) => {
      const value = JSON.stringify(Buffer.alloc(75_000, 'aé€').toString('base64'));
      for (let n = 0; n < count; n++) pair.owner.kafka.cluster.write(topic, value, 0, `"${n}"`);
      const options = { 'fetch.min.bytes': -1 };
      const [[local], [, forwarded]] = [await instance('a', options), await instance('b', options)];
      const headers = { accept: jsonType, 'accept-encoding': encoding };
      const expected = await answerOf(pair.owner, `${local.path}/records?timeout=500`, { headers });
      const answer = await answerOf(pair.edge, `${forwarded.path}/records?timeout=500`, { headers });

      expect(answer.status).toBe(200);
      expect(answer.headers['content-encoding']).toBe(encoding === 'gzip' ? 'gzip' : undefined);
      expect(answer.headers['content-type']).toBe(expected.headers['content-type']);
      expect(answer.text === expected.text).toBe(true);
      expect(JSON.parse(answer.text)).toHaveLength(count);
    },
    20_000,
  );

  it.each(['a/b', 'a b', '%', '%2F', 'ä€😀', '?#;', "a'b"])('is for the instance %j', async (id) => {
    const consumer = await RestConsumer.create(pair.owner, `${group} ${id}`, id);
    const forwarded = new RestConsumer(pair.edge, `${group} ${id}`, id);
    pair.ownerRouter.forwarded.length = 0;
    await consumer.subscribe(topic);

    expect(await forwarded.get('subscription')).toMatchObject({ status: 200, json: { topics: [topic] } });
    expect(pair.ownerRouter.forwarded).toEqual([[{ group: `${group} ${id}`, id }, 7]]);
  });

  it('is that to the body of a GET', async () => {
    const [local, forwarded] = await instance('b');
    await local.post('offsets', { offsets: [{ topic, partition: 0, offset: 4 }] });
    const body = JSON.stringify({ partitions: [{ topic, partition: 0 }] });
    const answers = [pair.owner, pair.edge].map((app) =>
      app.raw(
        `GET ${forwarded.path}/offsets HTTP/1.1\r\nHost: p\r\nX-Request-Id: r\r\nContent-Type: ${v2}\r\n` +
          `Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ),
    );
    const [expected = '', answer = ''] = (await Promise.all(answers)).map((text) =>
      text.replace(/Date: .*\r\n/, ''),
    );

    expect(expected).toContain('"offset":5');
    expect(answer).toBe(expected);
  });

  it('has the records of binary instances', async () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    pair.owner.kafka.cluster.append({ topic, partition: 0, key: every, value: every, headers: [] }, 0);
    const [, through] = await instance('b', { format: 'binary' });

    expect((await through.read()).json).toMatchObject([{ value: every.toString('base64') }]);
  });
});
