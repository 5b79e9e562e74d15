import { RestError } from '#libs/errors/rest-error.ts';
import type { KafkaProducer, SendResult } from '#libs/kafka/kafka-producer.ts';
import type { ProducerRecord } from '#libs/kafka/kafka-types.ts';
import type { RecordSerializer, SchemaSelection } from '#libs/serde/serde.ts';
import type { Serdes } from '#libs/serde/serdes.ts';
import type { DraftData, RecordDraft, RecordOutcome, WrittenData } from './record-draft.ts';

/** Where the outcomes of a stream go, in the order of its records. */
export type Deliver = (outcomes: readonly RecordOutcome[]) => void;

/** A record to send, or why it is not sent: the answer to it comes in its place. */
export type StreamItem = RecordDraft | RestError;

interface Prepared {
  readonly record: ProducerRecord;
  readonly key: WrittenData | undefined;
  readonly value: WrittenData | undefined;
}

type Entry = Prepared | { readonly error: unknown };

/** Items that went to the producer in one call. */
interface Segment {
  readonly entries: readonly Entry[];
  results: readonly SendResult[];
  /** Results that are there. */
  known: number;
  /** Entries and results that were delivered. */
  delivered: number;
  used: number;
}

/**
 * Records of one topic, one after another, each by itself: one that cannot be written does not keep the others back.
 *
 * They are handed to the producer in their order, and their outcomes come in that order, each as soon as it and all
 * before it are known.
 */
export class ProduceStream {
  /** Records whose outcome has not been delivered. */
  pending = 0;
  readonly #segments: Segment[] = [];
  readonly #memo: { key: Remembered | undefined; value: Remembered | undefined } = {
    key: undefined,
    value: undefined,
  };
  #room: Promise<void> | undefined;

  constructor(
    private readonly topic: string,
    private readonly serdes: Serdes,
    private readonly producer: KafkaProducer,
    private readonly deliver: Deliver,
  ) {}

  /**
   * Takes more records.
   *
   * @returns undefined when the producer has them all; else a promise, until which nothing more may be pushed: a schema
   *   is fetched, or there is no room
   */
  push(items: readonly StreamItem[]): Promise<void> | undefined {
    this.pending += items.length;
    // What a serializer may cost is limited, so none lives longer than a push.
    this.#memo.key = undefined;
    this.#memo.value = undefined;
    return this.#room === undefined ? this.#take(items, 0, []) : this.#takeWhenRoom(items);
  }

  async #takeWhenRoom(items: readonly StreamItem[]): Promise<void> {
    while (this.#room !== undefined) await this.#room;
    await this.#take(items, 0, []);
  }

  #take(items: readonly StreamItem[], start: number, entries: Entry[]): Promise<void> | undefined {
    for (let i = start; i < items.length; i++) {
      const item = items[i];
      if (item === undefined) continue;
      const entry = item instanceof RestError ? { error: item } : this.#prepare(item);
      if (entry instanceof Promise) {
        this.#send(entries);
        return this.#takeAfter(entry, items, i + 1);
      }
      entries.push(entry);
    }
    this.#send(entries);
    return undefined;
  }

  async #takeAfter(entry: Promise<Entry>, items: readonly StreamItem[], next: number): Promise<void> {
    const entries = [await entry];
    while (this.#room !== undefined) await this.#room;
    await this.#take(items, next, entries);
  }

  #prepare(draft: RecordDraft): Entry | Promise<Entry> {
    try {
      const key = draft.key === undefined ? undefined : this.#serializer('key', draft.key);
      const value = draft.value === undefined ? undefined : this.#serializer('value', draft.value);
      if (key instanceof Promise || value instanceof Promise) return this.#prepareLater(draft, key, value);
      return this.#written(draft, key, value);
    } catch (error) {
      return { error };
    }
  }

  async #prepareLater(
    draft: RecordDraft,
    key: RecordSerializer | Promise<RecordSerializer> | undefined,
    value: RecordSerializer | Promise<RecordSerializer> | undefined,
  ): Promise<Entry> {
    // Both at one time; of two errors the key's is told.
    const [keys, values] = await Promise.allSettled([key, value]);
    if (keys.status === 'rejected') return { error: keys.reason };
    if (values.status === 'rejected') return { error: values.reason };
    if (keys.value !== undefined) remember(this.#memo.key, keys.value);
    if (values.value !== undefined) remember(this.#memo.value, values.value);
    return this.#written(draft, keys.value, values.value);
  }

  #written(
    { key, value, partition, headers, timestamp }: RecordDraft,
    keySerializer: RecordSerializer | undefined,
    valueSerializer: RecordSerializer | undefined,
  ): Entry {
    let part: 'key' | 'value' = 'key';
    try {
      const keyBytes = keySerializer?.serialize(key?.json ?? null) ?? null;
      part = 'value';
      const valueBytes = valueSerializer?.serialize(value?.json ?? null) ?? null;
      return {
        record: { topic: this.topic, partition, key: keyBytes, value: valueBytes, headers, timestamp },
        key: written(key, keySerializer, keyBytes),
        value: written(value, valueSerializer, valueBytes),
      };
    } catch (error) {
      return { error: placed(error, part) };
    }
  }

  /** Most records are written as the one before. */
  #serializer(
    part: 'key' | 'value',
    { format, schema }: DraftData,
  ): RecordSerializer | Promise<RecordSerializer> {
    const last = this.#memo[part];
    if (last !== undefined && last.format === format && sameSelection(last.schema, schema)) {
      return last.serializer;
    }
    const target = { topic: this.topic, isKey: part === 'key', schema };
    const serializer =
      format === undefined ? this.serdes.ofSchema(target) : this.serdes.of(format).serializer(target);
    this.#memo[part] = { format, schema, serializer };
    return serializer;
  }

  #send(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const segment: Segment = { entries, results: [], known: 0, delivered: 0, used: 0 };
    this.#segments.push(segment);
    const records: ProducerRecord[] = [];
    for (const entry of entries) if ('record' in entry) records.push(entry.record);
    if (records.length > 0) void this.#sendWhenRoom(segment, records);
    else this.#settle();
  }

  /** A producer without room takes no record of a call: the same call again keeps the order. */
  async #sendWhenRoom(segment: Segment, records: readonly ProducerRecord[]): Promise<void> {
    const progress = (results: readonly SendResult[], known: number): void => {
      segment.results = results;
      segment.known = known;
      queueMicrotask(() => this.#settle());
    };
    let results = await this.producer.send(records, progress);
    if (lacksRoom(results)) {
      let opened = (): void => undefined;
      this.#room = new Promise((resolve) => {
        opened = resolve;
      });
      const deadline = performance.now() + longestWaitMs;
      do {
        await later(retryMs);
        results = await this.producer.send(records, progress);
      } while (lacksRoom(results) && performance.now() < deadline);
      this.#room = undefined;
      opened();
    }
    segment.results = results;
    segment.known = results.length;
    this.#settle();
  }

  /** Delivers what is known of the first segments. */
  #settle(): void {
    for (let head = this.#segments[0]; head !== undefined; head = this.#segments[0]) {
      const outcomes = outcomesOf(head);
      if (head.delivered === head.entries.length) this.#segments.shift();
      if (outcomes.length === 0) return;
      this.pending -= outcomes.length;
      this.deliver(outcomes);
    }
  }
}

interface Remembered {
  readonly format: DraftData['format'];
  readonly schema: SchemaSelection;
  serializer: RecordSerializer | Promise<RecordSerializer>;
}

/** Takes the place of its promise. */
function remember(memo: Remembered | undefined, serializer: RecordSerializer): void {
  if (memo?.serializer instanceof Promise) memo.serializer = serializer;
}

function outcomesOf(segment: Segment): readonly RecordOutcome[] {
  const outcomes: RecordOutcome[] = [];
  for (; segment.delivered < segment.entries.length; segment.delivered++) {
    const entry = segment.entries[segment.delivered];
    if (entry === undefined) continue;
    if ('error' in entry) {
      const { error } = entry;
      outcomes.push({ error: error instanceof Error ? error : new Error('Not written', { cause: error }) });
      continue;
    }
    if (segment.used === segment.known) break;
    const result = segment.results[segment.used++];
    if (result === undefined) outcomes.push({ error: new TypeError('The producer gave no result') });
    else if (result.error !== undefined) outcomes.push(result);
    else {
      const { partition, offset, timestamp } = result;
      outcomes.push({ partition, offset, timestamp, key: entry.key, value: entry.value });
    }
  }
  return outcomes;
}

function written(
  data: DraftData | undefined,
  serializer: RecordSerializer | undefined,
  bytes: Buffer | null,
): WrittenData | undefined {
  if (data === undefined || serializer === undefined) return undefined;
  const format = data.format ?? serializer.format ?? 'binary';
  return { format, serializer, size: bytes?.length ?? -1 };
}

/** Schemas say themselves where in a datum they did not like something: `value.address.zip: …`. */
function placed(error: unknown, part: 'key' | 'value'): unknown {
  if (!(error instanceof RestError) || error.message.startsWith(`Bad Request: ${part}`)) return error;
  return error.at(`${part}.data`);
}

function sameSelection(a: SchemaSelection, b: SchemaSelection): boolean {
  return (
    a === b ||
    (a.schemaId === b.schemaId &&
      a.schemaVersion === b.schemaVersion &&
      a.subject === b.subject &&
      a.subjectNameStrategy === b.subjectNameStrategy &&
      a.schema === b.schema)
  );
}

function lacksRoom(results: readonly SendResult[]): boolean {
  return results[0]?.error?.kind === 'BUFFER_EXHAUSTED';
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

const retryMs = 20;
/** After this a record that found no room is answered so. */
const longestWaitMs = 30_000;
