import type { KafkaError } from '../../kafka-error.ts';
import type { ConsumerRecord, TopicPartition } from '../../kafka-types.ts';
import type { RecordChunk } from './fetch/record-chunk.ts';
import { keyOf } from './topic-partitions.ts';

/** Where a position is to be looked up. */
export type Lookup = 'committed' | 'earliest' | 'latest';

/** One assigned partition: where it is read, and what has been fetched and not yet taken. */
export class PartitionState implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  /** Raised whenever the reading starts somewhere else: what was asked for before is void. */
  version = 0;
  /** Undefined as soon as the position is known. */
  lookup: Lookup | undefined = 'committed';
  /** An error that stands between here and the next record; stays until a seek unless `isPassing`. */
  failure: { readonly error: KafkaError; readonly isPassing: boolean } | undefined;
  /** Just assigned, and its owner has not said yet where to read it. */
  isHeld = false;
  /** Where to read when the group has committed nothing; what auto.offset.reset says when undefined. */
  uncommitted: bigint | undefined;
  /** Turn in which it last got records; the one that waited longest is asked for first. */
  servedAt = 0;
  /** Where the log ended when last seen, for readers of this isolation; undefined when unknown. */
  logEnd: bigint | undefined;
  /** Id of the topic that it is read from; another one is another log. Undefined until it is known. */
  topicId: string | undefined;
  #position: bigint | undefined;
  #cursor: bigint | undefined;
  #cursorEpoch = -1;
  #fetchOffset: bigint | undefined;
  #fetchEpoch = -1;
  #chunks: RecordChunk[] = [];
  #returned: ConsumerRecord[] = [];
  #returnedIndex = 0;
  #askedVersion = -1;
  #failures = 0;
  #retryAt = 0;
  #failing: { readonly since: number; readonly error: KafkaError } | undefined;

  constructor({ topic, partition }: TopicPartition) {
    this.topic = topic;
    this.partition = partition;
    this.key = keyOf(this);
  }

  /** The next offset to be polled; undefined until it has been looked up. */
  get position(): bigint | undefined {
    return this.#position;
  }

  /** The offset after the last record taken; ahead of the position while a poll collects. */
  get cursor(): bigint | undefined {
    return this.#cursor;
  }

  /** Leader epoch of the last record taken, -1 when unknown. */
  get cursorEpoch(): number {
    return this.#cursorEpoch;
  }

  /** The offset after everything fetched. */
  get fetchOffset(): bigint | undefined {
    return this.#fetchOffset;
  }

  /** Leader epoch of the last record fetched, -1 when unknown. */
  get fetchEpoch(): number {
    return this.#fetchEpoch;
  }

  get bufferedBytes(): number {
    let bytes = 0;
    for (const chunk of this.#chunks) bytes += chunk.bytesLeft;
    return bytes;
  }

  /** Whether `next` has something to say. */
  get isReady(): boolean {
    return this.failure !== undefined || this.#hasRecords;
  }

  get #hasRecords(): boolean {
    return this.#returnedIndex < this.#returned.length || this.#chunks.length > 0;
  }

  /** Whether a request for its current place is under way. */
  get isAsked(): boolean {
    return this.#askedVersion === this.version;
  }

  /** Milliseconds of performance.now() before which it is not to be asked for again. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** Since when nothing has worked, and why. */
  get failing(): { readonly since: number; readonly error: KafkaError } | undefined {
    return this.#failing;
  }

  get failures(): number {
    return this.#failures;
  }

  asked(): void {
    this.#askedVersion = this.version;
  }

  answered(version: number): void {
    if (this.#askedVersion === version) this.#askedVersion = -1;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#retryAt = 0;
    this.#failing = undefined;
  }

  failed(error: KafkaError, backoffMs: number): void {
    const now = performance.now();
    this.#failures++;
    this.#retryAt = now + backoffMs;
    this.#failing = { since: this.#failing?.since ?? now, error };
  }

  /** Reads on from an offset; what was fetched is void. @param epoch leader epoch of the record before it, -1 when unknown */
  seek(offset: bigint, epoch = -1): void {
    this.#restart();
    this.lookup = undefined;
    this.#position = this.#cursor = this.#fetchOffset = offset;
    this.#cursorEpoch = this.#fetchEpoch = epoch;
  }

  /** Reads on from an offset that is to be looked up; until then there is no position. */
  seekTo(lookup: Lookup): void {
    this.#restart();
    this.lookup = lookup;
    this.#position = this.#cursor = this.#fetchOffset = undefined;
    this.#cursorEpoch = this.#fetchEpoch = -1;
  }

  /** Forgets what was fetched and not polled; the position stays. */
  dropBuffer(): void {
    this.#chunks = [];
    this.#returned = [];
    this.#returnedIndex = 0;
    this.#cursor = this.#fetchOffset = this.#position;
    this.#fetchEpoch = this.#cursorEpoch;
  }

  add(chunk: RecordChunk): void {
    this.#chunks.push(chunk);
    this.#fetchOffset = chunk.endOffset;
    if (chunk.endEpoch >= 0) this.#fetchEpoch = chunk.endEpoch;
  }

  /** The next record; undefined when there is none here. @throws {KafkaError} `failure`, or that of a batch that cannot be read */
  next(): ConsumerRecord | undefined {
    const returned = this.#returned[this.#returnedIndex];
    if (returned !== undefined) {
      this.#returnedIndex++;
      this.#cursor = returned.offset + 1n;
      return returned;
    }
    if (this.#returned.length > 0) {
      this.#returned = [];
      this.#returnedIndex = 0;
    }
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const record = chunk.next();
      this.#cursor = chunk.nextOffset;
      if (chunk.lastEpoch >= 0) this.#cursorEpoch = chunk.lastEpoch;
      if (record !== undefined) return record;
      this.#chunks.shift();
    }
    if (this.failure !== undefined) throw this.failure.error;
    return undefined;
  }

  /** Its owner has been told of the error that `next` throws. */
  failureSeen(): void {
    if (this.failure?.isPassing === true) this.failure = undefined;
  }

  /** Puts records back that `next` gave, before all others. @param cursor where the reading is then */
  giveBack(records: readonly ConsumerRecord[], cursor: bigint): void {
    this.#returned = [...records, ...this.#returned.slice(this.#returnedIndex)];
    this.#returnedIndex = 0;
    this.#cursor = cursor;
  }

  /** What has been taken counts as polled from now on. */
  settle(): void {
    this.#position = this.#cursor;
  }

  #restart(): void {
    this.version++;
    this.failure = undefined;
    this.logEnd = undefined;
    this.topicId = undefined;
    this.#chunks = [];
    this.#returned = [];
    this.#returnedIndex = 0;
    this.succeeded();
  }
}
