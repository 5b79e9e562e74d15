import { Socket } from 'node:net';
import { AnswerStream, type AnswerLink } from './answer-stream.ts';
import { FrameWriter } from './frame-writer.ts';
import { frameKind, messageOf, type Message } from './frames.ts';
import { hearFrames } from './hear-frames.ts';
import type { DeliveryReport } from './delivery-report.ts';

/** Whoever does what another replica asks for. */
export interface LinkHandler {
  /** @throws {RangeError} it is no request */
  serve(exchange: number, request: Message, session: LinkSession): AnswerStream;
  /** @param ask whether the client of the delivery has not gone since. Never rejects */
  report(report: DeliveryReport, ask: () => Promise<boolean>): void;
  ended(session: LinkSession): void;
}

/** A request of one more byte than the largest body is refused by the replica that has the client. */
const spareBytes = 1_048_576;
/** Whoever goes on waits no longer for the word of the other replica: as long as a busy one may take, not a stopped one. */
const askMs = 2_000;
const mostQuestions = 20_000;
/** What goes to a replica that is silent for so long would be kept for ever. */
const silenceMs = 10_000;

/** The end of a link at which requests are answered. */
export class LinkSession implements AnswerLink {
  readonly socketStandIn: Socket;
  readonly out: FrameWriter;
  readonly #answers = new Map<number, AnswerStream>();
  readonly #questions = new Map<number, (still: boolean) => void>();
  #lastQuestion = 0;
  #ready: AnswerStream[] = [];
  #over: AnswerStream[] = [];
  #heard = 0;
  #bytesWritten = 0;
  #bytesRead = 0;
  #heardAt = performance.now();
  /** The other replica tells that it is at work. */
  #isVocal = false;
  #isClosing = false;

  /** @param longestBody of a request */
  constructor(
    private readonly socket: Socket,
    private readonly handler: LinkHandler,
    longestBody: number,
  ) {
    this.out = new FrameWriter(
      socket,
      () => this.#gather(),
      () => this.#settle(),
    );
    this.socketStandIn = standInFor(socket);
    hearFrames(socket, longestBody + spareBytes, {
      hear: (kind, exchange, payload) => this.#hear(kind, exchange, payload),
    });
    socket.on('drain', () => this.#settle());
    socket.on('close', () => this.#closed());
  }

  /** Answers that are not over. */
  get waiting(): number {
    return this.#answers.size;
  }

  /** Tells that this replica is at work, unless something else has told it since the last time. */
  tellAlive(): void {
    const { bytesWritten } = this.socket;
    if (bytesWritten === this.#bytesWritten) this.out.signal(frameKind.alive, 0);
    this.#bytesWritten = bytesWritten;
  }

  /** Ends the link of a replica that used to tell that it is at work and has not for long. @param hasSlept we have */
  endWhenSilent(now: number, hasSlept: boolean): void {
    const { bytesRead } = this.socket;
    if (bytesRead !== this.#bytesRead || hasSlept) this.#heardAt = now;
    this.#bytesRead = bytesRead;
    if (this.#isVocal && now - this.#heardAt > silenceMs) this.socket.destroy();
  }

  /** Ends when the last answer is over. */
  endWhenIdle(): void {
    this.#isClosing = true;
    // After what is to be said yet.
    this.out.schedule();
  }

  destroy(): void {
    this.socket.destroy();
  }

  ready(answer: AnswerStream): void {
    if (this.#ready.push(answer) === 1) this.out.schedule();
  }

  ended(answer: AnswerStream): void {
    this.#answers.delete(answer.exchange);
    if (this.#over.push(answer) === 1) this.out.schedule();
  }

  #hear(kind: number, exchange: number, payload: Buffer): void {
    switch (kind) {
      case frameKind.request:
        if (this.#answers.has(exchange)) throw new RangeError(`Two requests have the number ${exchange}`);
        this.#answers.set(exchange, this.handler.serve(exchange, messageOf(payload), this));
        return;
      case frameKind.cancel:
        return this.#answers.get(exchange)?.cancel();
      case frameKind.taken:
        return this.#answers.get(exchange)?.taken(payload.readUInt32BE(0));
      case frameKind.confirm:
        return this.#report({ what: 'confirm', id: payload.toString('latin1'), mayAsk: exchange === 1 });
      case frameKind.abandon:
        return this.#report({ what: 'abandon', id: payload.toString('latin1') });
      case frameKind.hold:
        return this.#report({ what: 'hold', id: payload.toString('latin1'), ms: exchange });
      case frameKind.alive:
        this.#isVocal = true;
        return;
      case frameKind.still:
      case frameKind.gone:
        this.#questions.get(exchange)?.(kind === frameKind.still);
    }
  }

  #report(report: DeliveryReport): void {
    if (this.#heard++ === 0) this.out.schedule();
    this.handler.report(report, () => this.#ask(report.id));
  }

  /** What nobody answers is delivered again: a link may break while the client hangs up. Never rejects. */
  #ask(id: string): Promise<boolean> {
    if (this.socket.destroyed || this.#questions.size >= mostQuestions) return Promise.resolve(false);
    this.#lastQuestion = (this.#lastQuestion % 0xff_ff_ff_ff) + 1;
    const question = this.#lastQuestion;
    this.out.text(frameKind.ask, question, id);
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(false), askMs);
      const settle = (still: boolean): void => {
        clearTimeout(timer);
        this.#questions.delete(question);
        resolve(still);
      };
      this.#questions.set(question, settle);
    });
  }

  /** Before the frames of this turn are written. */
  #gather(): void {
    if (this.#heard > 0) {
      const heard = this.#heard;
      this.#heard = 0;
      this.out.signal(frameKind.heard, heard);
    }
    if (!this.socket.writableNeedDrain) this.#flushReady();
  }

  #flushReady(): void {
    const ready = this.#ready;
    this.#ready = [];
    for (const answer of ready) answer.flush();
  }

  /** What the connection has taken is over. */
  #settle(): void {
    if (this.socket.writableNeedDrain && !this.socket.destroyed) return;
    const over = this.#over;
    this.#over = [];
    for (const answer of over) answer.close();
    if (this.#ready.length > 0) this.out.schedule();
    if (this.#isClosing && this.#answers.size === 0) this.socket.destroySoon();
  }

  #closed(): void {
    for (const settle of this.#questions.values()) settle(false);
    for (const answer of this.#answers.values()) answer.cancel();
    this.#settle();
    this.handler.ended(this);
  }
}

/** A request must not break the link when it breaks off itself. */
function standInFor({ remoteAddress, readableHighWaterMark }: Socket): Socket {
  const standIn: Socket = Object.create(Socket.prototype, {
    remoteAddress: { value: remoteAddress },
    readableHighWaterMark: { value: readableHighWaterMark },
    destroyed: { value: true },
  });
  return standIn;
}
