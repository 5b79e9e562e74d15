import type { Socket } from 'node:net';
import { headBytes } from './frames.ts';

const slabBytes = 65_536;
/** Smaller bodies are copied: that costs less than a piece of its own. */
const worthItsOwn = 4_096;

/**
 * Gathers frames and writes them to a connection, those of one turn of the event loop together: what a write costs is
 * the call.
 */
export class FrameWriter {
  #slab = Buffer.allocUnsafeSlow(slabBytes);
  /** Before it: written. */
  #from = 0;
  #at = 0;
  #pieces: Buffer[] = [];
  #isScheduled = false;

  /**
   * @param before called before what was gathered is written; it may add to it
   * @param after called when it was written
   */
  constructor(
    private readonly socket: Socket,
    private readonly before: () => void = nothing,
    private readonly after: () => void = nothing,
  ) {}

  signal(kind: number, exchange: number): void {
    this.#head(kind, exchange, 0, 0);
  }

  number(kind: number, exchange: number, value: number): void {
    this.#head(kind, exchange, 4, 4);
    this.#at = this.#slab.writeUInt32BE(value, this.#at);
  }

  /** @param text in Latin-1 */
  text(kind: number, exchange: number, text: string): void {
    this.#head(kind, exchange, text.length, text.length);
    this.#at += this.#slab.write(text, this.#at, 'latin1');
  }

  /** @param text in Latin-1 */
  message(kind: number, exchange: number, text: string, body: readonly Buffer[] = []): void {
    let length = 4 + text.length;
    for (const piece of body) length += piece.length;
    this.#head(kind, exchange, length, 4 + text.length);
    this.#at = this.#slab.writeUInt32BE(text.length, this.#at);
    this.#at += this.#slab.write(text, this.#at, 'latin1');
    for (const piece of body) this.#bytes(piece);
  }

  data(kind: number, exchange: number, bytes: Buffer): void {
    this.#head(kind, exchange, bytes.length, 0);
    this.#bytes(bytes);
  }

  /** Whatever was gathered is written at the end of this turn. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.#isScheduled = false;
    this.before();
    this.#cut();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#write(pieces);
    this.after();
  }

  #write(pieces: readonly Buffer[]): void {
    const { socket } = this;
    const [first] = pieces;
    if (first === undefined || !socket.writable) return;
    if (pieces.length === 1) {
      socket.write(first);
      return;
    }
    socket.cork();
    for (const piece of pieces) socket.write(piece);
    socket.uncork();
  }

  /** @param here bytes of the payload that go to the slab for certain */
  #head(kind: number, exchange: number, length: number, here: number): void {
    this.schedule();
    this.#room(headBytes + here);
    const slab = this.#slab;
    slab.writeUInt32BE(length, this.#at);
    slab[this.#at + 4] = kind;
    slab.writeUInt32BE(exchange, this.#at + 5);
    this.#at += headBytes;
  }

  #bytes(bytes: Buffer): void {
    if (bytes.length < worthItsOwn) {
      this.#room(bytes.length);
      this.#at += bytes.copy(this.#slab, this.#at);
    } else {
      this.#cut();
      this.#pieces.push(bytes);
    }
  }

  #room(bytes: number): void {
    if (this.#slab.length - this.#at >= bytes) return;
    this.#cut();
    // What was written before may still be on its way: nothing is written over.
    this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes));
    this.#from = 0;
    this.#at = 0;
  }

  /** What is in the slab becomes a piece. */
  #cut(): void {
    if (this.#at > this.#from) this.#pieces.push(this.#slab.subarray(this.#from, this.#at));
    this.#from = this.#at;
  }
}

const nothing = (): void => undefined;
