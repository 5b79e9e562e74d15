import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { confirmAnswer, requestCame } from './broken-answers.ts';

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

describe('requestCame', () => {
  async function send(text: string): Promise<void> {
    socket.resume();
    client.write(text);
    await once(socket, 'data');
  }

  it('says once that nobody needs to ask about the last answer there any more', async () => {
    confirmAnswer(socket, fate, 10_000);
    await send('GET');
    requestCame(socket);
    requestCame(socket);

    expect(said).toEqual(['confirm', 'confirm']);
    expect(stillHas).toBeUndefined();
  });

  it('says nothing of a request that came before the answer', async () => {
    await send('GET');
    requestCame(socket);
    confirmAnswer(socket, fate, 10_000);
    requestCame(socket);

    expect(said).toEqual(['confirm']);
    expect(stillHas).toBeDefined();
  });

  it('says nothing of an answer that nobody asks about', async () => {
    confirmAnswer(socket, fate, 100);
    await send('GET');
    requestCame(socket);

    expect(said).toEqual(['confirm']);
  });
});
