import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkBench } from '../../../../test/support/link-bench.ts';
import { frameKind } from './frames.ts';

let bench: LinkBench;

beforeEach(async () => {
  bench = await LinkBench.start();
});

afterEach(async () => {
  await bench.close();
});

describe('LinkSession', () => {
  it('acknowledges the reports of a turn at once, after they were passed on in their order', async () => {
    bench.peer.out.text(frameKind.confirm, 1, 'a');
    bench.peer.out.text(frameKind.hold, 5_000, 'b');
    bench.peer.out.text(frameKind.abandon, 0, 'a');
    bench.peer.out.text(frameKind.confirm, 0, '\xe4');
    await vi.waitFor(() => expect(bench.peer.of('heard').map(({ exchange }) => exchange)).toEqual([4]));

    expect(bench.reports.map(({ report }) => report)).toEqual([
      { what: 'confirm', id: 'a', mayAsk: true },
      { what: 'hold', id: 'b', ms: 5_000 },
      { what: 'abandon', id: 'a' },
      { what: 'confirm', id: '\xe4', mayAsk: false },
    ]);
  });

  it('asks, and takes each answer for its own question', async () => {
    for (const id of ['a', 'b']) bench.peer.out.text(frameKind.confirm, 1, id);
    await vi.waitFor(() => expect(bench.reports).toHaveLength(2));
    const still = bench.reports.map(({ ask }) => ask());
    await vi.waitFor(() =>
      expect(bench.peer.of('ask').map(({ payload }) => payload.toString())).toEqual(['a', 'b']),
    );
    const [first, second] = bench.peer.of('ask').map(({ exchange }) => exchange);
    bench.peer.out.signal(frameKind.gone, 77);
    bench.peer.out.signal(frameKind.gone, second ?? 0);
    bench.peer.out.signal(frameKind.still, first ?? 0);

    expect(await Promise.all(still)).toEqual([true, false]);
  });

  it('takes it that the client has gone when nobody says anything in time, or can', async () => {
    bench.peer.out.text(frameKind.confirm, 1, 'a');
    await vi.waitFor(() => expect(bench.reports).toHaveLength(1));
    const ask = bench.reports[0]?.ask;
    expect(await ask?.()).toBe(false);
    const open = ask?.();
    bench.peer.socket.destroy();
    expect(await open).toBe(false);
    await vi.waitFor(() => expect(bench.sessionsEnded).toBe(1));
    expect(await ask?.()).toBe(false);
  });

  it('asks only so many questions at a time', async () => {
    bench.peer.out.text(frameKind.confirm, 1, 'a');
    await vi.waitFor(() => expect(bench.reports).toHaveLength(1));
    const open = bench.reports.flatMap(({ ask }) => Array.from({ length: 20_001 }, () => ask()));

    expect(await open.at(-1)).toBe(false);
    await vi.waitFor(() => expect(bench.peer.of('ask')).toHaveLength(20_000), { timeout: 5_000 });
    bench.peer.socket.destroy();
    await Promise.all(open);
  });

  it('tells that it is at work unless something else has told it', async () => {
    bench.session.tellAlive();
    await vi.waitFor(() => expect(bench.peer.of('alive')).toHaveLength(1));
    const response = await bench.asked(1);
    response.writeHead(200, []).end('a');
    await bench.over(response);
    bench.session.tellAlive();
    bench.session.tellAlive();
    await vi.waitFor(() => expect(bench.peer.of('alive')).toHaveLength(2));
  });

  it('ends when the other replica stops telling that it is at work, not when it never did or we slept', async () => {
    const later = performance.now() + 10_100;
    bench.session.endWhenSilent(later, false);
    bench.peer.out.signal(frameKind.alive, 0);
    bench.peer.out.text(frameKind.abandon, 0, 'a');
    await vi.waitFor(() => expect(bench.reports).toHaveLength(1));
    bench.session.endWhenSilent(later, false);
    bench.session.endWhenSilent(later + 20_000, true);
    bench.session.endWhenSilent(later + 29_000, false);
    expect(bench.sessionsEnded).toBe(0);
    bench.session.endWhenSilent(later + 31_000, false);

    await bench.peer.closed;
  });

  it('ends at once when nobody waits', async () => {
    bench.session.endWhenIdle();
    await bench.peer.closed;
  });

  it('ends after the last answer, of which nothing is lost', async () => {
    const [one, other] = [await bench.asked(1), await bench.asked(2)];
    bench.session.endWhenIdle();
    one.writeHead(200, []).end(Buffer.alloc(250_000));
    await bench.over(one);
    const body = Buffer.alloc(500_000, 'abc');
    other.writeHead(200, []).end(body);
    await bench.peer.closed;

    expect(bench.peer.kindsOf(1)).toEqual(['answer']);
    expect(bench.peer.bodyOf(2).equals(body)).toBe(true);
    expect(bench.peer.kindsOf(2).at(-1)).toBe('end');
  });

  it('says what it has to say before it ends', async () => {
    await bench.asked(1);
    bench.peer.out.text(frameKind.abandon, 0, 'a');
    await vi.waitFor(() => expect(bench.reports).toHaveLength(1));
    bench.answers[0]?.elsewhere('there');
    bench.session.endWhenIdle();
    await bench.peer.closed;

    expect(bench.peer.kindsOf(1)).toContain('elsewhere');
    expect(bench.peer.of('heard')).toHaveLength(1);
  });

  it.each<[string, number, Buffer]>([
    ['a request that is none', frameKind.request, Buffer.from('ab')],
    ['a number that is none', frameKind.taken, Buffer.from('ab')],
    ['a frame that is too long', 99, Buffer.alloc(1_100_000)],
  ])('ends when %s comes, with all that waits', async (_what, kind, payload) => {
    const response = await bench.asked(1);
    bench.peer.out.data(kind, 1, payload);
    await bench.peer.closed;
    await bench.over(response);

    expect(response.events).toEqual(['close']);
  });

  it('costs no more than the link when we fail ourselves', async () => {
    const logged: unknown[] = [];
    Logger.overrideLogger({ log() {}, warn() {}, error: (line: unknown) => void logged.push(line) });
    const response = await bench.asked(1);
    const failure = new TypeError('a fault');
    vi.spyOn(bench, 'report').mockImplementation(() => {
      throw failure;
    });
    bench.peer.out.text(frameKind.abandon, 0, 'a');
    await bench.peer.closed;
    await bench.over(response);

    expect(logged).toEqual([{ err: failure }]);
  });

  it('does not lose sight of an answer whose number is used again', async () => {
    const first = await bench.asked(1);
    bench.peer.request(1);
    await bench.peer.closed;

    await bench.over(first);
  });
});
