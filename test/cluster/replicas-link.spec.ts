import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/stack/ports.ts';
import { SeverableLink } from './replicas/severable-link.ts';

let server: Server;
let link: SeverableLink;
const clients: Socket[] = [];

/** Says everything back. */
beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = (server.address() as AddressInfo).port;
  link = await SeverableLink.open(await freePort(), target, () => [process.pid]);
});

afterEach(() => {
  for (const each of clients.splice(0)) each.destroy();
  link.close();
  server.close();
});

class Client {
  heard = '';
  readonly socket: Socket;
  /** Whether it ended by an error. */
  readonly closed: Promise<boolean>;

  constructor() {
    this.socket = connect(link.port, '127.0.0.1');
    clients.push(this.socket);
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => void this.socket.once('close', resolve));
    this.socket.on('data', (data) => (this.heard += data.toString()));
  }

  async hears(text: string, timeout = 5_000): Promise<void> {
    await expect.poll(() => this.heard, { timeout, interval: 5 }).toBe(text);
  }
}

describe('SeverableLink', () => {
  it('passes both ways, and a half-closed connection stays one', async () => {
    const client = new Client();
    client.socket.end('one');
    await client.hears('one');
    expect(await client.closed).toBe(false);
  });

  it('resets connections, refuses new ones, and lets them through again', async () => {
    const client = new Client();
    client.socket.write('one');
    await client.hears('one');
    link.cut('refuse');
    expect(await client.closed).toBe(true);
    const refused = new Client();
    refused.socket.write('two');
    expect(await refused.closed).toBe(true);
    link.join();
    const third = new Client();
    third.socket.write('three');
    await third.hears('three');
  });

  it('is silent, and what was sent meanwhile comes late', async () => {
    const client = new Client();
    client.socket.write('one');
    await client.hears('one');
    link.cut('silence');
    client.socket.write('two');
    const second = new Client();
    second.socket.write('three');
    await once(second.socket, 'connect');
    await expect(second.hears('three', 200)).rejects.toThrow();
    expect(client.heard).toBe('one');
    link.join();
    await client.hears('onetwo');
    await second.hears('three');
  });

  it('cuts off one process, and no other', async () => {
    const client = new Client();
    client.socket.write('one');
    await client.hears('one');
    link.cut('refuse', process.pid + 1);
    client.socket.write('two');
    await client.hears('onetwo');
    link.cut('refuse', process.pid);
    expect(await client.closed).toBe(true);
  });
});
