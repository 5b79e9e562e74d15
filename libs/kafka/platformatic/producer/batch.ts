import type { KafkaError } from '../../kafka-error.ts';
import { sealBatch, type BatchProducer, type RecordRun } from '../record-batch.ts';
import type { PendingSend } from './pending-send.ts';
import type { ProducerId } from './producer-identity.ts';

/** Records of one call that lie side by side in a batch. */
export interface SendRun extends RecordRun {
  readonly source: PendingSend;
}

const withoutProducer: BatchProducer = { producerId: -1n, epoch: -1, sequence: -1 };

/**
 * Records on their way to a partition. What is in it never changes: a retry must carry the same records under the same
 * sequence, or the broker cannot tell that it has them already.
 */
export class Batch {
  readonly topic: string;
  readonly partition: number;
  readonly runs: readonly SendRun[];
  readonly count: number;
  /** About what it takes uncompressed. */
  readonly plainBytes: number;
  /** Encoded and compressed; the producer and the checksum are in it once it is sealed. */
  bytes: Buffer;
  /** How often it was tried. */
  attempts = 0;
  /** Whether an earlier try may have been written, because no answer said otherwise. */
  uncertain = false;
  /** The request that carries it, while an answer to it is awaited. */
  request: object | undefined;
  #producer: (BatchProducer & { readonly id: ProducerId | undefined }) | undefined;

  constructor(
    topic: string,
    partition: number,
    runs: readonly SendRun[],
    count: number,
    bytes: Buffer,
    plainBytes: number,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.runs = runs;
    this.count = count;
    this.bytes = bytes;
    this.plainBytes = plainBytes;
  }

  /** Whether nobody waits for any of its records. */
  get abandoned(): boolean {
    return this.runs.every((run) => run.source.done);
  }

  /** Under which producer id and sequence it goes out; undefined before it is sealed. */
  get producer(): (BatchProducer & { readonly id: ProducerId | undefined }) | undefined {
    return this.#producer;
  }

  seal(id: ProducerId | undefined, epoch: number, sequence: number): void {
    const producer = id === undefined ? withoutProducer : { producerId: id.producerId, epoch, sequence };
    sealBatch(this.bytes, producer);
    this.#producer = { ...producer, id };
  }

  /** Lets it be sealed anew: what it was sealed with will not be taken. */
  unseal(): void {
    this.#producer = undefined;
  }

  succeed(baseOffset: bigint, logAppendTime: bigint): void {
    let offset = baseOffset;
    for (const { source, start, end } of this.runs) {
      source.succeed(start, end, this.partition, offset, logAppendTime);
      if (offset >= 0n) offset += BigInt(end - start);
    }
  }

  fail(error: KafkaError): void {
    for (const { source, start, end } of this.runs) source.fail(start, end, error);
  }

  /** Remembers why it is tried again, for those who will have waited in vain. */
  blame(error: KafkaError): void {
    for (const { source } of this.runs) source.lastError = error;
  }

  /** Fails single records by their index. @returns the runs of the others */
  failRecords(errors: ReadonlyMap<number, KafkaError>): SendRun[] {
    const kept: SendRun[] = [];
    let index = 0;
    for (const { source, start, end } of this.runs) {
      let from = start;
      for (let i = start; i < end; i++, index++) {
        const error = errors.get(index);
        if (error === undefined) continue;
        source.fail(i, i + 1, error);
        if (i > from) kept.push({ source, start: from, end: i });
        from = i + 1;
      }
      if (end > from) kept.push({ source, start: from, end });
    }
    return kept;
  }
}
