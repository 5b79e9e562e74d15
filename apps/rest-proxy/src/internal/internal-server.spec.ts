import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Listener } from '../config/config.ts';
import { InternalRoutes } from './internal-routes.ts';
import { InternalServer } from './internal-server.ts';

const servers: InternalServer[] = [];
const warnings: unknown[] = [];

function server(required: boolean, ...ports: readonly number[]): InternalServer {
  const listeners = ports.map((port): Listener => ({
    name: 'http',
    protocol: 'http',
    host: '127.0.0.1',
    port,
    tls: undefined,
  }));
  const made = new InternalServer({ listeners, required }, new InternalRoutes());
  servers.push(made);
  return made;
}

beforeEach(() => {
  Logger.overrideLogger({ log() {}, error() {}, warn: (text: unknown) => void warnings.push(text) });
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((each) => each.close()));
});

describe('InternalServer', () => {
  it('opens all its listeners', async () => {
    const urls = await server(true, 0, 0).listen();

    expect(urls).toHaveLength(2);
    for (const url of urls) expect((await fetch(url)).status).toBe(404);
  });

  it('does without when a port is in use that nobody has asked for, opens none then, and says so', async () => {
    const [taken = ''] = await server(true, 0).listen();
    const other = server(false, 0, Number(new URL(taken).port));

    expect(await other.listen()).toEqual([]);
    expect(warnings).toEqual([
      `Cannot listen on ${taken}: the port is in use; choose another with internal.listeners. The proxy goes on without: there are no metrics`,
    ]);
    await expect(server(true, Number(new URL(taken).port)).listen()).rejects.toThrow('in use');
  });
});
