import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { projectDir } from '../../scripts/stack/cache.ts';
import { freePort, isPortFree } from '../../scripts/stack/ports.ts';
import { waitFor } from '../../scripts/stack/wait.ts';

describe('npm start', () => {
  let child: ChildProcess;
  let output = '';
  let ports: { kafka: number; registry: number; proxy: number };

  beforeAll(async () => {
    ports = { kafka: await freePort(), registry: await freePort(), proxy: await freePort() };
    const { KAFKA_REST_BOOTSTRAP_SERVERS: _, ...environment } = process.env;
    child = spawn(process.execPath, [join(projectDir, 'scripts/start.ts')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environment,
        KRP_STACK: 'processes',
        KRP_KAFKA_PORT: String(ports.kafka),
        KRP_REGISTRY_PORT: String(ports.registry),
        KAFKA_REST_LISTENERS: `http://127.0.0.1:${ports.proxy}`,
        KAFKA_REST_INTERNAL_LISTENERS: '',
      },
    });
    const keep = (data: Buffer): void => void (output += data.toString());
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    await waitFor(
      'the proxy',
      () => {
        if (child.exitCode !== null) throw new Error(output);
        return output.includes('Ctrl-C stops') ? true : undefined;
      },
      100_000,
    );
  });

  afterAll(() => {
    child.kill('SIGKILL');
  });

  it('prints lines that work when they are copied one after the other', async () => {
    const lines = output.split('\n').filter((line) => line.startsWith('curl '));
    expect(lines.length).toBeGreaterThan(5);

    for (const line of lines) {
      const shell = line.replace(/^curl /, 'curl --silent --show-error --fail-with-body --max-time 30 ');
      const { stdout } = await promisify(execFile)('sh', ['-c', shell]);
      if (line.endsWith('/records')) {
        expect(JSON.parse(stdout)).toEqual([
          { topic: 'test', key: 'alice', value: { count: 1 }, partition: 0, offset: 0 },
          { topic: 'test', key: 'bob', value: { count: 2 }, partition: 0, offset: 1 },
        ]);
      }
    }
  });

  it('prints addresses that answer', async () => {
    const addresses = [...output.matchAll(/^ {2}(?:API|Swagger UI|Health) +(\S+)$/gm)].map(
      (match) => match[1],
    );
    expect(addresses).toHaveLength(3);

    for (const address of addresses) expect((await fetch(address ?? '')).status).toBe(200);
  });

  it('stops all that it started on Ctrl-C', async () => {
    const exited = new Promise((resolve) => child.once('exit', resolve));

    child.kill('SIGINT');

    await exited;
    for (const port of Object.values(ports)) expect(await isPortFree(port)).toBe(true);
  });
});
