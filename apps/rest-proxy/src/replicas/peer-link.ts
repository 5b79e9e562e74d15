import type { Socket } from 'node:net';
import type { DeliveryReport } from './delivery-report.ts';
import { FrameWriter } from './frame-writer.ts';
import { frameKind, messageOf, type Message } from './frames.ts';
import { hearFrames, type FrameHearer } from './hear-frames.ts';
import { answerHeadOf, requestHeadText, type AnswerHead, type RequestHead } from './hop-heads.ts';
import type { Listening, SilenceWatch } from './silence-watch.ts';

/** Whoever waits for the answer to a request. Nothing more is called after one of the last six. */
export interface LinkCall {
  /** An answer whose body comes in pieces. */
  begun(head: AnswerHead): void;
  data(bytes: Buffer): void;
  ended(): void;
  answered(head: AnswerHead, body: Buffer): void;
  /** @param text where the instance is, if that is known */
  elsewhere(text: string): void;
  /** The connection, or the answer alone, broke. */
  broken(): void;
  /** The request has got nowhere. */
  unreachable(): void;
  /** The replica was not heard of for too long. */
  silent(): void;
}

/** A request that was sent over a link. */
export interface LinkExchange {
  /** Nobody waits for the answer any more; nothing more is called. */
  cancel(): void;
  /** So many bytes of its answer have gone on to the client. */
  taken(bytes: number): void;
}

interface Question {
  /** Whether the client of an answer, confirmed a moment ago, has not gone since. Never rejects. */
  (id: string): Promise<boolean>;
}

export interface LinkParts {
  /** Connects. Rejects when there is no replica. */
  readonly open: (signal: AbortSignal) => Promise<Socket>;
  readonly silence: SilenceWatch;
  readonly stillHas: Question;
}

/** Requests that wait find out earlier that a replica is silent; this is for reports alone. */
const openMs = 5_000;
/** The other replica tells about every second that it is at work: an idle connection that is silent for longer is broken. */
const staleMs = 2_000;
/** That we are at work is told as often. */
const tellAliveMs = 1_000;
/** A whole answer has half a window at the most. */
const longestFrame = 1_048_576;
/** Reports beyond this are given up; what they are about is delivered again. */
const mostUnheard = 20_000;
const lastExchange = 0xff_ff_ff_ff;

/**
 * The way to one other replica: a connection that all requests and reports share, made anew when it breaks.
 *
 * Reports that were not heard when it breaks are told again on the next one.
 */
export class PeerLink implements Listening {
  heardAt = 0;
  readonly #calls = new Map<number, LinkCall>();
  readonly #unheard: DeliveryReport[] = [];
  /** Requests that wait for the connection. */
  #queue: { readonly exchange: number; readonly head: RequestHead; readonly body: Buffer }[] = [];
  #connection: Connection | undefined;
  #opening: AbortController | undefined;
  /** So many of the first reports were told before, on a connection that broke. */
  #retold = 0;
  #lastExchange = 0;
  /** Something was sent since it was heard of last. */
  #isAsked = false;
  #isClosed = false;

  constructor(private readonly parts: LinkParts) {}

  /** Requests that have not ended. */
  get running(): number {
    return this.#calls.size;
  }

  /** Reports that the other replica has not heard. */
  get unheard(): number {
    return this.#unheard.length;
  }

  /** Bytes that the other replica has not taken yet. */
  get backlog(): number {
    let bytes = this.#connection?.backlog ?? 0;
    for (const { body } of this.#queue) bytes += body.length;
    return bytes;
  }

  send(head: RequestHead, body: Buffer, call: LinkCall): LinkExchange {
    const now = performance.now();
    if (this.#calls.size === 0) {
      // One that was asked something since it was heard of last is silent, and found out as such.
      if (now - this.heardAt > staleMs && !this.#isAsked) this.#drop();
      if (this.#connection === undefined && !this.#isAsked) this.heardAt = now;
      this.parts.silence.add(this);
    }
    this.#isAsked = true;
    const exchange = this.#next();
    this.#calls.set(exchange, call);
    if (this.#connection === undefined) {
      this.#queue.push({ exchange, head, body });
      this.#open();
    } else {
      this.#connection.request(exchange, head, body);
    }
    return {
      cancel: () => {
        if (this.#end(exchange) === undefined) return;
        if (this.#connection !== undefined) this.#connection.out.signal(frameKind.cancel, exchange);
        else this.#queue = this.#queue.filter((waiting) => waiting.exchange !== exchange);
      },
      taken: (bytes) => this.#connection?.out.number(frameKind.taken, exchange, bytes),
    };
  }

  report(report: DeliveryReport): void {
    if (this.#isClosed || this.#unheard.length >= mostUnheard) return;
    this.#unheard.push(report);
    if (this.#connection === undefined) this.#open();
    else this.#connection.report(report);
  }

  silent(): void {
    const calls = this.#takeCalls();
    this.#drop();
    for (const call of calls) call.silent();
  }

  close(): void {
    this.#isClosed = true;
    this.#unheard.length = 0;
    this.#retold = 0;
    const calls = this.#takeCalls();
    this.#drop();
    for (const call of calls) call.broken();
  }

  #next(): number {
    do this.#lastExchange = (this.#lastExchange % lastExchange) + 1;
    while (this.#calls.has(this.#lastExchange));
    return this.#lastExchange;
  }

  #open(): void {
    if (this.#opening !== undefined) return;
    const opening = (this.#opening = new AbortController());
    const limit = setTimeout(() => opening.abort(), openMs);
    this.parts.open(opening.signal).then(
      (socket) => {
        clearTimeout(limit);
        if (this.#opening === opening) this.#opened(socket);
        else socket.destroy();
      },
      () => {
        clearTimeout(limit);
        if (this.#opening === opening) this.#failed();
      },
    );
  }

  #opened(socket: Socket): void {
    this.#opening = undefined;
    this.#heard();
    const connection = new Connection(socket, {
      received: () => this.#heard(),
      hear: (kind, exchange, payload) => this.#hear(kind, exchange, payload),
      closed: () => this.#lost(connection),
    });
    this.#connection = connection;
    for (const report of this.#unheard) connection.report(report);
    for (const { body, exchange, head } of this.#queue.splice(0)) {
      if (this.#calls.has(exchange)) connection.request(exchange, head, body);
    }
  }

  #heard(): void {
    this.heardAt = performance.now();
    this.#isAsked = false;
  }

  /** There is no replica. */
  #failed(): void {
    this.#opening = undefined;
    this.#isAsked = false;
    this.#queue = [];
    this.#unheard.length = 0;
    this.#retold = 0;
    for (const call of this.#takeCalls()) call.unreachable();
  }

  #lost(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#isAsked = false;
    const calls = this.#takeCalls();
    this.#giveUpRetold();
    if (this.#unheard.length > 0) this.#open();
    for (const call of calls) call.broken();
  }

  /** Without a word to anybody. */
  #drop(): void {
    this.#queue = [];
    this.#isAsked = false;
    this.#opening?.abort();
    this.#opening = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    this.#giveUpRetold();
    connection.destroy();
  }

  /** All were told on a connection that broke: once more, and not for ever. */
  #giveUpRetold(): void {
    this.#unheard.splice(0, this.#retold);
    this.#retold = this.#unheard.length;
  }

  #takeCalls(): readonly LinkCall[] {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    this.parts.silence.delete(this);
    return calls;
  }

  #end(exchange: number): LinkCall | undefined {
    const call = this.#calls.get(exchange);
    if (call === undefined) return undefined;
    this.#calls.delete(exchange);
    if (this.#calls.size === 0) this.parts.silence.delete(this);
    return call;
  }

  #hear(kind: number, exchange: number, payload: Buffer): void {
    switch (kind) {
      case frameKind.answer:
      case frameKind.head:
        return this.#begun(kind === frameKind.answer, exchange, messageOf(payload));
      case frameKind.data:
        return this.#calls.get(exchange)?.data(payload);
      case frameKind.end:
        return this.#end(exchange)?.ended();
      case frameKind.elsewhere:
        return this.#end(exchange)?.elsewhere(payload.toString('latin1'));
      case frameKind.broken:
        return this.#end(exchange)?.broken();
      case frameKind.heard:
        this.#unheard.splice(0, exchange);
        this.#retold = Math.max(0, this.#retold - exchange);
        return;
      case frameKind.ask:
        void this.#tell(exchange, payload.toString('latin1'));
    }
  }

  #begun(isWhole: boolean, exchange: number, { body, text }: Message): void {
    const head = answerHeadOf(text);
    const call = isWhole ? this.#end(exchange) : this.#calls.get(exchange);
    if (call === undefined) {
      // It was on its way when the client went.
      if (head.delivery !== '') this.report({ what: 'abandon', id: head.delivery });
    } else if (isWhole) call.answered(head, body);
    else call.begun(head);
  }

  async #tell(question: number, id: string): Promise<void> {
    const connection = this.#connection;
    const still = await this.parts.stillHas(id);
    connection?.out.signal(still ? frameKind.still : frameKind.gone, question);
  }
}

interface ConnectionHandler extends FrameHearer {
  closed(): void;
}

/** One connection of a link, from its beginning to its end. */
class Connection {
  readonly out: FrameWriter;

  constructor(
    private readonly socket: Socket,
    handler: ConnectionHandler,
  ) {
    this.out = new FrameWriter(socket);
    const alive = setInterval(() => this.out.signal(frameKind.alive, 0), tellAliveMs).unref();
    hearFrames(socket, longestFrame, handler);
    socket.on('close', () => {
      clearInterval(alive);
      handler.closed();
    });
  }

  request(exchange: number, head: RequestHead, body: Buffer): void {
    this.out.message(frameKind.request, exchange, requestHeadText(head), [body]);
  }

  report(report: DeliveryReport): void {
    const number = report.what === 'hold' ? report.ms : report.what === 'confirm' && report.mayAsk ? 1 : 0;
    this.out.text(frameKind[report.what], number, report.id);
  }

  /** Written and not on its way yet. */
  get backlog(): number {
    return this.socket.writableLength;
  }

  destroy(): void {
    this.socket.destroy();
  }
}
