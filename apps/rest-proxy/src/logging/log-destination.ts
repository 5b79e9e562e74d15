import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Lines wait for each other up to so many characters, or for so long: a system call a line costs more than the line. */
const worthWriting = 16_000;
const longestWaitMs = 200;
/** A pipe whose reader is slow says "again". */
const againMs = 20;

/**
 * Where log lines go: a file descriptor, written in the background and in large pieces.
 *
 * Never blocks and never fails: lines that cannot be written are dropped, and a line says how many.
 */
export class LogDestination implements DestinationStream {
  #waiting = '';
  /** What is being written. */
  #writing: Buffer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;
  #flushed: (() => void)[] = [];

  /** @param mostWaiting characters that wait for a reader that has stopped reading; beyond it lines are dropped */
  constructor(
    private readonly fd: number,
    private readonly mostWaiting = 8_000_000,
  ) {}

  write(line: string): void {
    if (this.#waiting.length > this.mostWaiting) {
      this.#dropped++;
      return;
    }
    this.#waiting += line;
    if (this.#waiting.length >= worthWriting) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), longestWaitMs).unref();
  }

  /** Tells when all that was logged until now is written. */
  flush(done: () => void = () => undefined): void {
    this.#flushed.push(done);
    this.#send();
  }

  /** Writes what there is before it returns: for the last words of a process. */
  flushSync(): void {
    const rest = Buffer.concat([this.#writing ?? Buffer.alloc(0), Buffer.from(this.#take())]);
    this.#writing = undefined;
    const deadline = performance.now() + longestWaitMs;
    for (let at = 0; at < rest.length && performance.now() < deadline;) {
      try {
        at += writeSync(this.fd, rest, at);
      } catch (error) {
        if (!isAgain(error)) return;
      }
    }
  }

  #send(): void {
    if (this.#writing !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === '') {
      for (const done of this.#flushed.splice(0)) done();
      return;
    }
    this.#write(Buffer.from(this.#take()));
  }

  #take(): string {
    const lines = this.#waiting;
    this.#waiting = '';
    if (this.#dropped === 0) return lines;
    const note = {
      level: 'warn',
      time: new Date().toISOString(),
      dropped: this.#dropped,
      msg: 'log lines dropped',
    };
    this.#dropped = 0;
    return `${lines}${JSON.stringify(note)}\n`;
  }

  #write(rest: Buffer): void {
    this.#writing = rest;
    write(this.fd, rest, (error, written) => {
      // `flushSync` has written it meanwhile.
      if (this.#writing !== rest) return;
      if (error !== null && isAgain(error)) {
        setTimeout(() => this.#write(rest), againMs);
      } else if (error === null && written < rest.length) {
        this.#write(rest.subarray(written));
      } else {
        this.#writing = undefined;
        if (this.#waiting.length >= worthWriting || this.#flushed.length > 0) this.#send();
      }
    });
  }
}

const isAgain = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EAGAIN';
