import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import { messageOf } from './frames.ts';

/** Keeps what is written to it instead of sending it. */
class WrittenSocket extends Socket {
  readonly pieces: Buffer[] = [];
  /** So many times the system was called. */
  calls = 0;

  constructor() {
    super();
    this._write = (chunk, _encoding, done) => this.#take([chunk as Buffer], done);
    this._writev = (chunks, done) =>
      this.#take(
        chunks.map(({ chunk }) => chunk as Buffer),
        done,
      );
  }

  #take(pieces: readonly Buffer[], done: () => void): void {
    this.calls++;
    this.pieces.push(...pieces);
    done();
  }
}

type Heard = readonly [kind: number, exchange: number, payload: Buffer];

function heardBy(pieces: readonly Buffer[]): readonly Heard[] {
  const heard: Heard[] = [];
  new FrameReader(2 ** 30).push(Buffer.concat(pieces), (...frame) => heard.push(frame));
  return heard;
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('FrameWriter', () => {
  it('writes the frames of a turn of the event loop at once, in their order', async () => {
    const socket = new WrittenSocket();
    const out = new FrameWriter(socket);
    out.signal(19, 5);
    out.number(3, 0xff_ff_ff_ff, 0xff_ff_ff_fe);
    out.text(4, 1, 'ab\xff');
    out.message(17, 2, 'head\0\xe4', [Buffer.from('one'), Buffer.alloc(0), Buffer.from('two')]);
    out.data(18, 2, Buffer.from('more'));
    await Promise.resolve();
    expect(socket.calls).toBe(0);
    await turn();

    expect(socket.calls).toBe(1);
    expect(socket.pieces).toHaveLength(1);
    const [signal, number, text, message, data] = heardBy(socket.pieces);
    expect(signal).toEqual([19, 5, Buffer.alloc(0)]);
    expect(number).toEqual([3, 0xff_ff_ff_ff, Buffer.from([0xff, 0xff, 0xff, 0xfe])]);
    expect(text).toEqual([4, 1, Buffer.from('ab\xff', 'latin1')]);
    expect(message?.slice(0, 2)).toEqual([17, 2]);
    expect(messageOf(message?.[2] ?? Buffer.alloc(4))).toEqual({
      text: 'head\0\xe4',
      body: Buffer.from('onetwo'),
    });
    expect(data).toEqual([18, 2, Buffer.from('more')]);
  });

  it('writes nothing when there is nothing, and again when there is', async () => {
    const socket = new WrittenSocket();
    const out = new FrameWriter(socket);
    out.schedule();
    await turn();
    expect(socket.calls).toBe(0);
    for (let n = 1; n <= 3; n++) {
      out.signal(22, n);
      await turn();
      expect(socket.calls).toBe(n);
    }

    expect(heardBy(socket.pieces).map(([, exchange]) => exchange)).toEqual([1, 2, 3]);
  });

  it('copies small bodies and hands on large ones as they are, in one call', async () => {
    const socket = new WrittenSocket();
    const out = new FrameWriter(socket);
    const [small, large] = [Buffer.alloc(4_095, 1), Buffer.alloc(4_096, 2)];
    out.message(16, 1, 'a', [small, large]);
    out.data(18, 2, large);
    out.data(18, 3, small);
    await turn();
    const frames = heardBy(socket.pieces);

    expect(socket.calls).toBe(1);
    expect(socket.pieces.filter((piece) => piece === large)).toHaveLength(2);
    expect(socket.pieces.some((piece) => piece.buffer === small.buffer)).toBe(false);
    expect(frames.map(([, exchange]) => exchange)).toEqual([1, 2, 3]);
    expect(messageOf(frames[0]?.[2] ?? Buffer.alloc(4)).body).toEqual(Buffer.concat([small, large]));
    expect(frames[1]?.[2]).toEqual(large);
    expect(frames[2]?.[2]).toEqual(small);
  });

  /** The slab has 65,536 bytes: frames end before, at and after its end. */
  it.each([65_518, 65_519, 65_526, 65_527, 65_528, 65_536, 70_000])(
    'goes on where a slab ends: %i bytes before',
    async (before) => {
      const socket = new WrittenSocket();
      const out = new FrameWriter(socket);
      const filling = 'x'.repeat(before - 9);
      out.text(1, 1, filling);
      out.signal(2, 2);
      out.number(3, 3, 4);
      out.message(4, 4, 'text', [Buffer.from('body')]);
      out.text(5, 5, 'y'.repeat(100_000));
      out.signal(6, 6);
      await turn();
      const frames = heardBy(socket.pieces);

      expect(frames.map(([kind, exchange]) => [kind, exchange])).toEqual(
        [1, 2, 3, 4, 5, 6].map((n) => [n, n]),
      );
      expect(frames[0]?.[2].toString()).toBe(filling);
      expect(frames[2]?.[2]).toEqual(Buffer.from([0, 0, 0, 4]));
      expect(frames[3]?.[2].toString('latin1')).toBe('\0\0\0\x04textbody');
      expect(frames[4]?.[2].toString()).toBe('y'.repeat(100_000));
    },
  );

  it('never writes over what is on its way', async () => {
    const socket = new WrittenSocket();
    const out = new FrameWriter(socket);
    const expected: string[] = [];
    for (let n = 0; n < 500; n++) {
      const text = String(n).padEnd((n * 37) % 3_000, '.');
      expected.push(text);
      out.text(1, n, text);
      if (n % 7 === 0) await turn();
    }
    await turn();

    // Whoever has kept the pieces still finds in them what they were.
    expect(heardBy(socket.pieces).map(([, , payload]) => payload.toString())).toEqual(expected);
  });

  it('asks for more before it writes, and says when it has', async () => {
    const socket = new WrittenSocket();
    const calls: number[] = [];
    const out: FrameWriter = new FrameWriter(
      socket,
      () => out.signal(23, 9),
      () => calls.push(socket.calls),
    );
    out.signal(22, 1);
    await turn();

    expect(heardBy(socket.pieces).map(([kind]) => kind)).toEqual([22, 23]);
    expect(calls).toEqual([1]);
  });

  it('keeps silent when the connection is gone', async () => {
    const socket = new WrittenSocket();
    const out = new FrameWriter(socket);
    out.signal(22, 1);
    socket.destroy();
    await turn();
    out.data(18, 1, Buffer.alloc(100_000));
    await turn();

    expect(socket.calls).toBe(0);
  });
});
