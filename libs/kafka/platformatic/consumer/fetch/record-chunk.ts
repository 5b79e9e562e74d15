import { crc32c } from '@platformatic/kafka';
import { KafkaError } from '../../../kafka-error.ts';
import type { ConsumerRecord, TopicPartition } from '../../../kafka-types.ts';
import { decompress } from '../../compression.ts';
import { keyOf } from '../topic-partitions.ts';
import type { AbortedTransaction } from './fetch-response.ts';
import { RecordBatch } from './record-batch.ts';
import { RecordReader } from './record-reader.ts';

/** What one fetch brought of a partition. */
export interface ChunkSource extends TopicPartition {
  /** The offset that was asked for; batches may begin before it. */
  readonly offset: bigint;
  readonly records: Buffer;
  readonly abortedTransactions: readonly AbortedTransaction[];
  readonly checkCrcs: boolean;
}

/** Record batches, decoded as they are taken: control records, aborted ones and those before the offset are left out. */
export class RecordChunk {
  readonly #source: ChunkSource;
  /** Producers whose open transaction was aborted, at the current batch. */
  readonly #aborted = new Set<bigint>();
  #nextAborted = 0;
  #position = 0;
  #batch: RecordBatch | undefined;
  #reader: RecordReader | undefined;
  #nextOffset: bigint;
  #lastEpoch = -1;
  #failure: KafkaError | undefined;
  /** What complete batches there are ends here. */
  readonly #end: number;
  /** The offset after them. */
  readonly endOffset: bigint;
  /** Leader epoch of the last of them, -1 without any. */
  readonly endEpoch: number;

  constructor(source: ChunkSource) {
    this.#source = source;
    this.#nextOffset = source.offset;
    let position = 0;
    let endOffset = source.offset;
    let endEpoch = -1;
    for (;;) {
      const batch = batchAt(source.records, position);
      if (batch === undefined) break;
      position = batch === 'broken' ? source.records.length : batch.end;
      if (batch === 'broken') break;
      if (batch.lastOffset >= endOffset) endOffset = batch.lastOffset + 1n;
      endEpoch = batch.magic < 2 ? -1 : batch.leaderEpoch;
    }
    this.#end = position;
    this.endOffset = endOffset;
    this.endEpoch = endEpoch;
  }

  /** No whole batch fits what the fetch was allowed to bring. */
  get isEmpty(): boolean {
    return this.#end === 0;
  }

  /** The offset after all that has been taken or left out. */
  get nextOffset(): bigint {
    return this.#nextOffset;
  }

  /** Leader epoch of the batch that the last record came from, -1 before any. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  /** Bytes held and not read yet. */
  get bytesLeft(): number {
    return this.#end - this.#position + (this.#reader?.bytesLeft ?? 0);
  }

  /**
   * The next record that a user may see; undefined after the last.
   *
   * @throws {KafkaError} CORRUPT_MESSAGE, UNSUPPORTED_COMPRESSION_TYPE, UNSUPPORTED_FOR_MESSAGE_FORMAT; again at each call
   */
  next(): ConsumerRecord | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#next();
    } catch (error) {
      this.#failure = this.#corrupt(error);
      throw this.#failure;
    }
  }

  #next(): ConsumerRecord | undefined {
    for (;;) {
      const record = this.#reader?.next();
      if (record === undefined) {
        if (this.#batch !== undefined) this.#leaveBatch(this.#batch);
        if (this.#position >= this.#end) return undefined;
        this.#openBatch();
      } else if (record.offset >= this.#source.offset) {
        this.#nextOffset = record.offset + 1n;
        return record;
      }
    }
  }

  #leaveBatch(batch: RecordBatch): void {
    if (batch.lastOffset >= this.#nextOffset) this.#nextOffset = batch.lastOffset + 1n;
    this.#position = batch.end;
    this.#batch = undefined;
    this.#reader = undefined;
  }

  #openBatch(): void {
    const batch = batchAt(this.#source.records, this.#position);
    if (batch === undefined || batch === 'broken')
      throw new RangeError('what comes there is no record batch');
    if (batch.lastOffset < this.#source.offset) {
      this.#position = batch.end;
      return;
    }
    this.#batch = batch;
    this.#reader = this.#readerOf(batch);
    this.#lastEpoch = batch.leaderEpoch;
  }

  #readerOf(batch: RecordBatch): RecordReader | undefined {
    if (batch.magic !== 2) throw oldFormat(batch.magic);
    if (this.#source.checkCrcs && crc32c(batch.checkedBytes) !== batch.crc)
      throw new RangeError('its checksum is wrong');
    if (this.#isLeftOut(batch)) return undefined;
    const bytes = decompress(batch.compression, batch.records, maxBatchBytes);
    const { topic, partition } = this.#source;
    return new RecordReader(bytes, batch.count, {
      topic,
      partition,
      baseOffset: batch.baseOffset,
      baseTimestamp: batch.baseTimestamp,
      logAppendTime: batch.logAppendTime,
    });
  }

  #isLeftOut(batch: RecordBatch): boolean {
    const aborted = this.#source.abortedTransactions;
    if (aborted.length > 0 && batch.producerId >= 0n) {
      for (
        let next = aborted[this.#nextAborted];
        next !== undefined && next.firstOffset <= batch.lastOffset;
      ) {
        this.#aborted.add(next.producerId);
        next = aborted[++this.#nextAborted];
      }
      if (batch.isControl) {
        if (isAbortMarker(batch)) this.#aborted.delete(batch.producerId);
      } else if (batch.isTransactional && this.#aborted.has(batch.producerId)) {
        return true;
      }
    }
    return batch.isControl;
  }

  /** Says where it is and how to get past it. */
  #corrupt(cause: unknown): KafkaError {
    const why = cause instanceof Error ? cause.message : String(cause);
    const after = this.#batch === undefined ? undefined : this.#batch.lastOffset + 1n;
    const wayOut =
      after === undefined || after <= this.#nextOffset ? '' : ` Offset ${after} is the first after it.`;
    const text = `The record batch at offset ${this.#nextOffset} of ${keyOf(this.#source)} cannot be read: ${why}.${wayOut}`;
    const known = cause instanceof KafkaError ? cause : KafkaError.of('CORRUPT_MESSAGE');
    // Reading it again does not make it better.
    return new KafkaError(known.kind, known.code, false, text, { cause });
  }
}

/** A batch that needs more memory than this is refused, however small it is compressed. */
const maxBatchBytes = 128 * 1024 * 1024;

function batchAt(bytes: Buffer, position: number): RecordBatch | 'broken' | undefined {
  try {
    return RecordBatch.at(bytes, position);
  } catch {
    return 'broken';
  }
}

function oldFormat(magic: number): KafkaError {
  return KafkaError.of('UNSUPPORTED_FOR_MESSAGE_FORMAT', `its format ${magic} is older than Kafka 0.11`);
}

/** A marker's key: version, then 0 for abort and 1 for commit. */
function isAbortMarker(batch: RecordBatch): boolean {
  const origin = { topic: '', partition: 0, baseOffset: 0n, baseTimestamp: 0n, logAppendTime: undefined };
  const marker = new RecordReader(batch.records, batch.count, origin).next();
  return marker?.key?.length === 4 && marker.key.readInt16BE(2) === 0;
}
