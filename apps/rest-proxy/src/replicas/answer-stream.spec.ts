import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkBench } from '../../../../test/support/link-bench.ts';
import { windowBytes } from './answer-stream.ts';
import { frameKind, messageOf } from './frames.ts';
import { answerHeadOf } from './hop-heads.ts';

let bench: LinkBench;

beforeEach(async () => {
  bench = await LinkBench.start();
});

afterEach(async () => {
  await bench.close();
});

describe('AnswerStream', () => {
  it('is one frame when it is small', async () => {
    const response = await bench.asked(7);
    expect([response.headersSent, response.writableEnded, response.writableFinished]).toEqual([
      false,
      false,
      false,
    ]);
    response.writeHead(201, ['Content-Type', 'a/b', 'X', '\xe4']).end('ä€');
    expect([response.headersSent, response.writableEnded, response.statusCode]).toEqual([true, true, 201]);
    await bench.over(response);

    expect(bench.peer.kindsOf(7)).toEqual(['answer']);
    const { text, body } = messageOf(bench.peer.of('answer')[0]?.payload ?? Buffer.alloc(4));
    expect(answerHeadOf(text)).toMatchObject({ status: 201, headers: ['Content-Type', 'a/b', 'X', '\xe4'] });
    expect(body.toString()).toBe('ä€');
    expect(response.events).toEqual(['finish', 'close']);
    expect([response.writableFinished, response.destroyed]).toEqual([true, true]);
  });

  it('is one frame when it is written in small pieces in one turn', async () => {
    const response = await bench.asked(1);
    response.writeHead(200, []);
    response.write('a');
    response.write(Buffer.from('b'));
    response.write(new Uint8Array([99]));
    response.end('d');
    response.end('e');
    response.write('f');
    await bench.over(response);

    expect(bench.peer.kindsOf(1)).toEqual(['answer']);
    expect(bench.peer.bodyOf(1).toString()).toBe('abcd');
  });

  it('comes in pieces when it is written in pieces', async () => {
    const response = await bench.asked(1);
    response.writeHead(200, ['A', 'b']);
    response.flushHeaders();
    await vi.waitFor(() => expect(bench.peer.kindsOf(1)).toEqual(['head']));
    for (const piece of ['one', 'two']) {
      response.write(piece);
      await vi.waitFor(() => expect(bench.peer.bodyOf(1).toString()).toContain(piece));
    }
    response.end();
    await bench.over(response);

    expect(bench.peer.kindsOf(1)).toEqual(['head', 'data', 'data', 'end']);
    expect(response.events).toEqual(['finish', 'close']);
  });

  it('has no body for HEAD, but its length', async () => {
    const response = await bench.asked(1, 'HEAD');
    response.writeHead(200, ['Content-Length', '3']);
    expect(response.write('abc')).toBe(true);
    response.end('def');
    await bench.over(response);

    expect(bench.peer.kindsOf(1)).toEqual(['answer']);
    expect(bench.peer.bodyOf(1)).toHaveLength(0);
    const { text } = messageOf(bench.peer.of('answer')[0]?.payload ?? Buffer.alloc(4));
    expect(answerHeadOf(text).headers).toEqual(['Content-Length', '3']);
  });

  it.each([262_144, 262_145, 524_288, 1_500_000])(
    'waits when %i bytes have not gone on to the client, and is whole in the end',
    async (length) => {
      const body = Buffer.alloc(length, Buffer.from(Array.from({ length: 251 }, (_, at) => at)));
      const response = await bench.asked(1);
      response.writeHead(200, []).end(body);
      await bench.staysAt(1, Math.min(length, windowBytes));
      for (let taken = 0; bench.peer.bodyOf(1).length < length;) {
        const bytes = bench.peer.bodyOf(1).length;
        expect(response.events).toEqual([]);
        bench.peer.out.number(frameKind.taken, 1, bytes - taken);
        taken = bytes;
        await bench.staysAt(1, Math.min(length, taken + windowBytes));
      }
      await bench.over(response);

      expect(bench.peer.bodyOf(1).equals(body)).toBe(true);
      expect(bench.peer.kindsOf(1).at(-1)).toBe(length > windowBytes / 2 ? 'end' : 'answer');
    },
  );

  it('that nobody takes holds up no other, and has its writer wait', async () => {
    const slow = await bench.asked(1);
    slow.writeHead(200, []);
    const piece = Buffer.alloc(50_000);
    let written = 0;
    const pump = (): void => {
      do written += piece.length;
      while (slow.write(piece) && written < 50_000_000);
    };
    slow.on('drain', pump);
    pump();
    await bench.staysAt(1, windowBytes);
    expect(written).toBeLessThanOrEqual(windowBytes + 131_072 + piece.length);
    const before = written;
    for (let n = 2; n < 30; n++) {
      const fast = await bench.asked(n);
      fast.writeHead(200, []).end('fast');
      await bench.over(fast);
      expect(bench.peer.kindsOf(n)).toEqual(['answer']);
    }
    expect([written, bench.peer.bodyOf(1).length]).toEqual([before, windowBytes]);
    bench.peer.out.number(frameKind.taken, 1, 300_000);
    await bench.staysAt(1, windowBytes + 300_000);

    expect(written).toBeGreaterThan(before);
    expect(written).toBeLessThanOrEqual(before + 300_000 + 131_072 + piece.length);
  });

  it('is not over before the connection has taken it', async () => {
    bench.peer.socket.pause();
    for (let n = 1; n <= 400; n++) bench.peer.request(n);
    await vi.waitFor(() => expect(bench.responses).toHaveLength(400));
    const many = [...bench.responses];
    for (const response of many) response.writeHead(200, []).end(Buffer.alloc(100_000));
    await vi.waitFor(() => expect(many[0]?.writableFinished).toBe(true));
    const done = (): number => many.filter(({ events }) => events.includes('finish')).length;
    expect(done()).toBeLessThan(400);
    bench.peer.socket.resume();
    await vi.waitFor(() => expect(done()).toBe(400), { timeout: 10_000 });

    await vi.waitFor(() => expect(bench.peer.of('answer')).toHaveLength(400), { timeout: 10_000 });
  });

  it('breaks off alone', async () => {
    const [one, other] = [await bench.asked(1), await bench.asked(2)];
    one.writeHead(200, []);
    one.write('a');
    await vi.waitFor(() => expect(bench.peer.bodyOf(1).toString()).toBe('a'));
    one.write('never');
    one.destroy();
    one.destroy();
    expect(one.destroyed).toBe(true);
    expect(one.write('b')).toBe(false);
    one.end('c');
    await bench.over(one);
    other.writeHead(200, []).end('whole');
    await bench.over(other);

    expect(bench.peer.kindsOf(1)).toEqual(['head', 'data', 'broken']);
    expect(one.events).toEqual(['close']);
    expect(one.writableFinished).toBe(false);
    expect(bench.peer.bodyOf(2).toString()).toBe('whole');
  });

  it('that nobody waits for any more is not sent', async () => {
    const [one, other] = [await bench.asked(1), await bench.asked(2)];
    bench.peer.out.signal(frameKind.cancel, 1);
    await bench.over(one);
    expect([one.events, one.destroyed, one.writableFinished]).toEqual([['close'], true, false]);
    one.writeHead(200, []).end('late');
    one.destroy();
    bench.peer.out.number(frameKind.taken, 1, 5);
    other.writeHead(200, []).end('whole');
    await bench.over(other);

    expect(bench.peer.kindsOf(1)).toEqual([]);
    expect(bench.peer.bodyOf(2).toString()).toBe('whole');
  });

  it('says that the instance is elsewhere', async () => {
    const response = await bench.asked(1);
    bench.answers[0]?.elsewhere('{"a":"\xe4"}');
    bench.answers[0]?.elsewhere('again');
    expect([response.statusCode, response.headersSent]).toEqual([421, true]);
    response.writeHead(200, []).end('late');
    await bench.over(response);

    expect(bench.peer.kindsOf(1)).toEqual(['elsewhere']);
    expect(bench.peer.of('elsewhere')[0]?.payload.toString('latin1')).toBe('{"a":"\xe4"}');
  });

  it('ends with the connection, without having been taken', async () => {
    const [one, other] = [await bench.asked(1), await bench.asked(2)];
    one.writeHead(200, []);
    one.write(Buffer.alloc(2_000_000));
    bench.peer.socket.resetAndDestroy();
    await Promise.all([bench.over(one), bench.over(other)]);

    expect([one.events, other.events]).toEqual([['close'], ['close']]);
    expect([one.destroyed, one.writableFinished, bench.session.waiting]).toEqual([true, false, 0]);
    expect(() => one.end('late')).not.toThrow();
  });

  it('has a socket that is not the link: whoever destroys it harms nobody', async () => {
    const response = await bench.asked(1);
    expect(response.req.socket.remoteAddress).toBe('127.0.0.1');
    response.req.destroy();
    response.writeHead(204, []).end();
    await bench.over(response);

    expect(bench.peer.kindsOf(1)).toEqual(['answer']);
  });
});
