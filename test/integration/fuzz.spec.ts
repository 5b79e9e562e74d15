import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafka, type KafkaCluster } from '../../scripts/stack/kafka-cluster.ts';
import { pythonTool } from '../../scripts/stack/python-venv.ts';
import { seededRandom } from '../support/random-json.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

const v2 = 'application/vnd.kafka.v2+json';
const jsonV2 = 'application/vnd.kafka.json.v2+json';
const binaryV2 = 'application/vnd.kafka.binary.v2+json';
const seed = Number(process.env['KRP_TEST_SEED'] ?? '20');

/** By the names that their controllers give them. */
const v3Endpoints = globSync('apps/rest-proxy/src/v3/**/*.ts').flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/name: '(api\.v3\.[^']+)'/g)].map(([, name = '']) => name),
);

let kafka: KafkaCluster;
let app: TestApp;
let topic: string;

beforeAll(async () => {
  // Of its own: API v3 deletes topics and changes the configuration of brokers.
  kafka = await startKafka();
  app = await TestApp.onKafka(kafka.bootstrapServers, {
    'consumer.request.timeout.ms': '200',
    'consumer.max.instances': '200',
  });
  topic = await createTopic(kafka.bootstrapServers, uniqueName('fuzz'), { partitions: 3 });
});

afterAll(async () => {
  await app.close();
  await kafka.stop();
});

describe('schemathesis on our own OpenAPI document', () => {
  it('finds no server error', { timeout: 400_000 }, async () => {
    const bin = await pythonTool('schemathesis', '4.32.5');
    const args = [
      'run',
      `${app.url}/openapi.json`,
      '--checks=not_a_server_error',
      '--phases=examples,coverage,fuzzing',
      '--max-examples=30',
      '--request-timeout=20',
      '--suppress-health-check=all',
      '--warnings=off',
      '--continue-on-failure',
      // A full house answers 503 to those who come then, by design.
      '--exclude-path-regex=^/health',
      `--seed=${seed}`,
    ];

    const run = promisify(execFile)(join(bin, 'schemathesis'), args, {
      maxBuffer: 64 * 1024 * 1024,
      // It keeps notes in the current folder.
      cwd: dirname(bin),
    });
    const outcome = await run.then(
      ({ stdout }) => ({ failed: false, stdout }),
      (error: unknown) => ({ failed: true, stdout: String((error as { stdout?: unknown }).stdout) }),
    );

    expect(outcome.failed, outcome.stdout.slice(-20_000)).toBe(false);
    expect(outcome.stdout).toMatch(/\d+ generated|\d+ passed/);
    // Nothing of API v3 is left out, what is ours included.
    const called = new Set(app.logs.map((line) => line['endpoint']));
    expect(v3Endpoints.filter((name) => !called.has(name))).toEqual([]);
  });
});

describe('mutated requests', () => {
  const instance = 'fuzz-instance';
  const group = uniqueName('fuzz');

  beforeAll(async () => {
    const body = { name: instance, format: 'json', 'auto.offset.reset': 'earliest' };
    const created = await app.request(`/consumers/${group}`, {
      method: 'POST',
      headers: { 'content-type': v2 },
      body,
    });
    expect(created.status).toBe(200);
  });

  const produce = (): string => `/topics/${topic}`;
  const at =
    (rest: string): (() => string) =>
    () =>
      `/consumers/${group}/instances/${instance}${rest}`;
  const cases: readonly (readonly [name: string, path: () => string, contentType: string, body: string])[] = [
    [
      'produce JSON',
      produce,
      jsonV2,
      '{"records":[{"key":{"a":[1,2.50,null]},"value":"x\\u0041é","partition":1}]}',
    ],
    ['produce binary', produce, binaryV2, '{"records":[{"key":"YQ==","value":null},{"value":""}]}'],
    ['produce to a partition', () => `/topics/${topic}/partitions/0`, jsonV2, '{"records":[{"value":true}]}'],
    [
      'create',
      () => `/consumers/${group}`,
      v2,
      '{"format":"json","auto.offset.reset":"earliest","fetch.min.bytes":1}',
    ],
    ['subscribe', at('/subscription'), v2, '{"topics":["a","b"],"topic_pattern":"a.*"}'],
    ['assign', at('/assignments'), v2, '{"partitions":[{"topic":"a","partition":0}]}'],
    ['commit', at('/offsets'), v2, '{"offsets":[{"topic":"a","partition":0,"offset":3,"metadata":"m"}]}'],
    [
      'seek',
      at('/positions'),
      v2,
      '{"offsets":[{"topic":"a","partition":0,"offset":3}],"timestamps":[{"topic":"a","partition":0,"timestamp":"2026-01-01T00:00:00Z"}]}',
    ],
    ['seek to the beginning', at('/positions/beginning'), v2, '{"partitions":[{"topic":"a","partition":0}]}'],
    ['seek to the end', at('/positions/end'), v2, '{"partitions":[{"topic":"a","partition":0}]}'],
  ];

  it.each(cases)('never break the proxy: %s', { timeout: 60_000 }, async (_name, path, contentType, body) => {
    const dice = seededRandom(seed);
    const random = (): number => dice(1_000_000) / 1_000_000;
    const original = Buffer.from(body);
    for (let round = 0; round < 150; round++) {
      const sent = mutate(original, random);
      const answer = await app.request(path(), {
        method: 'POST',
        headers: { 'content-type': contentType },
        body: sent,
        signal: AbortSignal.timeout(20_000),
      });
      const told = `${answer.status} ${answer.text} for ${sent.toString('latin1')}`;
      // Full houses say 429 and 503; nothing else may be the server's fault.
      expect(answer.status === 503 || answer.status < 500, told).toBe(true);
      if (answer.status >= 400) {
        expect(answer.json, told).toEqual({ error_code: expect.any(Number), message: expect.any(String) });
      }
    }
  });

  it('leave it working', async () => {
    const answer = await app.request(produce(), {
      method: 'POST',
      headers: { 'content-type': jsonV2 },
      body: '{"records":[{"value":1}]}',
    });
    expect(answer.status).toBe(200);
    expect(app.logs.filter((line) => Number(line['level']) >= 50)).toEqual([]);
  });
});

const pieces = [
  'null',
  '{}',
  '[]',
  '-1',
  '1e999',
  '99999999999999999999',
  '""',
  '"\\ud800"',
  '\u0000',
  'true',
  '[[[[',
  '"__proto__"',
  '\\',
  ',',
];

/** One to three small harms: bytes changed, dropped, repeated, or a piece of trouble put in the place of a token. */
function mutate(original: Buffer, random: () => number): Buffer {
  let bytes: Buffer = Buffer.from(original);
  const pick = (n: number): number => Math.floor(random() * n);
  for (let i = 0, harms = 1 + pick(3); i < harms; i++) {
    const from = pick(bytes.length + 1);
    const to = Math.min(bytes.length, from + pick(8));
    const kind = pick(5);
    if (kind === 0 && bytes.length > 0) bytes[pick(bytes.length)] = pick(256);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    else if (kind === 3) {
      const piece = Buffer.from(pieces[pick(pieces.length)] ?? '');
      bytes = Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(to)]);
    } else bytes = replaceToken(bytes, pick, pieces[pick(pieces.length)] ?? '');
  }
  return bytes;
}

function replaceToken(bytes: Buffer, pick: (n: number) => number, piece: string): Buffer {
  const tokens = [
    ...bytes
      .toString('latin1')
      .matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\{[^{}]*\}|\[[^[\]]*\]/g),
  ];
  const token = tokens[pick(Math.max(1, tokens.length))];
  if (token === undefined) return bytes;
  const end = token.index + token[0].length;
  return Buffer.concat([bytes.subarray(0, token.index), Buffer.from(piece), bytes.subarray(end)]);
}
