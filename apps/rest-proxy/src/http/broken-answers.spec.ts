import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { confirmAnswer } from './broken-answers.ts';

let server: Server;
let client: Socket;
let socket: Socket;
let said: string[];
let stillHas: (() => Promise<boolean>) | undefined;

const fate = {
  confirm: (ask?: () => Promise<boolean>) => {
    said.push('confirm');
    stillHas = ask;
  },
  abandon: () => void said.push('abandon'),
  hold: () => undefined,
};

beforeEach(async () => {
  said = [];
  stillHas = undefined;
  server = createServer((accepted) => {
    accepted.on('error', () => {});
    socket = accepted;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await Promise.all([once(server, 'connection'), once(client, 'connect')]);
});

afterEach(() => {
  client.destroy();
  socket.destroy();
  server.close();
});

describe('confirmAnswer', () => {
  it('takes it back when the connection is reset', async () => {
    confirmAnswer(socket, fate, 100);
    expect(said).toEqual(['confirm']);
    const closed = new Promise((resolve) => void socket.once('close', resolve));
    client.resetAndDestroy();
    await closed;

    expect(said).toEqual(['confirm', 'abandon']);
  });

  it('knows of a reset that has come by the time it is asked, before anybody was told', async () => {
    confirmAnswer(socket, fate, 10_000);
    expect(await stillHas?.()).toBe(true);

    client.resetAndDestroy();
    // Something that happened after the reset, and is heard of in the same turn.
    const other = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(server, 'connection');
    expect(await stillHas?.()).toBe(false);
    other.destroy();
  });

  it('need not be asked of an answer that comes in one piece', () => {
    confirmAnswer(socket, fate, 100);

    expect(stillHas).toBeUndefined();
  });

  it('holds when the client goes on over the same connection', async () => {
    confirmAnswer(socket, fate, 10_000);
    socket.resume();
    client.write('GET');
    await once(socket, 'data');
    const closed = new Promise((resolve) => void socket.once('close', resolve));
    client.resetAndDestroy();
    await closed;

    expect(said).toEqual(['confirm']);
  });
});
