import { createServer } from 'node:net';

import { Told } from './told.ts';

/** Something occupies a port that was asked for by number. */
export class PortInUse extends Told {
  override readonly name = 'PortInUse';
  readonly port: number;

  constructor(port: number) {
    super(`port ${port} of 127.0.0.1 is in use`);
    this.port = port;
  }
}

/** Whether a server could listen on this port of 127.0.0.1. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

// Below the range from which systems take the ports of outgoing connections, so that no connection
// of somebody else sits on the port by the time the server listens.
const firstPort = 15_000;
const portCount = 17_000;
const given = new Set<number>();

/** A port of 127.0.0.1 on which nobody listens; never the same one twice from one process. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    if (given.has(port) || !(await isPortFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error('no free port found on 127.0.0.1');
}

export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}
