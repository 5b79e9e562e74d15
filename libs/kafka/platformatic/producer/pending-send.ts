import { KafkaError } from '../../kafka-error.ts';
import type { SendProgress, SendResult } from '../../kafka-producer.ts';
import type { ProducerRecord } from '../../kafka-types.ts';

/** One call of `send`: its records, and the results that have come. */
export class PendingSend {
  readonly records: readonly ProducerRecord[];
  /** Milliseconds since the epoch, for records without a time of their own. */
  readonly timestamp: number;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  /** What it takes of the buffer memory. */
  readonly bytes: number;
  /** Why records of this call are tried again. */
  lastError: KafkaError | undefined;
  /** Told of the first results while others are missing. */
  progress: SendProgress | undefined;
  previous: PendingSend | undefined;
  next: PendingSend | undefined;
  readonly #results: SendResult[];
  readonly #finish: (send: PendingSend, results: readonly SendResult[]) => void;
  #time: bigint | undefined;
  #open: number;
  #known = 0;

  constructor(
    records: readonly ProducerRecord[],
    timestamp: number,
    deadline: number,
    bytes: number,
    finish: (send: PendingSend, results: readonly SendResult[]) => void,
  ) {
    this.records = records;
    this.timestamp = timestamp;
    this.deadline = deadline;
    this.bytes = bytes;
    this.#results = Array<SendResult>(records.length);
    this.#open = records.length;
    this.#finish = finish;
  }

  /** Whether every record has a result; what comes later is dropped. */
  get done(): boolean {
    return this.#open === 0;
  }

  /** Says that records `start` to `end` lie at `offset` and on. */
  succeed(start: number, end: number, partition: number, offset: bigint, logAppendTime: bigint): void {
    if (this.#open === 0) return;
    for (let i = start, at = offset; i < end; i++) {
      if (this.#results[i] !== undefined) continue;
      const timestamp = logAppendTime >= 0n ? logAppendTime : (this.records[i]?.timestamp ?? this.#ownTime());
      this.#results[i] = { partition, offset: at, timestamp };
      if (at >= 0n) at++;
      this.#open--;
    }
    this.#settled();
  }

  fail(start: number, end: number, error: KafkaError): void {
    if (this.#open === 0) return;
    for (let i = start; i < end; i++) {
      if (this.#results[i] !== undefined) continue;
      this.#results[i] = { error };
      this.#open--;
    }
    this.#settled();
  }

  failAll(error: KafkaError): void {
    this.fail(0, this.records.length, error);
  }

  #settled(): void {
    if (this.#open === 0) {
      this.#finish(this, this.#results);
    } else if (this.progress !== undefined) {
      const before = this.#known;
      while (this.#results[this.#known] !== undefined) this.#known++;
      if (this.#known > before) this.progress(this.#results, this.#known);
    }
  }

  #ownTime(): bigint {
    this.#time ??= BigInt(this.timestamp);
    return this.#time;
  }
}

/** The calls of `send` under way, oldest first, and the memory they take. */
export class ActiveSends {
  #first: PendingSend | undefined;
  #last: PendingSend | undefined;
  #count = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(send: PendingSend): void {
    send.previous = this.#last;
    if (this.#last === undefined) this.#first = send;
    else this.#last.next = send;
    this.#last = send;
    this.#count++;
    this.#bytes += send.bytes;
  }

  remove(send: PendingSend): void {
    if (send.previous === undefined) this.#first = send.next;
    else send.previous.next = send.next;
    if (send.next === undefined) this.#last = send.previous;
    else send.next.previous = send.previous;
    send.previous = undefined;
    send.next = undefined;
    this.#count--;
    this.#bytes -= send.bytes;
  }

  /** Fails what passed its deadline. */
  expire(now: number, timeoutMs: number): void {
    for (let send = this.#first; send !== undefined && send.deadline <= now; send = this.#first) {
      send.failAll(expired(send, timeoutMs));
    }
  }

  failAll(error: KafkaError): void {
    for (let send = this.#first; send !== undefined; send = this.#first) send.failAll(error);
  }
}

function expired(send: PendingSend, timeoutMs: number): KafkaError {
  const cause = send.lastError;
  const why = cause === undefined ? '' : ` The last error was ${cause.kind}: ${cause.message}`;
  return KafkaError.of(
    'REQUEST_TIMED_OUT',
    `Expiring record(s): ${timeoutMs} ms has passed since they were accepted.${why}`,
    cause,
  );
}
