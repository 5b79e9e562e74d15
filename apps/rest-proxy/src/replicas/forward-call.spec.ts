import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../../../test/support/config-of.ts';
import { RequestContext } from '../http/request-context.ts';
import type { HttpResponse } from '../http/rest-request.ts';
import { ServerState } from '../http/server-state.ts';
import { ForwardCall } from './forward-call.ts';
import type { AnswerHead } from './hop-heads.ts';

const { http, api, logging } = configOf({ 'max.inflight.bytes': '2000000' });

let server: Server;
let client: Socket;
let state: ServerState;
let res: HttpResponse;
let call: ForwardCall;
/** What was told to the owner. */
let told: ('cancel' | number)[];
/** What was said of the records. */
let fate: string[];
let outcome: unknown;

beforeEach(async () => {
  told = [];
  fate = [];
  outcome = undefined;
  state = new ServerState(http, api, logging);
  const came = Promise.withResolvers<HttpResponse>();
  server = createServer((req, response) => {
    Object.assign(req, { context: new RequestContext(state, 'r', 0) });
    came.resolve(response as HttpResponse);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => client.destroy());
  client.write('GET / HTTP/1.1\r\nHost: p\r\n\r\n');
  res = await came.promise;
  call = new ForwardCall(res, (id) => ({
    confirm: () => void fate.push(`${id} confirm`),
    abandon: () => void fate.push(`${id} abandon`),
    hold: (ms) => void fate.push(`${id} hold ${ms}`),
  }));
  call.sent({ cancel: () => void told.push('cancel'), taken: (bytes) => void told.push(bytes) });
  // As RoutedRequest does it.
  for (const event of ['finish', 'close']) res.once(event, () => call.clientDone());
  void call.outcome.then((settled) => (outcome = settled));
});

afterEach(() => {
  client.destroy();
  server.close();
});

const head = (more: Partial<AnswerHead> = {}): AnswerHead => ({
  status: 200,
  endpoint: 'e',
  delivery: 'd',
  records: 1,
  isDraining: false,
  headers: ['Content-Type', 'a/b'],
  ...more,
});

const bytesTaken = (): number =>
  told.reduce<number>((sum, each) => (each === 'cancel' ? sum : sum + each), 0);

/** Reads until the connection is silent in the end. */
function read(): { readonly text: () => string; readonly bytes: () => number } {
  const chunks: Buffer[] = [];
  client.on('data', (chunk: Buffer) => chunks.push(chunk));
  return {
    text: () => Buffer.concat(chunks).toString(),
    bytes: () => chunks.reduce((sum, { length }) => sum + length, 0),
  };
}

const settled = (): Promise<void> => vi.waitFor(() => expect(outcome).toBeDefined());

describe('ForwardCall', () => {
  it('answers the client, and is done when that has it', async () => {
    const got = read();
    call.answered(head({ headers: ['Content-Type', 'a/b', 'X-Own', '1'] }), Buffer.from('body'));
    await settled();
    await vi.waitFor(() => expect(got.text()).toMatch(/\r\n\r\nbody$/));

    expect(got.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Content-Type: a\/b\r\nX-Own: 1\r\n/);
    expect(outcome).toEqual({ outcome: 'done' });
    expect([told, fate]).toEqual([[], ['d confirm']]);
  });

  it('collects before it answers, so that another try can be made, and tells nothing of it', async () => {
    call.begun(head());
    for (let n = 0; n < 3; n++) call.data(Buffer.alloc(65_536));
    expect([res.headersSent, told, fate]).toEqual([false, [], []]);
    call.broken();
    await settled();

    expect(outcome).toEqual({ outcome: 'broken', silent: false });
    expect([res.headersSent, told, fate]).toEqual([false, [], ['d abandon']]);
  });

  it('tells in portions what has gone on to the client', async () => {
    const got = read();
    call.begun(head());
    let sent = 0;
    while (sent < 1_200_000) {
      call.data(Buffer.alloc(30_000));
      sent += 30_000;
    }
    await vi.waitFor(() => expect(bytesTaken()).toBeGreaterThan(sent - 65_536));
    call.ended();
    await settled();
    await vi.waitFor(() => expect(got.bytes()).toBeGreaterThan(sent));

    expect(bytesTaken()).toBeLessThanOrEqual(sent);
    expect(told.length).toBeLessThan(20);
    expect(fate).toEqual(['d confirm']);
  });

  it('does not tell of what waits for a client that does not read', async () => {
    client.pause();
    call.begun(head());
    let sent = 0;
    // As much as goes on without anybody reading, and then a little.
    while (sent - bytesTaken() < 524_288) {
      call.data(Buffer.alloc(65_536));
      sent += 65_536;
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    const before = bytesTaken();
    for (let n = 0; n < 100; n++) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    expect(bytesTaken()).toBe(before);
    read();
    client.resume();
    await vi.waitFor(() => expect(bytesTaken()).toBe(sent));
    call.ended();
    await settled();
  });

  it.each<[string, () => void]>([
    ['before anything came', () => undefined],
    ['in the middle of what is collected', () => (call.begun(head()), call.data(Buffer.alloc(1_000)))],
    ['in the middle of what goes on', () => (call.begun(head()), call.data(Buffer.alloc(1_000_000)))],
  ])('tells the owner that the client has gone %s', async (_when, come) => {
    client.pause();
    come();
    const had = fate.length;
    client.resetAndDestroy();
    await settled();
    call.data(Buffer.alloc(1_000_000));
    call.ended();
    call.answered(head(), Buffer.from('late'));
    call.broken();
    call.silent();

    expect(outcome).toEqual({ outcome: 'done' });
    expect(told.filter((each) => each === 'cancel')).toHaveLength(1);
    expect(told.at(-1)).toBe('cancel');
    expect(fate.slice(had).every((each) => each === 'd abandon')).toBe(true);
  });

  it.each([
    ['broken', { outcome: 'broken', silent: false }],
    ['silent', { outcome: 'broken', silent: true }],
    ['unreachable', { outcome: 'unreachable' }],
  ] as const)('ends as %s as long as the client has nothing', async (what, expected) => {
    call[what]();
    await settled();

    expect(outcome).toEqual(expected);
    expect([told, res.headersSent, res.destroyed]).toEqual([[], false, false]);
  });

  it.each(['broken', 'silent'] as const)(
    'breaks the answer to the client when it ends as %s',
    async (what) => {
      read();
      call.begun(head());
      call.data(Buffer.alloc(300_000));
      call[what]();
      await settled();

      expect(outcome).toEqual({ outcome: 'done' });
      expect(res.destroyed).toBe(true);
      expect(told.includes('cancel')).toBe(false);
      await vi.waitFor(() => expect(fate).toEqual(['d abandon']));
    },
  );

  it('is tried again when the owner is shutting down, unless it has answered', async () => {
    call.answered(head({ status: 503, isDraining: true, delivery: '' }), Buffer.from('{}'));
    await settled();

    expect([outcome, res.headersSent]).toEqual([{ outcome: 'broken', silent: false }, false]);
  });

  it('says where the instance is', async () => {
    call.elsewhere('{"incarnation":"b","address":"http://b:1","epoch":2}');
    await settled();
    const holder = { incarnation: 'b', address: 'http://b:1', epoch: 2 };

    expect([outcome, told]).toEqual([{ outcome: 'not-owner', holder }, []]);
  });

  it.each([
    ['whole', () => call.answered(head(), Buffer.alloc(2_100_000))],
    [
      'in pieces',
      () => {
        state.reserve(1_900_000);
        call.begun(head());
        call.data(Buffer.alloc(200_000));
      },
    ],
  ])('refuses an answer for which there is no room, which gives it back: %s', async (_how, come) => {
    const got = read();
    come();
    await settled();
    await vi.waitFor(() => expect(got.text()).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n/));

    expect(outcome).toEqual({ outcome: 'done' });
    expect(fate).toEqual(['d abandon']);
  });

  it.each([
    ['whole', () => call.answered(head({ headers: ['X', 'a\nb'] }), Buffer.alloc(10))],
    [
      'in pieces',
      () => {
        call.begun(head({ headers: ['Content-Type', 'a/b', 'X', 'a\nb'] }));
        call.data(Buffer.alloc(300_000));
      },
    ],
  ])('does not have the client wait for an answer that cannot be sent: %s', async (_how, come) => {
    come();
    await settled();

    await vi.waitFor(() => expect(client.closed).toBe(true));
    expect(fate).toEqual(['d abandon']);
  });
});
