import { describe, expect, it } from 'vitest';
import { FrameReader } from './frame-reader.ts';

type Heard = readonly [kind: number, exchange: number, payload: string];

const frame = (kind: number, exchange: number, payload: string): Buffer => {
  const bytes = Buffer.alloc(9 + payload.length);
  bytes.writeUInt32BE(payload.length);
  bytes.writeUInt8(kind, 4);
  bytes.writeUInt32BE(exchange, 5);
  bytes.write(payload, 9, 'latin1');
  return bytes;
};

function bench(longest = 1_000): { readonly heard: Heard[]; readonly push: (chunk: Buffer) => void } {
  const heard: Heard[] = [];
  const reader = new FrameReader(longest);
  return {
    heard,
    push: (chunk) =>
      reader.push(chunk, (kind, exchange, payload) => {
        heard.push([kind, exchange, payload.toString('latin1')]);
      }),
  };
}

const frames: readonly Heard[] = [
  [1, 7, 'abc'],
  [255, 0xff_ff_ff_ff, ''],
  [0, 0, '\xff\0\xe4'],
  [18, 0x80_00_00_00, 'x'.repeat(300)],
];
const bytes = Buffer.concat(frames.map((each) => frame(...each)));

describe('FrameReader', () => {
  it('finds several frames in one chunk', () => {
    const { heard, push } = bench();
    push(bytes);

    expect(heard).toEqual(frames);
  });

  it('finds frames that were cut anywhere', () => {
    for (let first = 0; first <= bytes.length; first++) {
      for (const second of [first, first + 1, first + 9, bytes.length - 1]) {
        const { heard, push } = bench();
        push(bytes.subarray(0, first));
        push(bytes.subarray(first, Math.max(first, second)));
        push(bytes.subarray(Math.max(first, second)));

        expect(heard).toEqual(frames);
      }
    }
  });

  it('finds frames that come byte by byte, each as soon as it is complete', () => {
    const { heard, push } = bench();
    const after: number[] = [];
    for (let at = 0; at < bytes.length; at++) {
      push(bytes.subarray(at, at + 1));
      if (heard.length > after.length) after.push(at + 1);
    }

    expect(heard).toEqual(frames);
    expect(after).toEqual([12, 21, 33, 342]);
  });

  it('copies nothing of what comes in one piece', () => {
    const payloads: Buffer[] = [];
    new FrameReader(1_000).push(bytes, (_kind, _exchange, payload) => payloads.push(payload));

    expect(payloads.map(({ buffer }) => buffer === bytes.buffer)).toEqual([true, true, true, true]);
  });

  it('puts a large frame together once, however many pieces it comes in', () => {
    const payload = 'x'.repeat(100_000);
    const large = frame(2, 3, payload);
    const { heard, push } = bench(100_000);
    const concat = Buffer.concat.bind(Buffer);
    let copied = 0;
    Buffer.concat = (list, length) => {
      copied++;
      return concat(list, length);
    };
    try {
      for (let at = 0; at < large.length; at += 100) push(large.subarray(at, at + 100));
    } finally {
      Buffer.concat = concat;
    }

    expect(heard).toEqual([[2, 3, payload]]);
    expect(copied).toBeLessThanOrEqual(2);
  });

  it('refuses a frame that is too long as soon as its head is there, after what came before', () => {
    const { heard, push } = bench(10);
    push(frame(1, 1, '0123456789'));
    expect(heard).toHaveLength(1);
    const head = frame(1, 2, '0123456789a').subarray(0, 9);
    push(head.subarray(0, 8));

    expect(() => push(head.subarray(8))).toThrow(RangeError);
    expect(heard).toHaveLength(1);
  });
});
