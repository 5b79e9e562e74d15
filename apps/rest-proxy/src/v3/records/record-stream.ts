import type { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { ProduceStream, StreamItem, Deliver } from '#libs/produce/produce-stream.ts';
import type { RecordOutcome } from '#libs/produce/record-draft.ts';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';
import { HeldBytes } from './held-bytes.ts';
import { processing, RecordReader } from './record-reader.ts';
import type { RecordResults } from './record-results.ts';

export interface StreamSettings {
  /** Of one record's JSON. */
  readonly maxRecordBytes: number;
  /** Records that come later than this are refused, one by one. */
  readonly maxDurationMs: number;
  /** So long after that the stream ends. */
  readonly gracePeriodMs: number;
  readonly idleTimeoutMs: number;
}

export interface StreamParts {
  readonly req: RestRequest;
  /** Its head is written. */
  readonly res: RestResponse;
  /** The body, decompressed. */
  readonly source: Readable;
  readonly isLatin1: boolean;
  readonly results: RecordResults;
  readonly settings: StreamSettings;
  /** Why a record of so many bytes is refused, if it is. */
  readonly admit: (bytes: number) => RestError | undefined;
  readonly produce: (deliver: Deliver) => ProduceStream;
}

/**
 * One open stream: records in, results out, both at one time.
 *
 * It reads no more than a bounded number of records and bytes ahead of Kafka and of the client's reading: beyond that
 * the body waits in the connection. Whatever ends it, records that were read before are answered first.
 */
export class RecordStream {
  static readonly #logger = new Logger('RecordStream');
  readonly #reader: RecordReader;
  readonly #produce: ProduceStream;
  readonly #held: HeldBytes;
  readonly #openedAt = performance.now();
  readonly #age: NodeJS.Timeout;
  /** Results to be written in this tick. */
  #text = '';
  #flushPlanned = false;
  #writePlanned = false;
  /** The producer wants nothing now. */
  #busy = false;
  /** There is no room for what was received. */
  #waiting = false;
  #paused = false;
  /** Nothing more is read; `#last` is said before the end. */
  #ending = false;
  #last: RestError | undefined;
  #saidTooOld = false;
  #closed = false;

  /** @param onClose called once, when the stream is over in whatever way */
  constructor(
    private readonly parts: StreamParts,
    private readonly onClose: (stream: RecordStream) => void,
  ) {
    const { req, res, source, settings } = parts;
    this.#reader = new RecordReader(settings.maxRecordBytes, (bytes) => this.#admit(bytes));
    this.#produce = parts.produce((outcomes) => this.#deliver(outcomes));
    this.#held = new HeldBytes(req.context.server);
    const lifeMs = Math.min(settings.maxDurationMs + settings.gracePeriodMs, longestTimerMs);
    this.#age = setTimeout(() => this.end(this.#saidTooOld ? undefined : restErrors.streamTooOld()), lifeMs);
    this.#age.unref();
    source.on('data', (chunk: Buffer) => this.#receive(chunk));
    source.on('end', () => this.#sourceEnded());
    source.on('error', (cause) => {
      // Of the connection, which closes by itself, or of the decompressor.
      if (source !== req) this.end(processing('The body is not what its Content-Encoding says', { cause }));
    });
    req.on('error', () => undefined);
    req.on('timeout', () => this.#silent());
    res.on('drain', () => this.#flow());
    res.on('close', () => this.#close());
  }

  /** Reads no more, answers what was read, and ends. @param last said at the end */
  end(last?: RestError): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#last = last;
    this.parts.source.pause();
    this.#planFlush();
  }

  #receive(chunk: Buffer): void {
    if (this.#ending || this.#closed) return;
    this.parts.req.context.bytesIn += chunk.length;
    if (!this.#held.tryHold(chunk.length)) {
      this.#receiveLater(chunk, performance.now() + longestWaitMs);
      return;
    }
    this.#read(chunk);
  }

  /** The proxy as a whole holds too much: the client waits, and in the end is told. */
  #receiveLater(chunk: Buffer, deadline: number): void {
    this.#waiting = true;
    this.#flow();
    setTimeout(() => {
      this.#waiting = false;
      if (this.#ending || this.#closed) return;
      if (this.#held.tryHold(chunk.length)) this.#read(chunk);
      else if (performance.now() < deadline) this.#receiveLater(chunk, deadline);
      else this.end(restErrors.overloaded('too many bytes in flight'));
    }, retryMs);
  }

  #read(chunk: Buffer): void {
    this.#reader.feed(this.parts.isLatin1 ? Buffer.from(chunk.toString('latin1')) : chunk);
    if (this.#reader.failure !== undefined) this.end(this.#reader.failure);
    else this.#planFlush();
  }

  #sourceEnded(): void {
    if (this.#ending) return;
    this.#reader.end();
    this.end(this.#reader.failure);
  }

  #admit(bytes: number): RestError | undefined {
    if (performance.now() - this.#openedAt <= this.parts.settings.maxDurationMs)
      return this.parts.admit(bytes);
    this.#saidTooOld = true;
    return restErrors.streamTooOld();
  }

  /** What one reading of the connection brings goes to the producer together, in however many chunks it was sent. */
  #planFlush(): void {
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#flushPlanned = false;
    if (this.#closed || this.#busy) return;
    const items: readonly StreamItem[] = this.#reader.take();
    this.#held.assign(items.length, this.#reader.unfinishedBytes);
    const later = items.length === 0 ? undefined : this.#produce.push(items);
    if (later !== undefined) {
      this.#busy = true;
      later.then(
        () => {
          this.#busy = false;
          this.#flush();
        },
        (error: unknown) => this.#fault(error),
      );
    }
    this.#flow();
    this.#endWhenDone();
  }

  #deliver(outcomes: readonly RecordOutcome[]): void {
    if (this.#closed) return;
    const { results, req } = this.parts;
    let text = '';
    for (const outcome of outcomes) {
      text += `${results.objectOf(outcome)}\r\n`;
      if (outcome.error === undefined) req.context.records++;
      else if (!isExpected(outcome.error)) this.#report(outcome.error);
    }
    this.#text += text;
    this.#held.done(outcomes.length);
    this.#planWrite();
  }

  #planWrite(): void {
    if (this.#writePlanned) return;
    this.#writePlanned = true;
    process.nextTick(() => {
      this.#writePlanned = false;
      if (this.#closed) return;
      this.#write(this.#text);
      this.#text = '';
      this.#flow();
      this.#endWhenDone();
    });
  }

  #write(text: string): void {
    if (text === '') return;
    this.parts.req.context.bytesOut += Buffer.byteLength(text);
    this.parts.res.write(text);
  }

  /** Reads on, or not, by what is under way. */
  #flow(): void {
    if (this.#ending || this.#closed) return;
    const { source, res } = this.parts;
    const { pending } = this.#produce;
    const bytes = this.#held.assigned;
    if (
      this.#busy ||
      this.#waiting ||
      res.writableNeedDrain ||
      pending >= mostRecords ||
      bytes >= mostBytes
    ) {
      if (!this.#paused) source.pause();
      this.#paused = true;
    } else if (this.#paused && pending <= mostRecords / 2 && bytes <= mostBytes / 2) {
      this.#paused = false;
      source.resume();
    }
  }

  /** Nothing moved for a while. A client that waits for Kafka may wait; one that does not read is not waited for. */
  #silent(): void {
    if (this.#paused || this.#busy || this.#produce.pending > 0) return;
    const { idleTimeoutMs } = this.parts.settings;
    this.end(processing(`TimeoutException: Idle timeout expired: ${idleTimeoutMs}/${idleTimeoutMs} ms`));
  }

  #endWhenDone(): void {
    if (!this.#ending || this.#closed || this.#busy || this.#flushPlanned || this.#writePlanned) return;
    if (this.#produce.pending > 0) return;
    const { req, res, source, results } = this.parts;
    if (this.#last !== undefined) {
      const error = results.errorOf(this.#last);
      req.context.errorCode = error.errorCode;
      this.#write(`${results.objectOf({ error: this.#last })}\r\n`);
    }
    this.#finish();
    res.end();
    if (source !== req) req.unpipe();
    if (!req.complete) discardRest(req);
  }

  #fault(error: unknown): void {
    this.#report(error);
    this.parts.res.destroy();
  }

  #report(error: unknown): void {
    const { requestId } = this.parts.req.context;
    RecordStream.#logger.error({ requestId, err: error }, 'A record failed unexpectedly');
  }

  /** The client is gone, or has everything. */
  #close(): void {
    if (this.#closed) return;
    this.#finish();
    const { req, source } = this.parts;
    if (source !== req) source.destroy();
  }

  #finish(): void {
    this.#closed = true;
    this.#ending = true;
    clearTimeout(this.#age);
    this.#held.releaseAll();
    this.onClose(this);
  }
}

function isExpected(error: Error): boolean {
  return error instanceof RestError || error instanceof KafkaError;
}

/**
 * A connection that is closed with unread bytes takes the answer with it: what the client goes on sending is thrown away
 * for a while.
 */
function discardRest(req: RestRequest): void {
  const { socket } = req;
  const timer = setTimeout(() => socket.destroySoon(), lingerMs);
  req.on('end', () => clearTimeout(timer));
  req.on('close', () => clearTimeout(timer));
  socket.on('close', () => clearTimeout(timer));
  req.resume();
}

/** Read ahead of the results, a stream. */
const mostRecords = 4_096;
const mostBytes = 524_288;
const retryMs = 25;
const longestWaitMs = 10_000;
const lingerMs = 1_000;
const longestTimerMs = 2 ** 31 - 1;
