import type { ConsumerRecord } from '#libs/kafka/kafka-types.ts';
import type { Delivery } from '#libs/consumers/delivery.ts';
import { schemaIdOf } from '#libs/serde/schema/wire-frame.ts';

/** Members of a record that only the operator's say-so brings. */
export interface RecordExtensions {
  readonly timestamps: boolean;
  readonly headers: boolean;
  /** Only of records whose bytes name their schema: those of the formats with schemas. */
  readonly schemaIds: boolean;
}

/** A chunk is about so large; a larger record makes a larger chunk. */
const chunkBytes = 262_144;
/** Digits of an offset or a timestamp, sign included. */
const mostDigits = 20;
const mostSafe = BigInt(Number.MAX_SAFE_INTEGER);

const nullText = Buffer.from('null');
const beforeValue = Buffer.from(',"value":');
const beforeTimestamp = Buffer.from(',"timestamp":');
const beforeKeySchemaId = Buffer.from(',"key_schema_id":');
const beforeValueSchemaId = Buffer.from(',"value_schema_id":');
const [openBracket, closeBracket, closeBrace, comma] = [0x5b, 0x5d, 0x7d, 0x2c];
/** Brackets, braces, commas. */
const punctuation = 4;

/** What the records of one partition have in common. */
interface Frame {
  readonly topic: string;
  readonly partition: number;
  readonly head: Buffer;
  readonly tail: Buffer;
}

/**
 * The body of a read, `[{"topic":…,"key":…,"value":…,"partition":…,"offset":…},…]`, in chunks.
 *
 * Copies bytes and makes no strings of keys and values: a record costs a fraction of a microsecond.
 */
export class RecordsEncoder {
  #next = 0;
  #frame: Frame | undefined;

  constructor(
    private readonly delivery: Delivery,
    private readonly extensions: RecordExtensions,
  ) {}

  /** The next chunk; undefined after the last. */
  next(): Buffer | undefined {
    const { records } = this.delivery;
    const from = this.#next;
    if (from > 0 && from >= records.length) return undefined;
    let to = from;
    let bytes = punctuation;
    while (to < records.length && bytes < chunkBytes) {
      bytes += this.#mostBytesOf(to);
      to += 1;
    }
    // One past the end, so that an empty delivery ends as well.
    this.#next = to === records.length ? to + 1 : to;
    return this.#encode(from, to, Buffer.allocUnsafe(bytes));
  }

  #encode(from: number, to: number, out: Buffer): Buffer {
    const { records, keys, values } = this.delivery;
    let at = 0;
    if (from === 0) out[at++] = openBracket;
    for (let index = from; index < to; index += 1) {
      const record = records[index];
      if (record === undefined) break;
      if (index > 0) out[at++] = comma;
      const { head, tail } = this.#frameOf(record);
      const key = keys[index] ?? nullText;
      const value = values[index] ?? nullText;
      out.set(head, at);
      out.set(key, (at += head.length));
      out.set(beforeValue, (at += key.length));
      out.set(value, (at += beforeValue.length));
      out.set(tail, (at += value.length));
      at = writeDigits(out, at + tail.length, record.offset);
      if (this.extensions.timestamps) {
        out.set(beforeTimestamp, at);
        at = writeDigits(out, at + beforeTimestamp.length, record.timestamp);
      }
      if (this.extensions.schemaIds) {
        out.set(beforeKeySchemaId, at);
        at = writeSchemaId(out, at + beforeKeySchemaId.length, record.key);
        out.set(beforeValueSchemaId, at);
        at = writeSchemaId(out, at + beforeValueSchemaId.length, record.value);
      }
      if (this.extensions.headers) at += out.write(headersOf(record), at);
      out[at++] = closeBrace;
    }
    if (to === records.length) out[at++] = closeBracket;
    return out.subarray(0, at);
  }

  #mostBytesOf(index: number): number {
    const { records, keys, values } = this.delivery;
    const record = records[index];
    if (record === undefined) return 0;
    const { head, tail } = this.#frameOf(record);
    let bytes = punctuation + head.length + beforeValue.length + tail.length + mostDigits;
    bytes += (keys[index] ?? nullText).length + (values[index] ?? nullText).length;
    if (this.extensions.timestamps) bytes += beforeTimestamp.length + mostDigits;
    if (this.extensions.schemaIds)
      bytes += beforeKeySchemaId.length + beforeValueSchemaId.length + 2 * mostDigits;
    if (this.extensions.headers) bytes += Buffer.byteLength(headersOf(record));
    return bytes;
  }

  #frameOf({ topic, partition }: ConsumerRecord): Frame {
    const last = this.#frame;
    if (last !== undefined && last.partition === partition && last.topic === topic) return last;
    const frame = {
      topic,
      partition,
      head: Buffer.from(`{"topic":${JSON.stringify(topic)},"key":`),
      tail: Buffer.from(`,"partition":${partition},"offset":`),
    };
    this.#frame = frame;
    return frame;
  }
}

/** @returns the place after the digits */
function writeDigits(out: Buffer, at: number, value: bigint): number {
  // Numbers become text several times faster than bigints.
  const isSafe = value <= mostSafe && value >= -mostSafe;
  const digits = String(isSafe ? Number(value) : value);
  for (let index = 0; index < digits.length; index += 1) out[at + index] = digits.charCodeAt(index);
  return at + digits.length;
}

/** @param data of a record that was decoded already; null has no schema @returns the place after the id */
function writeSchemaId(out: Buffer, at: number, data: Buffer | null): number {
  return at + out.write(data === null ? 'null' : String(schemaIdOf(data)), at, 'latin1');
}

function headersOf({ headers }: ConsumerRecord): string {
  const list = headers.map(({ key, value }) => ({
    key,
    value: value === null ? null : value.toString('base64'),
  }));
  return `,"headers":${JSON.stringify(list)}`;
}
