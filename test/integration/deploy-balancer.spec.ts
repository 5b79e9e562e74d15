import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { logFile, projectDir } from '../../scripts/stack/cache.ts';
import { freePort, isPortFree } from '../../scripts/stack/ports.ts';
import { requireCommand } from '../../scripts/stack/prerequisites.ts';
import { SupervisedProcess } from '../../scripts/stack/processes.ts';
import { GiveUp, waitFor } from '../../scripts/stack/wait.ts';

type Answer = (req: IncomingMessage, res: ServerResponse) => void;

/** What stands in for a proxy: says who it is, or does as it is told. */
class Upstream {
  readonly asked: IncomingMessage[] = [];
  answer: Answer = (_req, res) => void res.end(this.name);
  #server: Server | undefined;

  constructor(
    readonly name: string,
    readonly port: number,
  ) {}

  async start(): Promise<void> {
    this.#server = createServer((req, res) => {
      this.asked.push(req);
      req.resume();
      this.answer(req, res);
    });
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    if (this.#server === undefined) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
    this.#server = undefined;
  }
}

const dir = mkdtempSync(join(tmpdir(), 'balancer-'));
const names = ['proxy-1', 'proxy-2', 'proxy-3'];
let url = '';
let ports: readonly number[] = [];
let upstreams: readonly Upstream[] = [];
const balancers: SupervisedProcess[] = [];

beforeAll(async () => {
  requireCommand('nginx', 'nginx is needed (Debian, Ubuntu: apt-get install nginx-light).', '-v');
  ports = await Promise.all(names.map(() => freePort()));
  url = await balance('nginx', (conf) => conf);
});

/** The file that Compose mounts, with addresses of this machine. @returns where nginx listens */
async function balance(of: string, changed: (conf: string) => string): Promise<string> {
  const port = await freePort();
  let conf = changed(readFileSync(join(projectDir, 'deploy/compose/nginx.conf'), 'utf8'))
    .replace('listen 8082', `listen 127.0.0.1:${port}`)
    .replace('/tmp/nginx.pid', join(dir, `${of}.pid`))
    .replace('http {', `http {\n${temporary}`);
  for (const [place, name] of names.entries()) {
    conf = conf.replace(`${name}:8082`, `127.0.0.1:${ports[place]}`);
  }
  writeFileSync(join(dir, `${of}.conf`), conf);
  const log = logFile(`nginx-${port}`);
  const child = await SupervisedProcess.start({
    name: 'nginx',
    command: 'nginx',
    args: ['-p', dir, '-c', join(dir, `${of}.conf`), '-g', 'daemon off;'],
    log,
  });
  balancers.push(child);
  await waitFor(
    `nginx on port ${port} (log: ${log})`,
    async () => {
      if (!child.isRunning) throw new GiveUp(`nginx ended (${child.exit}):\n${child.lastLines()}`);
      return (await isPortFree(port)) ? undefined : true;
    },
    10_000,
    20,
  );
  return `http://127.0.0.1:${port}`;
}

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  .map((name) => `  ${name}_temp_path ${join(dir, name)};`)
  .join('\n');

beforeEach(async () => {
  upstreams = names.map((name, place) => new Upstream(name, ports[place] ?? 0));
  await Promise.all(upstreams.map((upstream) => upstream.start()));
});

afterEach(() => Promise.all(upstreams.map((upstream) => upstream.stop())));

afterAll(async () => {
  await Promise.all(balancers.map((nginx) => nginx.kill()));
  rmSync(dir, { recursive: true });
});

const asked = (): readonly IncomingMessage[] => upstreams.flatMap((upstream) => upstream.asked);

async function send(
  path: string,
  init: RequestInit = {},
  to = url,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(to + path, { ...init, signal: AbortSignal.timeout(20_000) });
  return { status: answer.status, text: await answer.text() };
}

describe('the load balancer of docker-compose.yml', () => {
  it('asks the proxies in turn', async () => {
    const answers = await Promise.all(Array.from({ length: 9 }, () => send('/topics')));

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(upstreams.map((upstream) => upstream.asked.length)).toEqual([3, 3, 3]);
  });

  it('goes on to the next when one cannot be reached, with a POST too', async () => {
    await upstreams[1]?.stop();

    for (let count = 0; count < 6; count++) {
      const answer = await send('/topics/t', { method: 'POST', body: '{"records":[]}' });
      expect(answer.status).toBe(200);
    }
    expect(asked()).toHaveLength(6);
  });

  it('does not send records twice', async () => {
    for (const upstream of upstreams) upstream.answer = (req) => req.socket.destroy();

    const answer = await send('/topics/t', { method: 'POST', body: '{"records":[]}' });

    expect(answer.status).toBe(502);
    expect(asked()).toHaveLength(1);
  });

  it('asks another proxy when one dies while it creates a consumer, by the same id', async () => {
    let died = 0;
    for (const upstream of upstreams) {
      upstream.answer = (req, res) => (died++ === 0 ? req.socket.destroy() : res.end(upstream.name));
    }

    const answer = await send('/consumers/g', { method: 'POST', body: '{}' });

    expect(answer.status).toBe(200);
    expect(asked()).toHaveLength(2);
    const ids = new Set(asked().map(({ headers }) => headers['x-request-id']));
    expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('leaves the host and an id of the client as they are', async () => {
    await send('/topics', { headers: { 'X-Request-ID': 'mine' } });

    expect(asked()[0]?.headers).toMatchObject({
      host: url.replace('http://', ''),
      'x-request-id': 'mine',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
    });
  });

  it('passes a record of a stream on while the request is open', async () => {
    for (const upstream of upstreams) {
      upstream.answer = (req, res) => {
        req.on('data', (chunk) => res.write(`got ${String(chunk)}`));
        req.on('end', () => res.end());
      };
    }
    const sent = new TransformStream<Uint8Array, Uint8Array>();
    const writer = sent.writable.getWriter();
    const encoder = new TextEncoder();
    const open = fetch(`${url}/v3/clusters/c/topics/t/records`, {
      method: 'POST',
      body: sent.readable,
      duplex: 'half',
      signal: AbortSignal.timeout(20_000),
    });
    await writer.write(encoder.encode('one'));

    const reader = (await open).body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toEqual({ done: false, value: 'got one' });
    await writer.write(encoder.encode('two'));
    expect(await reader?.read()).toEqual({ done: false, value: 'got two' });
    await writer.close();
    expect(await reader?.read()).toMatchObject({ done: true });
  });

  it('leaves the limit of bodies to the proxy', async () => {
    const answer = await send('/topics/t', { method: 'POST', body: 'x'.repeat(3_000_000) });

    expect(answer.status).toBe(200);
  });
});

describe('the load balancer of docker-compose.yml with the line for groups', () => {
  let byGroup = '';

  beforeAll(async () => {
    byGroup = await balance('by-group', (conf) =>
      conf.replace('# hash $consumer_group', 'hash $consumer_group'),
    );
  });

  const answering = async (...paths: readonly string[]): Promise<ReadonlySet<string>> =>
    new Set(await Promise.all(paths.map(async (path) => (await send(path, {}, byGroup)).text)));

  it('asks one proxy for all of a group, and different ones for different groups', async () => {
    const groups = Array.from({ length: 60 }, (_, n) => `/consumers/group-${n}`);
    const proxies = await Promise.all(
      groups.map((group) =>
        answering(group, `${group}/instances/a`, `${group}/instances/b/records?timeout=5`, `${group}/`),
      ),
    );

    expect(proxies.map(({ size }) => size)).toEqual(groups.map(() => 1));
    expect(new Set(proxies.flatMap((of) => [...of]))).toEqual(new Set(names));
  });

  it('asks all of them for everything else', async () => {
    expect(await answering(...Array.from({ length: 40 }, () => '/topics/t'))).toEqual(new Set(names));
  });

  it('goes on to another when that one cannot be reached', async () => {
    const [name = ''] = await answering('/consumers/g');
    await upstreams.find((upstream) => upstream.name === name)?.stop();

    const [other = ''] = await answering('/consumers/g/instances/a');
    expect(names.filter((each) => each !== name)).toContain(other);
  });
});
