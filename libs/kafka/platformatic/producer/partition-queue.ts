import { batchOverhead, encodeBatch, recordSizeUpperBound } from '../record-batch.ts';
import { Batch, type SendRun } from './batch.ts';
import type { PendingSend } from './pending-send.ts';
import type { ProducerId, ProducerIdentity } from './producer-identity.ts';

interface OpenRun extends SendRun {
  start: number;
  end: number;
}

/**
 * What waits for one partition, and the batch of it that is under way.
 *
 * One batch at a time: the next one starts when this one is written, or is known not to be. So order holds over
 * retries, and the sequence numbers of idempotent batches have no gaps: the next batch takes the sequence of one that
 * failed. Where it is not known whether a failed batch was written, the epoch rises instead, and with it the sequence
 * starts anew: a broker that comes upon the failed batch later refuses it, because its epoch is old.
 */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  batch: Batch | undefined;
  /** Whether it will be looked at without more being said: it is in a list, or a timer or an answer is awaited. */
  scheduled = false;
  /** When the topic or the partition was first missed, on the clock of `performance.now()`. */
  missingSince: number | undefined;
  /** A leader that a broker named, for the next try. */
  hint: number | undefined;
  /** Whether to ask for the leader before the next try. */
  needsMetadata = false;
  /** Tries to find or reach the leader since a batch was written. */
  leaderTries = 0;
  lingering: NodeJS.Timeout | undefined;
  readonly #identity: ProducerIdentity;
  #waiting: OpenRun[] = [];
  #head = 0;
  #waitingBytes = 0;
  #id: ProducerId | undefined;
  #epoch = 0;
  #sequence = 0;
  #maxBytes = Infinity;
  #maxBytesUntil = 0;
  #maxRecords = Infinity;

  constructor(topic: string, partition: number, identity: ProducerIdentity) {
    this.topic = topic;
    this.partition = partition;
    this.#identity = identity;
  }

  /** Of the records that no batch holds yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get isEmpty(): boolean {
    return this.batch === undefined && this.#head === this.#waiting.length;
  }

  /** When the first waiting record was accepted, in milliseconds since the epoch. */
  get waitingSince(): number {
    return this.#waiting[this.#head]?.source.timestamp ?? Infinity;
  }

  push(send: PendingSend, index: number, bytes: number): void {
    this.#waitingBytes += bytes;
    const last = this.#waiting[this.#waiting.length - 1];
    if (
      last !== undefined &&
      last.source === send &&
      last.end === index &&
      this.#head < this.#waiting.length
    ) {
      last.end = index + 1;
    } else {
      this.#waiting.push({ source: send, start: index, end: index + 1 });
    }
  }

  /** Drops what nobody waits for any more. @returns whether anything is left to send */
  prune(): boolean {
    if (this.batch !== undefined) {
      if (this.batch.request !== undefined || !this.batch.abandoned) return true;
      this.giveUp(this.batch);
    }
    for (let run = this.#waiting[this.#head]; run?.source.done === true; run = this.#waiting[this.#head]) {
      this.#drop(run);
      this.#advance();
    }
    return this.#head < this.#waiting.length;
  }

  /** Encodes the next batch from what waits. @returns undefined when nothing does */
  form(maxBytes: number): Batch | undefined {
    const bytesLimit =
      performance.now() < this.#maxBytesUntil ? Math.min(maxBytes, this.#maxBytes) : maxBytes;
    const runs: SendRun[] = [];
    let bytes = batchOverhead;
    let count = 0;
    collecting: for (
      let run = this.#waiting[this.#head];
      run !== undefined;
      run = this.#waiting[this.#head]
    ) {
      if (run.source.done) {
        this.#drop(run);
        this.#advance();
        continue;
      }
      const start = run.start;
      for (; run.start < run.end; run.start++) {
        const size = sizeOf(run.source, run.start);
        if (count > 0 && (bytes + size > bytesLimit || count >= this.#maxRecords)) {
          if (run.start > start) runs.push({ source: run.source, start, end: run.start });
          break collecting;
        }
        bytes += size;
        count++;
      }
      runs.push({ source: run.source, start, end: run.end });
      this.#advance();
    }
    if (count === 0) return undefined;
    this.#waitingBytes -= bytes - batchOverhead;
    this.batch = new Batch(this.topic, this.partition, runs, count, encodeBatch(runs, count, bytes), bytes);
    return this.batch;
  }

  /** Seals the batch for its next try. @param id undefined to send without idempotence */
  seal(batch: Batch, id: ProducerId | undefined): void {
    if (batch.producer !== undefined && (batch.producer.id === undefined) === (id === undefined)) return;
    if (id === undefined) {
      batch.seal(undefined, -1, -1);
      return;
    }
    // A queue stays with its id though there be a newer one: a batch that was given up and comes late is refused only
    // for the epoch of its own id.
    if (this.#id === undefined) {
      this.#id = id;
      this.#epoch = id.epoch;
      this.#sequence = 0;
    }
    batch.seal(this.#id, this.#epoch, this.#sequence);
  }

  /** The batch is written: the next one follows it. */
  written(batch: Batch): void {
    this.batch = undefined;
    this.leaderTries = 0;
    this.#maxRecords = Infinity;
    const producer = batch.producer;
    if (producer?.id === undefined || producer.id !== this.#id || producer.epoch !== this.#epoch) return;
    this.#sequence = sequenceAfter(producer.sequence, batch.count);
  }

  /** The batch will not be tried again. */
  giveUp(batch: Batch): void {
    this.batch = undefined;
    this.#maxRecords = Infinity;
    if (batch.uncertain) this.startAnew();
  }

  /** Starts a new epoch, whose sequence begins at 0. The broker takes it because it is higher. */
  startAnew(): void {
    this.#sequence = 0;
    this.#epoch++;
    if (this.#epoch > lastEpoch) this.dropId();
  }

  /** Gives up the producer id, for everybody; the next batch goes out under another. */
  dropId(): void {
    if (this.#id !== undefined) this.#identity.retire(this.#id);
    this.#id = undefined;
  }

  /** Takes a batch apart that was refused whole; its records go first, in smaller batches. */
  takeApart(
    batch: Batch,
    runs: readonly SendRun[],
    limit: { readonly maxBytes?: number; readonly maxRecords?: number },
  ): void {
    this.giveUp(batch);
    const back = runs.map((run) => ({ source: run.source, start: run.start, end: run.end }));
    for (const run of back) this.#waitingBytes += bytesOf(run);
    this.#waiting = [...back, ...this.#waiting.slice(this.#head)];
    this.#head = 0;
    if (limit.maxRecords !== undefined) this.#maxRecords = limit.maxRecords;
    if (limit.maxBytes !== undefined) {
      this.#maxBytes = limit.maxBytes;
      this.#maxBytesUntil = performance.now() + rememberLimitMs;
    }
  }

  /** Takes out everything that waits. */
  clear(): SendRun[] {
    const runs = this.#waiting.slice(this.#head);
    this.#waiting = [];
    this.#head = 0;
    this.#waitingBytes = 0;
    return runs;
  }

  #advance(): void {
    this.#head++;
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1024) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }

  #drop(run: SendRun): void {
    this.#waitingBytes -= bytesOf(run);
  }
}

/** Epochs have 16 bits. */
const lastEpoch = 32_767;
/** For how long a partition gets smaller batches after one was too large for it. */
const rememberLimitMs = 60_000;

function sizeOf(send: PendingSend, index: number): number {
  const record = send.records[index];
  return record === undefined ? 0 : recordSizeUpperBound(record);
}

function bytesOf(run: SendRun): number {
  let bytes = 0;
  for (let i = run.start; i < run.end; i++) bytes += sizeOf(run.source, i);
  return bytes;
}

/** Sequences go round after 2^31 - 1, as in the broker (DefaultRecordBatch.incrementSequence). */
export function sequenceAfter(sequence: number, count: number): number {
  return sequence > 0x7fffffff - count ? count - (0x7fffffff - sequence) - 1 : sequence + count;
}
