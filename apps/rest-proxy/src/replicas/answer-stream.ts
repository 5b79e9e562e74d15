import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { frameKind } from './frames.ts';
import type { FrameWriter } from './frame-writer.ts';

/** So much of an answer is on its way before the other replica has said that it goes on to the client. */
export const windowBytes = 524_288;
/** Whoever writes more than this at a time should wait. */
const highWaterBytes = 131_072;
const longestPiece = 65_536;
/** Misdirected Request. */
const misdirected = 421;

/** What an answer needs of the link that it takes. */
export interface AnswerLink {
  /** What requests have as their socket. */
  readonly socketStandIn: Socket;
  readonly out: FrameWriter;
  /** It has something to write. */
  ready(answer: AnswerStream): void;
  /** It is over; `close` is to be called. */
  ended(answer: AnswerStream): void;
}

/**
 * The answer to a request that came over a link.
 *
 * Controllers see Node's `ServerResponse`; what they write to it goes out as frames. Its methods are replaced one by one,
 * because Express gives every response a prototype of its own.
 */
export class AnswerStream {
  readonly response: ServerResponse;
  #head: readonly string[] | undefined;
  #isHeadSent = false;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #window = windowBytes;
  #wantsMore = false;
  #isEnded = false;
  #isReady = false;
  #isOver = false;
  readonly #state = { headersSent: false, writableFinished: false };

  constructor(
    readonly exchange: number,
    private readonly req: IncomingMessage,
    private readonly link: AnswerLink,
    /** The head as the other replica gets it. */
    private readonly headText: (status: number, headers: readonly string[]) => string,
  ) {
    this.response = this.#asResponse();
  }

  /** The client has taken so many bytes. */
  taken(bytes: number): void {
    this.#window += bytes;
    if (this.#bytes > 0) this.#ready();
  }

  /** Nobody waits for it any more. */
  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.response.destroyed = true;
    this.link.ended(this);
  }

  /** Says nothing about where it is, but that it is not here. @param text as `elsewhere` has it */
  elsewhere(text: string): void {
    if (this.#isOver) return;
    // For the log: nothing was answered, and the client has not gone.
    this.response.statusCode = misdirected;
    this.#begin([]);
    this.link.out.text(frameKind.elsewhere, this.exchange, text);
    this.#finish();
  }

  /** Writes as much as it may. */
  flush(): void {
    const { exchange, link } = this;
    this.#isReady = false;
    if (this.#isOver || this.#head === undefined) return;
    if (!this.#isHeadSent) {
      this.#isHeadSent = true;
      const text = this.headText(this.response.statusCode, this.#head);
      if (this.#isEnded && this.#bytes <= windowBytes / 2) {
        link.out.message(frameKind.answer, exchange, text, this.#pieces);
        this.#finish();
        return;
      }
      link.out.message(frameKind.head, exchange, text);
    }
    this.#flushBody();
    if (this.#bytes > 0) return;
    if (this.#isEnded) {
      link.out.signal(frameKind.end, exchange);
      this.#finish();
    } else if (this.#wantsMore) {
      this.#wantsMore = false;
      this.response.emit('drain');
    }
  }

  /** What it was about is over: tells whoever listens. */
  close(): void {
    const { response } = this;
    this.#pieces = [];
    if (this.#state.writableFinished) response.emit('finish');
    response.destroyed = true;
    response.emit('close');
  }

  #ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.link.ready(this);
  }

  #finish(): void {
    this.#isOver = true;
    this.#state.writableFinished = true;
    this.link.ended(this);
  }

  #flushBody(): void {
    const { exchange, link } = this;
    while (this.#window > 0) {
      const piece = this.#pieces.shift();
      if (piece === undefined) return;
      const length = Math.min(piece.length, this.#window, longestPiece);
      if (length < piece.length) this.#pieces.unshift(piece.subarray(length));
      link.out.data(frameKind.data, exchange, piece.subarray(0, length));
      this.#window -= length;
      this.#bytes -= length;
    }
  }

  #write(chunk: unknown): boolean {
    if (this.#isOver || this.#isEnded) return false;
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (piece instanceof Uint8Array && piece.length > 0 && this.req.method !== 'HEAD') {
      this.#pieces.push(bufferOf(piece));
      this.#bytes += piece.length;
    }
    this.#begin([]);
    this.#ready();
    this.#wantsMore = this.#bytes >= highWaterBytes;
    return !this.#wantsMore;
  }

  #begin(headers: readonly string[]): void {
    this.#head ??= headers;
    this.#state.headersSent = true;
  }

  #asResponse(): ServerResponse {
    const response = new ServerResponse(this.req);
    const state = this.#state;
    Object.defineProperties(response, {
      headersSent: { get: () => state.headersSent },
      writableFinished: { get: () => state.writableFinished },
    });
    return Object.assign(response, {
      writeHead: (status: number, headers: readonly string[] = []) => {
        response.statusCode = status;
        this.#begin(headers);
        return response;
      },
      flushHeaders: () => {
        this.#begin([]);
        this.#ready();
      },
      writeContinue: () => undefined,
      writeProcessing: () => undefined,
      write: (chunk: unknown) => this.#write(chunk),
      end: (chunk?: unknown) => {
        if (response.finished) return response;
        this.#write(chunk);
        this.#isEnded = true;
        response.finished = true;
        return response;
      },
      destroy: () => {
        if (this.#isOver) return response;
        this.link.out.signal(frameKind.broken, this.exchange);
        this.cancel();
        return response;
      },
    });
  }
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
