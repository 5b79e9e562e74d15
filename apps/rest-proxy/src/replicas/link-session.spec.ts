import { IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FramePeer } from '../../../../test/support/fakes/frame-peer.ts';
import { AnswerStream, windowBytes } from './answer-stream.ts';
import type { DeliveryReport } from './delivery-report.ts';
import { frameKind, messageOf, type Message } from './frames.ts';
import { answerHeadOf, answerHeadText, requestHeadOf } from './hop-heads.ts';
import { LinkSession, type LinkHandler } from './link-session.ts';

interface Response extends ServerResponse {
  readonly events: string[];
}

let server: Server;
let session: LinkSession;
let peer: FramePeer;
let responses: Response[];
let answers: AnswerStream[];
let reports: { readonly report: DeliveryReport; readonly ask: () => Promise<boolean> }[];
let ended: number;

const handler: LinkHandler = {
  serve(exchange: number, { text }: Message, link: LinkSession): AnswerStream {
    const { method, target } = requestHeadOf(text);
    const req = new IncomingMessage(link.socketStandIn);
    Object.assign(req, { method, url: target });
    const answer = new AnswerStream(exchange, req, link, (status, headers) =>
      answerHeadText({ status, endpoint: '', delivery: '', records: 0, isDraining: false, headers }),
    );
    const events: string[] = [];
    const response = Object.assign(answer.response, { events });
    for (const name of ['drain', 'finish', 'close']) response.on(name, () => events.push(name));
    responses.push(response);
    answers.push(answer);
    return answer;
  },
  report: (report, ask) => void reports.push({ report, ask }),
  ended: () => ended++,
};

beforeEach(async () => {
  responses = [];
  answers = [];
  reports = [];
  ended = 0;
  const taken = Promise.withResolvers<void>();
  server = createServer((socket) => {
    session = new LinkSession(socket, handler, 1_000);
    taken.resolve();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  peer = new FramePeer(connect((server.address() as AddressInfo).port, '127.0.0.1'));
  await taken.promise;
});

afterEach(async () => {
  peer.socket.destroy();
  await vi.waitFor(() => expect(ended).toBe(1));
  expect(session.waiting).toBe(0);
  expect(responses.map(({ events }) => events.at(-1))).toEqual(responses.map(() => 'close'));
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

/** Asks, and gives the response in which the answer is to be written. */
async function asked(exchange: number, method = 'GET'): Promise<Response> {
  const before = responses.length;
  peer.request(exchange, { method });
  await vi.waitFor(() => expect(responses.length).toBe(before + 1));
  const response = responses.at(-1);
  if (response === undefined) throw new Error('There is no response');
  return response;
}

const over = (response: Response): Promise<void> =>
  vi.waitFor(() => expect(response.events.at(-1)).toBe('close'));

const bytesOf = (exchange: number): number => peer.bodyOf(exchange).length;

/** What has come stays what it is when there was time for more. */
async function staysAt(exchange: number, bytes: number): Promise<void> {
  await vi.waitFor(() => expect(bytesOf(exchange)).toBe(bytes));
  // Whatever was written before has come when this has.
  const marker = await asked(99_999 - responses.length);
  marker.writeHead(204, []).end();
  await over(marker);
  expect(bytesOf(exchange)).toBe(bytes);
}

describe('An answer over a link', () => {
  it('is one frame when it is small', async () => {
    const response = await asked(7);
    expect([response.headersSent, response.writableEnded, response.writableFinished]).toEqual([
      false,
      false,
      false,
    ]);
    response.writeHead(201, ['Content-Type', 'a/b', 'X', '\xe4']).end('ä€');
    expect([response.headersSent, response.writableEnded, response.statusCode]).toEqual([true, true, 201]);
    await over(response);

    expect(peer.kindsOf(7)).toEqual(['answer']);
    const { text, body } = messageOf(peer.of('answer')[0]?.payload ?? Buffer.alloc(4));
    expect(answerHeadOf(text)).toMatchObject({ status: 201, headers: ['Content-Type', 'a/b', 'X', '\xe4'] });
    expect(body.toString()).toBe('ä€');
    expect(response.events).toEqual(['finish', 'close']);
    expect([response.writableFinished, response.destroyed]).toEqual([true, true]);
  });

  it('is one frame when it is written in small pieces in one turn', async () => {
    const response = await asked(1);
    response.writeHead(200, []);
    response.write('a');
    response.write(Buffer.from('b'));
    response.write(new Uint8Array([99]));
    response.end('d');
    response.end('e');
    response.write('f');
    await over(response);

    expect(peer.kindsOf(1)).toEqual(['answer']);
    expect(peer.bodyOf(1).toString()).toBe('abcd');
  });

  it('comes in pieces when it is written in pieces', async () => {
    const response = await asked(1);
    response.writeHead(200, ['A', 'b']);
    response.flushHeaders();
    await vi.waitFor(() => expect(peer.kindsOf(1)).toEqual(['head']));
    for (const piece of ['one', 'two']) {
      response.write(piece);
      await vi.waitFor(() => expect(peer.bodyOf(1).toString()).toContain(piece));
    }
    response.end();
    await over(response);

    expect(peer.kindsOf(1)).toEqual(['head', 'data', 'data', 'end']);
    expect(response.events).toEqual(['finish', 'close']);
  });

  it('has no body for HEAD, but its length', async () => {
    const response = await asked(1, 'HEAD');
    response.writeHead(200, ['Content-Length', '3']);
    expect(response.write('abc')).toBe(true);
    response.end('def');
    await over(response);

    expect(peer.kindsOf(1)).toEqual(['answer']);
    expect(peer.bodyOf(1)).toHaveLength(0);
    const { text } = messageOf(peer.of('answer')[0]?.payload ?? Buffer.alloc(4));
    expect(answerHeadOf(text).headers).toEqual(['Content-Length', '3']);
  });

  it.each([262_144, 262_145, 524_288, 1_500_000])(
    'waits when %i bytes have not gone on to the client, and is whole in the end',
    async (length) => {
      const body = Buffer.from(Array.from({ length }, (_, at) => at % 251));
      const response = await asked(1);
      response.writeHead(200, []).end(body);
      await staysAt(1, Math.min(length, windowBytes));
      for (let taken = 0; bytesOf(1) < length;) {
        const bytes = bytesOf(1);
        expect(response.events).toEqual([]);
        peer.out.number(frameKind.taken, 1, bytes - taken);
        taken = bytes;
        await staysAt(1, Math.min(length, taken + windowBytes));
      }
      await over(response);

      expect(peer.bodyOf(1).equals(body)).toBe(true);
      expect(peer.kindsOf(1).at(-1)).toBe(length > windowBytes / 2 ? 'end' : 'answer');
    },
  );

  it('that nobody takes holds up no other, and has its writer wait', async () => {
    const slow = await asked(1);
    slow.writeHead(200, []);
    const piece = Buffer.alloc(50_000);
    let written = 0;
    const pump = (): void => {
      do written += piece.length;
      while (slow.write(piece));
    };
    slow.on('drain', pump);
    pump();
    await staysAt(1, windowBytes);
    expect(written).toBeLessThanOrEqual(windowBytes + 131_072 + piece.length);
    const before = written;
    for (let n = 2; n < 30; n++) {
      const fast = await asked(n);
      fast.writeHead(200, []).end('fast');
      await over(fast);
      expect(peer.kindsOf(n)).toEqual(['answer']);
    }
    expect([written, bytesOf(1)]).toEqual([before, windowBytes]);
    peer.out.number(frameKind.taken, 1, 300_000);
    await staysAt(1, windowBytes + 300_000);

    expect(written).toBeGreaterThan(before);
    expect(written).toBeLessThanOrEqual(before + 300_000 + 131_072 + piece.length);
  });

  it('is not over before the connection has taken it', async () => {
    peer.socket.pause();
    const many: Response[] = [];
    for (let n = 1; n <= 400; n++) peer.request(n);
    await vi.waitFor(() => expect(responses).toHaveLength(400));
    many.push(...responses);
    for (const response of many) response.writeHead(200, []).end(Buffer.alloc(100_000));
    await vi.waitFor(() => expect(many[0]?.writableFinished).toBe(true));
    const done = (): number => many.filter(({ events }) => events.includes('finish')).length;
    expect(done()).toBeLessThan(400);
    peer.socket.resume();
    await vi.waitFor(() => expect(done()).toBe(400), { timeout: 5_000 });

    await vi.waitFor(() => expect(peer.of('answer')).toHaveLength(400), { timeout: 5_000 });
  });

  it('breaks off alone', async () => {
    const [one, other] = [await asked(1), await asked(2)];
    one.writeHead(200, []);
    one.write('a');
    await vi.waitFor(() => expect(peer.bodyOf(1).toString()).toBe('a'));
    one.write('never');
    one.destroy();
    one.destroy();
    expect(one.destroyed).toBe(true);
    expect(one.write('b')).toBe(false);
    one.end('c');
    await over(one);
    other.writeHead(200, []).end('whole');
    await over(other);

    expect(peer.kindsOf(1)).toEqual(['head', 'data', 'broken']);
    expect(one.events).toEqual(['close']);
    expect(one.writableFinished).toBe(false);
    expect(peer.bodyOf(2).toString()).toBe('whole');
  });

  it('that nobody waits for any more is not sent', async () => {
    const [one, other] = [await asked(1), await asked(2)];
    peer.out.signal(frameKind.cancel, 1);
    await over(one);
    expect([one.events, one.destroyed, one.writableFinished]).toEqual([['close'], true, false]);
    one.writeHead(200, []).end('late');
    one.destroy();
    peer.out.number(frameKind.taken, 1, 5);
    other.writeHead(200, []).end('whole');
    await over(other);

    expect(peer.kindsOf(1)).toEqual([]);
    expect(peer.bodyOf(2).toString()).toBe('whole');
  });

  it('says that the instance is elsewhere', async () => {
    const response = await asked(1);
    answers[0]?.elsewhere('{"a":"\xe4"}');
    answers[0]?.elsewhere('again');
    expect([response.statusCode, response.headersSent]).toEqual([421, true]);
    response.writeHead(200, []).end('late');
    await over(response);

    expect(peer.kindsOf(1)).toEqual(['elsewhere']);
    expect(peer.of('elsewhere')[0]?.payload.toString('latin1')).toBe('{"a":"\xe4"}');
  });

  it('ends with the connection, without having been taken', async () => {
    const [one, other] = [await asked(1), await asked(2)];
    one.writeHead(200, []);
    one.write(Buffer.alloc(2_000_000));
    peer.socket.resetAndDestroy();
    await Promise.all([over(one), over(other)]);

    expect([one.events, other.events]).toEqual([['close'], ['close']]);
    expect([one.destroyed, one.writableFinished, session.waiting]).toEqual([true, false, 0]);
    expect(() => one.end('late')).not.toThrow();
  });

  it('has a socket that is not the link: whoever destroys it harms nobody', async () => {
    const response = await asked(1);
    expect(response.req.socket.remoteAddress).toBe('127.0.0.1');
    response.req.destroy();
    response.writeHead(204, []).end();
    await over(response);

    expect(peer.kindsOf(1)).toEqual(['answer']);
  });
});

describe('LinkSession', () => {
  it('acknowledges the reports of a turn at once, after they were passed on in their order', async () => {
    peer.out.text(frameKind.confirm, 1, 'a');
    peer.out.text(frameKind.hold, 5_000, 'b');
    peer.out.text(frameKind.abandon, 0, 'a');
    peer.out.text(frameKind.confirm, 0, '\xe4');
    await vi.waitFor(() => expect(peer.of('heard').map(({ exchange }) => exchange)).toEqual([4]));

    expect(reports.map(({ report }) => report)).toEqual([
      { what: 'confirm', id: 'a', mayAsk: true },
      { what: 'hold', id: 'b', ms: 5_000 },
      { what: 'abandon', id: 'a' },
      { what: 'confirm', id: '\xe4', mayAsk: false },
    ]);
  });

  it('asks, and takes each answer for its own question', async () => {
    for (const id of ['a', 'b']) peer.out.text(frameKind.confirm, 1, id);
    await vi.waitFor(() => expect(reports).toHaveLength(2));
    const still = reports.map(({ ask }) => ask());
    await vi.waitFor(() =>
      expect(peer.of('ask').map(({ payload }) => payload.toString())).toEqual(['a', 'b']),
    );
    const [first, second] = peer.of('ask').map(({ exchange }) => exchange);
    peer.out.signal(frameKind.gone, 77);
    peer.out.signal(frameKind.gone, second ?? 0);
    peer.out.signal(frameKind.still, first ?? 0);

    expect(await Promise.all(still)).toEqual([true, false]);
  });

  it('takes it that the client is there when nobody says otherwise in time, or can', async () => {
    peer.out.text(frameKind.confirm, 1, 'a');
    await vi.waitFor(() => expect(reports).toHaveLength(1));
    const ask = reports[0]?.ask;
    expect(await ask?.()).toBe(true);
    const open = ask?.();
    peer.socket.destroy();
    expect(await open).toBe(true);
    await vi.waitFor(() => expect(ended).toBe(1));
    expect(await ask?.()).toBe(true);
  });

  it('asks only so many questions at a time', async () => {
    peer.out.text(frameKind.confirm, 1, 'a');
    await vi.waitFor(() => expect(reports).toHaveLength(1));
    const open = reports.flatMap(({ ask }) => Array.from({ length: 20_001 }, () => ask()));

    expect(await open.at(-1)).toBe(true);
    await Promise.all(open);
    expect(peer.of('ask')).toHaveLength(20_000);
  });

  it('tells that it is at work unless something else has told it', async () => {
    session.tellAlive();
    await vi.waitFor(() => expect(peer.of('alive')).toHaveLength(1));
    const response = await asked(1);
    response.writeHead(200, []).end('a');
    await over(response);
    session.tellAlive();
    session.tellAlive();
    await vi.waitFor(() => expect(peer.of('alive')).toHaveLength(2));
  });

  it('ends at once when nobody waits', async () => {
    session.endWhenIdle();
    await peer.closed;
  });

  it('ends after the last answer, of which nothing is lost', async () => {
    const [one, other] = [await asked(1), await asked(2)];
    session.endWhenIdle();
    one.writeHead(200, []).end(Buffer.alloc(250_000));
    await over(one);
    const body = Buffer.alloc(500_000, 'abc');
    other.writeHead(200, []).end(body);
    await peer.closed;

    expect(peer.kindsOf(1)).toEqual(['answer']);
    expect(peer.bodyOf(2).equals(body)).toBe(true);
    expect(peer.kindsOf(2).at(-1)).toBe('end');
  });

  it('says what it has to say before it ends', async () => {
    await asked(1);
    peer.out.text(frameKind.abandon, 0, 'a');
    await vi.waitFor(() => expect(reports).toHaveLength(1));
    answers[0]?.elsewhere('there');
    session.endWhenIdle();
    await peer.closed;

    expect(peer.kindsOf(1)).toContain('elsewhere');
    expect(peer.of('heard')).toHaveLength(1);
  });

  it.each<[string, number, Buffer]>([
    ['a request that is none', frameKind.request, Buffer.from('ab')],
    ['a number that is none', frameKind.taken, Buffer.from('ab')],
    ['a frame that is too long', 99, Buffer.alloc(1_100_000)],
  ])('ends when %s comes, with all that waits', async (_what, kind, payload) => {
    const response = await asked(1);
    peer.out.data(kind, 1, payload);
    await peer.closed;
    await over(response);

    expect(response.events).toEqual(['close']);
  });

  it('does not lose sight of an answer whose number is used again', async () => {
    const first = await asked(1);
    peer.request(1);
    await peer.closed;

    await over(first);
  });
});
