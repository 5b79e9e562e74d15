import { ByteReader } from '../byte-reader.ts';
import type { FetchVersion } from './fetch-request.ts';

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/** What a broker answers of one partition. */
export interface FetchedPartition {
  /** The topic's name, or its id in hex from version 13 on. */
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  /** With read_committed nothing from here on is answered. -1 when unknown. */
  readonly lastStableOffset: bigint;
  /** Set when the log was cut before the offset asked for: where the histories part. */
  readonly diverging: { readonly epoch: number; readonly endOffset: bigint } | undefined;
  /** Of the records here; only with read_committed. */
  readonly abortedTransactions: readonly AbortedTransaction[];
  /** Record batches, the last perhaps cut off. A view into the answer. */
  readonly records: Buffer | null;
}

export interface FetchAnswer {
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

/** @throws {RangeError} for bytes that are no answer */
export function decodeFetch(version: FetchVersion, bytes: Buffer): FetchAnswer {
  const reader = new ByteReader(bytes);
  reader.int32(); // throttle time: the broker holds back its answers itself
  const errorCode = reader.int16();
  reader.int32(); // session id
  const partitions: FetchedPartition[] = [];
  const topics = reader.compactCount();
  for (let i = 0; i < topics; i++) {
    const topic = version >= 13 ? reader.take(16).toString('hex') : reader.compactString();
    const count = reader.compactCount();
    for (let j = 0; j < count; j++) partitions.push(decodePartition(reader, topic));
    reader.skipTaggedFields();
  }
  reader.skipTaggedFields();
  return { errorCode, partitions };
}

function decodePartition(reader: ByteReader, topic: string): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  reader.int64(); // start of the log
  const abortedTransactions: AbortedTransaction[] = [];
  const aborted = reader.compactCount();
  for (let i = 0; i < aborted; i++) {
    abortedTransactions.push({ producerId: reader.int64(), firstOffset: reader.int64() });
    reader.skipTaggedFields();
  }
  reader.int32(); // preferred replica: we name no rack
  const records = reader.compactNullableBytes();
  let diverging: FetchedPartition['diverging'];
  reader.taggedFields((tag) => {
    if (tag === 0) diverging = { epoch: reader.int32(), endOffset: reader.int64() };
  });
  return {
    topic,
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    diverging: diverging !== undefined && diverging.endOffset >= 0n ? diverging : undefined,
    abortedTransactions,
    records,
  };
}
