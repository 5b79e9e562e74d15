import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeLinkCall } from '../../../../test/support/fakes/fake-link-call.ts';
import { FramePeer } from '../../../../test/support/fakes/frame-peer.ts';
import { frameKind, messageOf } from './frames.ts';
import { answerHeadText, requestHeadOf, type AnswerHead, type RequestHead } from './hop-heads.ts';
import { PeerLink } from './peer-link.ts';
import { SilenceWatch } from './silence-watch.ts';

const head: RequestHead = { method: 'GET', target: '/a', requestId: 'r', epoch: 1, headers: { host: 'p' } };
const body = Buffer.from('body');

let owner: Server;
/** The other ends of the connections that were opened. */
let ends: FramePeer[];
let silence: SilenceWatch;
let link: PeerLink;
let stillHas: (id: string) => Promise<boolean>;
/** Instead of connecting. */
let open: ((signal: AbortSignal) => Promise<Socket>) | undefined;

beforeEach(async () => {
  ends = [];
  open = undefined;
  stillHas = () => Promise.resolve(true);
  owner = createServer((socket) => ends.push(new FramePeer(socket)));
  await new Promise<void>((resolve) => {
    owner.listen(0, '127.0.0.1', resolve);
  });
  silence = new SilenceWatch();
  link = new PeerLink({
    open: (signal) => open?.(signal) ?? connected(),
    silence,
    stillHas: (id) => stillHas(id),
  });
});

afterEach(async () => {
  link.close();
  expect([silence.size, link.running, link.unheard]).toEqual([0, 0, 0]);
  for (const { socket } of ends) socket.destroy();
  await new Promise((resolve) => {
    owner.close(resolve);
  });
});

function connected(): Promise<Socket> {
  const { port } = owner.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).once('error', reject);
  });
}

function send(): FakeLinkCall {
  const call = new FakeLinkCall();
  call.exchange = link.send(head, body, call);
  return call;
}

/** The other end of the connection of this number, once so many requests have come there. */
async function asked(connection: number, requests: number): Promise<FramePeer> {
  await vi.waitFor(() => expect(ends[connection]?.of('request')).toHaveLength(requests), { timeout: 10_000 });
  const end = ends[connection];
  if (end === undefined) throw new Error('There is no such connection');
  return end;
}

function firstAsked(): Promise<FramePeer> {
  send();
  return asked(0, 1);
}

const numberOf = (end: FramePeer, request: number): number => end.of('request')[request]?.exchange ?? 0;

const headText = (more: Partial<AnswerHead> = {}): string =>
  answerHeadText({
    status: 200,
    endpoint: 'e',
    delivery: '',
    records: 0,
    isDraining: false,
    headers: [],
    ...more,
  });

/** Answers a request with all of it. */
function answer(end: FramePeer, request: number, text: string, more: Partial<AnswerHead> = {}): void {
  end.out.message(frameKind.answer, numberOf(end, request), headText(more), [Buffer.from(text)]);
}

const told = (end: FramePeer | undefined): readonly string[] =>
  (end?.frames ?? [])
    .filter(({ kind }) =>
      [frameKind.confirm, frameKind.abandon, frameKind.hold].some((each) => each === kind),
    )
    .map(({ kind, exchange, payload }) => `${kind}/${exchange}/${payload.toString()}`);

describe('PeerLink', () => {
  it('brings answers to their requests, over one connection', async () => {
    const calls = [send(), send(), send()];
    const end = await asked(0, 3);
    calls.push(send());
    await asked(0, 4);
    for (const each of [2, 0, 3, 1]) answer(end, each, `answer ${each}`);
    await Promise.all(calls.map((call) => call.end));

    expect(ends).toHaveLength(1);
    expect(calls.map((call) => call.body)).toEqual(['answer 0', 'answer 1', 'answer 2', 'answer 3']);
    expect(new Set(end.of('request').map(({ exchange }) => exchange)).size).toBe(4);
    const { text, body: bytes } = messageOf(end.of('request')[0]?.payload ?? Buffer.alloc(4));
    expect(requestHeadOf(text)).toEqual(head);
    expect(bytes).toEqual(body);
    expect([silence.size, link.running]).toEqual([0, 0]);
  });

  it('brings an answer in pieces, and nothing after its end', async () => {
    const [one, other] = [send(), send()];
    const end = await asked(0, 2);
    const exchange = numberOf(end, 0);
    end.out.message(frameKind.head, exchange, headText());
    end.out.data(frameKind.data, exchange, Buffer.from('a'));
    end.out.data(frameKind.data, exchange, Buffer.from('b'));
    end.out.signal(frameKind.end, exchange);
    end.out.data(frameKind.data, exchange, Buffer.from('c'));
    end.out.signal(frameKind.broken, exchange);
    answer(end, 0, 'again');
    answer(end, 1, 'other');
    await other.end;

    expect(one.calls).toEqual(['begun', 'data', 'data', 'ended']);
    expect(one.body).toBe('ab');
    expect(other.body).toBe('other');
    await vi.waitFor(() =>
      expect(end.of('taken').map((frame) => frame.exchange)).toEqual([exchange, exchange]),
    );
  });

  it('says that an instance is elsewhere, and that an answer breaks off, of the one that is meant', async () => {
    const calls = [send(), send(), send()];
    const end = await asked(0, 3);
    end.out.text(frameKind.elsewhere, numberOf(end, 0), '{"a":"\xe4"}');
    end.out.signal(frameKind.broken, numberOf(end, 1));
    answer(end, 2, 'whole');

    expect(await Promise.all(calls.map((call) => call.end))).toEqual(['elsewhere', 'broken', 'answered']);
    expect(calls[0]?.elsewhereText).toBe('{"a":"\xe4"}');
  });

  it('is unreachable for all that wait when there is no connection, and tries again for the next', async () => {
    open = () => Promise.reject(new Error('refused'));
    const calls = [send(), send()];
    link.report({ what: 'abandon', id: 'd' });
    expect(silence.size).toBe(1);

    expect(await Promise.all(calls.map((call) => call.end))).toEqual(['unreachable', 'unreachable']);
    expect([silence.size, link.running, link.unheard]).toEqual([0, 0, 0]);
    open = undefined;
    const next = send();
    const end = await asked(0, 1);
    answer(end, 0, 'next');
    expect(await next.end).toBe('answered');
    expect(told(end)).toEqual([]);
  });

  it('is broken for all that wait when the connection breaks, and opens another one for the next', async () => {
    const calls = [send(), send()];
    const first = await asked(0, 2);
    answer(first, 0, 'whole');
    await calls[0]?.end;
    first.socket.resetAndDestroy();

    expect(await calls[1]?.end).toBe('broken');
    expect([silence.size, link.running]).toEqual([0, 0]);
    const next = send();
    answer(await asked(1, 1), 0, 'next');
    expect(await next.end).toBe('answered');
  });

  it('is broken when the other replica ends the connection in peace', async () => {
    const call = send();
    (await asked(0, 1)).socket.end();

    expect(await call.end).toBe('broken');
  });

  it('is silent when nothing is heard for too long, and takes another connection for the next', async () => {
    const calls = [send(), send()];
    const first = await asked(0, 2);

    expect(await Promise.all(calls.map((call) => call.end))).toEqual(['silent', 'silent']);
    await first.closed;
    const next = send();
    answer(await asked(1, 1), 0, 'next');
    expect(await next.end).toBe('answered');
  });

  it('is silent when the connection does not come; one that comes later is not used', async () => {
    let come: ((socket: Socket) => void) | undefined;
    let aborted = false;
    open = (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise((resolve) => (come = resolve));
    };
    const call = send();
    link.silent();
    expect(call.calls).toEqual(['silent']);
    expect(aborted).toBe(true);
    const late = await connected();
    come?.(late);
    await vi.waitFor(() => expect(late.destroyed).toBe(true));

    expect(call.calls).toEqual(['silent']);
  });

  it('finds a silent replica also when nobody waits for long', async () => {
    const first = send();
    const end = await asked(0, 1);
    // Nothing but what the other replica says counts as a sign of it.
    for (let tries = 0; tries < 3; tries++) {
      first.exchange?.cancel();
      link.heardAt -= 900;
      send().exchange?.cancel();
    }
    link.heardAt -= 900;
    const last = send();

    expect(await last.end).toBe('silent');
    await end.closed;
    expect(ends).toHaveLength(1);
  });

  it('does not keep what is not wanted any more while it connects', () => {
    open = () => new Promise(() => undefined);
    const calls = [send(), send()];
    expect(link.backlog).toBe(2 * body.length);
    for (const call of calls) call.exchange?.cancel();

    expect(link.backlog).toBe(0);
  });

  it('tells that it is at work', async () => {
    answer(await firstAsked(), 0, 'a');
    await vi.waitFor(() => expect(ends[0]?.of('alive').length).toBeGreaterThan(0), { timeout: 5_000 });
  });

  it('replaces a connection that nobody waits on and that was not heard of for long', async () => {
    const first = send();
    const end = await asked(0, 1);
    answer(end, 0, 'first');
    await first.end;
    link.heardAt -= 1_000;
    const second = send();
    answer(await asked(0, 2), 1, 'second');
    await second.end;
    link.heardAt -= 2_100;
    const third = send();
    answer(await asked(1, 1), 0, 'third');

    expect(await third.end).toBe('answered');
    await end.closed;
    expect(ends).toHaveLength(2);
  });

  it('does not replace a connection on which somebody waits', async () => {
    const first = send();
    await asked(0, 1);
    link.heardAt -= 2_100;
    const second = send();
    const end = await asked(0, 2);
    answer(end, 0, 'first');
    answer(end, 1, 'second');
    await Promise.all([first.end, second.end]);

    expect(ends).toHaveLength(1);
  });

  it('sends nothing of what was given up before the connection was there', async () => {
    let come: ((socket: Socket) => void) | undefined;
    open = () => new Promise((resolve) => (come = resolve));
    const [one, other] = [send(), send()];
    one.exchange?.cancel();
    one.exchange?.taken(5);
    expect([silence.size, link.running]).toEqual([1, 1]);
    come?.(await connected());
    const end = await asked(0, 1);
    answer(end, 0, 'other');

    expect(await other.end).toBe('answered');
    expect(other.body).toBe('other');
    expect(one.calls).toEqual([]);
    expect(end.frames).toHaveLength(1);
  });

  it('gives back records that come after a cancel, and calls nobody', async () => {
    const calls = [send(), send(), send(), send()];
    const end = await asked(0, 4);
    for (const call of calls.slice(0, 3)) call.exchange?.cancel();
    answer(end, 0, 'late', { delivery: 'd-0' });
    end.out.message(frameKind.head, numberOf(end, 1), headText({ delivery: 'd-1' }));
    end.out.data(frameKind.data, numberOf(end, 1), Buffer.from('late'));
    end.out.signal(frameKind.end, numberOf(end, 1));
    answer(end, 2, 'late, without records');
    answer(end, 3, 'in time', { delivery: 'd-3' });
    await calls[3]?.end;
    await vi.waitFor(() =>
      expect(told(end)).toEqual([`${frameKind.abandon}/0/d-0`, `${frameKind.abandon}/0/d-1`]),
    );

    expect(calls.map((call) => call.calls)).toEqual([[], [], [], ['answered']]);
    expect(end.of('cancel').map(({ exchange }) => exchange)).toEqual([0, 1, 2].map((n) => numberOf(end, n)));
    calls[0]?.exchange?.cancel();
    end.out.number(frameKind.heard, 2, 0);
    await vi.waitFor(() => expect(link.unheard).toBe(0));
    expect(end.of('cancel')).toHaveLength(3);
  });

  it('tells reports in their order, before requests that come after them', async () => {
    // Otherwise the request would not trust the connection that is being opened.
    link.heardAt = performance.now();
    link.report({ what: 'confirm', id: 'a', mayAsk: true });
    link.report({ what: 'hold', id: 'b', ms: 5_000 });
    const call = send();
    link.report({ what: 'confirm', id: 'c', mayAsk: false });
    const end = await asked(0, 1);
    link.report({ what: 'abandon', id: 'a' });
    await vi.waitFor(() => expect(told(end)).toHaveLength(4));

    expect(told(end)).toEqual([
      `${frameKind.confirm}/1/a`,
      `${frameKind.hold}/5000/b`,
      `${frameKind.confirm}/0/c`,
      `${frameKind.abandon}/0/a`,
    ]);
    expect(end.frames.slice(0, 2).map(({ kind }) => kind)).toEqual([frameKind.confirm, frameKind.hold]);
    end.out.signal(frameKind.heard, 3);
    await vi.waitFor(() => expect(link.unheard).toBe(1));
    end.out.signal(frameKind.heard, 1);
    await vi.waitFor(() => expect(link.unheard).toBe(0));
    call.exchange?.cancel();
  });

  it('tells again what was not heard when the connection broke, and only that, and only once', async () => {
    for (const id of ['a', 'b', 'c']) link.report({ what: 'abandon', id });
    await vi.waitFor(() => expect(told(ends[0])).toHaveLength(3));
    ends[0]?.out.signal(frameKind.heard, 1);
    await vi.waitFor(() => expect(link.unheard).toBe(2));
    ends[0]?.socket.destroy();
    await vi.waitFor(() => expect(told(ends[1])).toHaveLength(2));
    link.report({ what: 'abandon', id: 'd' });
    await vi.waitFor(() => expect(told(ends[1])).toHaveLength(3));
    ends[1]?.out.signal(frameKind.heard, 1);
    await vi.waitFor(() => expect(link.unheard).toBe(2));
    ends[1]?.socket.destroy();
    await vi.waitFor(() => expect(told(ends[2])).toHaveLength(1));

    const of = (...ids: readonly string[]): readonly string[] =>
      ids.map((id) => `${frameKind.abandon}/0/${id}`);
    expect(ends.map(told)).toEqual([of('a', 'b', 'c'), of('b', 'c', 'd'), of('d')]);
    ends[2]?.socket.destroy();
    await vi.waitFor(() => expect(link.unheard).toBe(0));
    expect(ends).toHaveLength(3);
  });

  it('keeps only so many reports: others are given up', () => {
    open = () => new Promise(() => undefined);
    for (let n = 0; n < 20_010; n++) link.report({ what: 'hold', id: 'a', ms: 1 });

    expect(link.unheard).toBe(20_000);
  });

  it('answers questions, each with its number, when the answer is there', async () => {
    const settle = new Map<string, (still: boolean) => void>();
    stillHas = (id) => new Promise((resolve) => settle.set(id, resolve));
    const call = send();
    const end = await asked(0, 1);
    end.out.text(frameKind.ask, 7, 'a-1');
    end.out.text(frameKind.ask, 8, 'a-2');
    await vi.waitFor(() => expect(settle.size).toBe(2));
    settle.get('a-2')?.(false);
    await vi.waitFor(() => expect(end.of('gone').map(({ exchange }) => exchange)).toEqual([8]));
    expect(end.of('still')).toEqual([]);
    settle.get('a-1')?.(true);
    await vi.waitFor(() => expect(end.of('still').map(({ exchange }) => exchange)).toEqual([7]));
    end.out.text(frameKind.ask, 9, 'a-3');
    await vi.waitFor(() => expect(settle.size).toBe(3));
    end.socket.destroy();
    expect(await call.end).toBe('broken');
    settle.get('a-3')?.(true);
  });

  it.each([
    ['a frame that is too long', (end: FramePeer) => void end.socket.write(Buffer.alloc(9, 0xff))],
    ['an answer without a head', (end: FramePeer) => end.out.data(frameKind.answer, 1, Buffer.alloc(2))],
    ['a head longer than all', (end: FramePeer) => end.out.data(frameKind.head, 1, Buffer.alloc(8, 1))],
    ['a status that is none', (end: FramePeer) => end.out.message(frameKind.answer, 1, '99\0\0\x000\0')],
  ])('ends a connection on which comes %s', async (_what, rogue) => {
    const call = send();
    const end = await asked(0, 1);
    rogue(end);

    expect(await call.end).toBe('broken');
    await end.closed;
  });

  it('costs no more than the link when we fail ourselves', async () => {
    const logged: unknown[] = [];
    Logger.overrideLogger({ log() {}, warn() {}, error: (line: unknown) => void logged.push(line) });
    const [failing, other] = [send(), send()];
    const failure = new TypeError('a fault');
    vi.spyOn(failing, 'answered').mockImplementation(() => {
      throw failure;
    });
    answer(await asked(0, 2), 0, 'x');

    expect(await other.end).toBe('broken');
    expect(logged).toEqual([{ err: failure }]);
  });

  it('says to all that wait that it was closed, and destroys a connection that comes later', async () => {
    const call = send();
    await asked(0, 1);
    link.close();
    expect(call.calls).toEqual(['broken']);
    await ends[0]?.closed;
    link.report({ what: 'abandon', id: 'a' });
    expect(link.unheard).toBe(0);
  });
});
