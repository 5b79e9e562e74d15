import { request } from 'undici';
import { load, post, type LoadResult } from './http-load.ts';
import type { MeasuredProcess } from './measured-process.ts';

export const jsonV2 = 'application/vnd.kafka.json.v2+json';
const v2 = 'application/vnd.kafka.v2+json';

/** One measured line: what was done, how fast, and what it cost. */
export interface Line {
  readonly what: string;
  readonly unit: string;
  readonly perSecond: number;
  /** CPU time of the measured process for one unit. */
  readonly cpuUs: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** A body of `count` records whose value is 100 bytes of JSON. */
export function produceBody(count: number): string {
  const value = { name: 'x'.repeat(89) };
  return JSON.stringify({ records: Array.from({ length: count }, () => ({ value })) });
}

/** One burst of load against a server; the CPU time is the server's. */
export async function burst(
  server: MeasuredProcess,
  port: number,
  what: string,
  options: {
    readonly connections: number;
    readonly path: string;
    readonly records: number;
    readonly durationMs: number;
  },
): Promise<Line> {
  const before = server.usage().cpuUs;
  const result: LoadResult = await load({
    port,
    connections: options.connections,
    request: post(options.path, jsonV2, produceBody(options.records)),
    durationMs: options.durationMs,
    ...(options.path.startsWith('/topics/') ? { check: onlyOffsets } : {}),
  });
  const done = result.requests * options.records;
  return {
    what,
    unit: options.records === 1 ? 'request' : 'record',
    perSecond: done / result.seconds,
    cpuUs: (server.usage().cpuUs - before) / done,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
  };
}

function onlyOffsets(body: string): string | undefined {
  return /"error_code":\d/.test(body) ? `a record was refused: ${body.slice(0, 300)}` : undefined;
}

/** Calls the API as a client would; throws on what is no success. */
export async function call(
  base: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await request(base + path, {
    method,
    headers: { accept: v2, ...(body === undefined ? {} : { 'content-type': v2 }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Makes an instance and subscribes it. */
export async function subscribe(
  base: string,
  group: string,
  name: string,
  topic: string,
  more: object = {},
): Promise<string> {
  await call(base, 'POST', `/consumers/${group}`, {
    name,
    format: 'json',
    'auto.commit.enable': 'false',
    ...more,
  });
  const path = `/consumers/${group}/instances/${name}`;
  await call(base, 'POST', `${path}/subscription`, { topics: [topic] });
  return path;
}

/** Reads a topic to its end with one instance, answer after answer. */
export async function consume(
  server: MeasuredProcess,
  base: string,
  topic: string,
  records: number,
): Promise<Line> {
  const more = { 'auto.offset.reset': 'earliest', 'consumer.request.timeout.ms': 5000 };
  const path = await subscribe(base, `bench-${Date.now()}`, 'reader', topic, more);
  const read = async (): Promise<number> => {
    const response = await request(`${base}${path}/records?max_bytes=1000000`, {
      headers: { accept: jsonV2 },
    });
    const bytes = Buffer.from(await response.body.arrayBuffer());
    if (response.statusCode !== 200) throw new Error(bytes.toString());
    return count(bytes);
  };
  let seen = await read();
  const before = server.usage().cpuUs;
  const started = performance.now();
  const first = seen;
  while (seen < records) {
    const got = await read();
    if (got === 0) throw new Error(`the reader stopped after ${seen} of ${records} records`);
    seen += got;
  }
  const seconds = (performance.now() - started) / 1000;
  await call(base, 'DELETE', path);
  return {
    what: 'consume JSON, one instance in a loop',
    unit: 'record',
    perSecond: (seen - first) / seconds,
    cpuUs: (server.usage().cpuUs - before) / (seen - first),
  };
}

const offsetMember = Buffer.from('"offset":');

function count(body: Buffer): number {
  let found = 0;
  for (let at = body.indexOf(offsetMember); at >= 0; at = body.indexOf(offsetMember, at + 9)) found++;
  return found;
}

/** Milliseconds from the start of a produce call to the answer of a read that was waiting for it. */
export async function wakeUp(base: string, topic: string, times: number): Promise<readonly number[]> {
  const more = { 'auto.offset.reset': 'latest', 'consumer.request.timeout.ms': 10_000 };
  const path = await subscribe(base, `wake-${Date.now()}`, 'reader', topic, more);
  const read = async (): Promise<unknown> => {
    const response = await request(`${base}${path}/records?timeout=10000`, { headers: { accept: jsonV2 } });
    return response.body.json();
  };
  await call(base, 'POST', `${path}/positions/end`, { partitions: [] }).catch(() => undefined);
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const waiting = read();
    await new Promise((resolve) => {
      setTimeout(resolve, 30 + Math.random() * 20);
    });
    const started = performance.now();
    const produced = await request(`${base}/topics/${topic}`, {
      method: 'POST',
      headers: { 'content-type': jsonV2, accept: v2 },
      body: produceBody(1),
    });
    await produced.body.dump();
    const answer = await waiting;
    // The first reads may find the group still joining and what was produced meanwhile.
    if (i >= 3 && Array.isArray(answer) && answer.length === 1) taken.push(performance.now() - started);
  }
  await call(base, 'DELETE', path);
  return taken.sort((a, b) => a - b);
}

export interface Idle {
  readonly instances: number;
  readonly kibEach: number;
  readonly sockets: number;
  readonly idleCpuPercent: number;
}

/** Instances that are subscribed and not read. */
export async function idle(
  server: MeasuredProcess,
  base: string,
  topic: string,
  instances: number,
  settleMs = 15_000,
): Promise<Idle> {
  const before = server.usage();
  const paths: string[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (next < instances) {
        const i = next++;
        paths.push(await subscribe(base, `idle-${Math.floor(i / 10)}`, `i${i}`, topic));
      }
    }),
  );
  const settle = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  await settle(settleMs);
  const from = server.usage();
  await settle(settleMs);
  const to = server.usage();
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (let path = paths.pop(); path !== undefined; path = paths.pop()) await call(base, 'DELETE', path);
    }),
  );
  return {
    instances,
    kibEach: ((to.rssMiB - before.rssMiB) * 1024) / instances,
    sockets: to.sockets,
    idleCpuPercent: ((to.cpuUs - from.cpuUs) / (settleMs * 1000)) * 100,
  };
}
