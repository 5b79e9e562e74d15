import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { HopSecret } from './hop-secret.ts';

const request = (given?: string | string[], socket = new Socket()): IncomingMessage => {
  const req = new IncomingMessage(socket);
  if (given !== undefined) req.headers['x-krest-secret'] = given;
  return req;
};

const isRefused = (secret: HopSecret, req: IncomingMessage): boolean => {
  try {
    secret.check(req);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ status: 403, message: 'Not a replica of this proxy' });
    return true;
  }
};

const connection = (authorized: boolean): TLSSocket => {
  const socket = new TLSSocket(new Socket());
  socket.authorized = authorized;
  return socket;
};

describe('HopSecret', () => {
  const both = new HopSecret(['new', 'old'], false);

  it.each(['new', 'old'])('accepts each of several: %s', (given) => {
    expect(isRefused(both, request(given))).toBe(false);
  });

  it.each([undefined, '', 'ne', 'newer', 'new,old', 'NEW', ['new', 'old']])(
    'accepts nothing else: %j',
    (given) => {
      expect(isRefused(both, request(given))).toBe(true);
    },
  );

  it.each([undefined, '', 'new'])('accepts nothing when there is none: %j', (given) => {
    expect(isRefused(new HopSecret([], false), request(given))).toBe(true);
  });

  it('asks each request of a connection anew', () => {
    const socket = new Socket();

    expect(isRefused(both, request('old', socket))).toBe(false);
    expect(isRefused(both, request('new', socket))).toBe(false);
    expect(isRefused(both, request('wrong', socket))).toBe(true);
    expect(isRefused(both, request(undefined, socket))).toBe(true);
    expect(isRefused(both, request('new', socket))).toBe(false);
  });

  it('takes a certificate in its place where replicas show such', () => {
    const mutual = new HopSecret([], true);

    expect(isRefused(mutual, request(undefined, connection(true)))).toBe(false);
    expect(isRefused(mutual, request(undefined, connection(false)))).toBe(true);
    expect(isRefused(mutual, request())).toBe(true);
    expect(isRefused(both, request(undefined, connection(true)))).toBe(true);
  });
});
