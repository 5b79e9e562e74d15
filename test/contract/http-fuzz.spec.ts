import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ServerState } from '../../apps/rest-proxy/src/http/server-state.ts';
import { ContractApp } from '../support/contract-app.ts';

const v2 = 'application/vnd.kafka.v2+json';
const json = 'application/vnd.kafka.json.v2+json';
const binary = 'application/vnd.kafka.binary.v2+json';
const instance = '/consumers/g1/instances/c1';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly type?: string;
  readonly body?: string;
}

const textOf = ({ method, path, type, body = '' }: Request): string =>
  `${method} ${path} HTTP/1.1\r\nHost: proxy\r\nAccept: */*\r\nConnection: close\r\n` +
  (type === undefined ? '' : `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`) +
  `\r\n${body}`;

const post = (path: string, type: string, body: unknown): Request => ({
  method: 'POST',
  path,
  type,
  body: JSON.stringify(body),
});
const place = { topic: 't1', partition: 0 };

const corpus: readonly Request[] = [
  { method: 'GET', path: '/topics/t1/partitions/0/offsets' },
  { method: 'GET', path: '/v3/clusters/fake-cluster' },
  { method: 'OPTIONS', path: '/topics/t1' },
  { method: 'GET', path: `${instance}/records?timeout=1&max_bytes=100` },
  { method: 'DELETE', path: `${instance}/subscription` },
  post('/', v2, { a: 'b' }),
  post('/topics/t1', json, {
    records: [{ key: { a: [1, 2.5, null] }, value: 'x', partition: 0 }, { value: null }],
  }),
  post('/topics/t1/partitions/0', binary, { records: [{ key: 'YQ==', value: 'YmM=' }], key_schema_id: 1 }),
  post('/consumers/g1', v2, {
    name: 'c2',
    format: 'json',
    'auto.offset.reset': 'earliest',
    'fetch.min.bytes': '1',
  }),
  post(`${instance}/subscription`, v2, { topics: ['t1', 't2'], topic_pattern: 't.*' }),
  post(`${instance}/assignments`, v2, { partitions: [place] }),
  post(`${instance}/positions`, v2, {
    offsets: [{ ...place, offset: 1 }],
    timestamps: [{ ...place, timestamp: '2020-01-01T00:00:00Z' }],
  }),
  post(`${instance}/positions/beginning`, v2, { partitions: [place] }),
  post(`${instance}/offsets`, v2, { offsets: [{ ...place, offset: 3, metadata: 'm' }] }),
  { method: 'GET', path: `${instance}/offsets`, type: v2, body: JSON.stringify({ partitions: [place] }) },
];

const values = [
  '-1',
  '0',
  '1e999',
  '9'.repeat(40),
  '1.5',
  'null',
  'true',
  '""',
  '"x"',
  '{}',
  '[]',
  '[null]',
  '{"__proto__":1}',
  '"\\ud800"',
  '['.repeat(2000),
  '"2999-13-45"',
];
const spices = [
  '\0',
  '\r\n',
  '%00',
  '%zz',
  '//',
  ';',
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  '-1',
  '1e999',
  '9'.repeat(40),
  'null',
  '__proto__',
  'é',
  '\ud800',
  ' ',
  '*',
  '[['.repeat(600),
  'gzip',
  'chunked',
];

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mutated(text: string, random: () => number): Buffer {
  let bytes = Buffer.from(text);
  for (let changes = 1 + random() * 3; changes > 0; changes--) {
    const at = Math.floor(random() * bytes.length);
    const kind = random();
    const spice = Buffer.from(spices[Math.floor(random() * spices.length)] ?? '');
    const after = bytes.subarray(kind < 0.3 ? at : kind < 0.6 ? at + 1 : at + Math.floor(random() * 20));
    bytes = Buffer.concat([bytes.subarray(0, at), kind < 0.8 ? spice : Buffer.alloc(0), after]);
  }
  return bytes;
}

const oneOf = <T>(items: readonly T[], random: () => number): T => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to choose from');
  return item;
};

/** Another value, or another name, somewhere in JSON text. */
function otherValue(text: string, random: () => number): string {
  const tokens = [...text.matchAll(/"[^"]*"|[\d.]+|null|[[{]/g)];
  if (tokens.length === 0) return text;
  const { index, 0: token } = oneOf(tokens, random);
  return text.slice(0, index) + oneOf(values, random) + text.slice(index + token.length);
}

/** Bytes that differ from a good request in its values, its body, its path, or anywhere. */
function variantOf(request: Request, random: () => number): Buffer {
  const { path, body = '' } = request;
  const kind = random();
  if (kind < 0.45) return Buffer.from(textOf({ ...request, body: otherValue(body, random) }));
  if (kind < 0.6) return Buffer.from(textOf({ ...request, body: mutated(body, random).toString() }));
  if (kind < 0.75)
    return Buffer.from(
      textOf({ ...request, path: `/${encodeURI(mutated(path, random).toString()).slice(1)}` }),
    );
  return mutated(textOf(request), random);
}

describe('mutated requests', () => {
  let app: ContractApp;
  beforeAll(async () => {
    app = await ContractApp.start({
      'idle.timeout.ms': '250',
      'keep.alive.timeout.ms': '250',
      'max.request.body.bytes': '100000',
      'log.level': 'error',
    });
    app.kafka.cluster.createTopic('t1', 2);
    await app.request('/consumers/g1', {
      method: 'POST',
      body: '{"name":"c1"}',
      headers: { 'Content-Type': v2 },
    });
  });
  afterAll(() => app.close());

  /** What comes back until the connection ends, which it must. */
  const answerTo = (bytes: Buffer): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      const socket = connect(app.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
    });

  it.each([1, 2])(
    'are answered with 2xx or 4xx, and leave nothing behind (seed %i)',
    async (seed) => {
      const random = randomOf(seed);
      for (let round = 0; round < 5; round++) {
        const batch = Array.from({ length: 100 }, () => variantOf(oneOf(corpus, random), random));
        const answers = await Promise.all(batch.map(answerTo));
        const bad = answers.flatMap((answer, i) =>
          /^HTTP\/1\.1 5\d\d/m.test(answer) ? [{ sent: batch[i]?.toString('latin1'), answer }] : [],
        );
        expect(bad).toEqual([]);
      }
      await vi.waitFor(() =>
        expect(app.proxy.app.get(ServerState)).toMatchObject({ requestsInFlight: 0, bytesInFlight: 0 }),
      );
      expect(app.logs).toEqual([]);
      expect(await app.request('/health/live')).toMatchObject({ status: 200 });
    },
    30_000,
  );
});
