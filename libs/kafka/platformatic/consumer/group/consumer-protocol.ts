import type { TopicPartition } from '../../../kafka-types.ts';
import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { byTopic, comparePartitions, compareText } from '../topic-partitions.ts';

/** What a member of a consumer group tells its leader, in Kafka's `ConsumerProtocolSubscription`. */
export interface Subscription {
  readonly topics: readonly string[];
  /** What an assignor of the member adds. */
  readonly userData: Buffer | null;
  /** Not there before version 1. */
  readonly ownedPartitions: readonly TopicPartition[];
  /** -1 when unknown, and before version 2. */
  readonly generationId: number;
}

const newestVersion = 3;

/** As Java's client writes it: version 3, topics and partitions in order. */
export function encodeSubscription({
  topics,
  userData,
  ownedPartitions,
  generationId,
}: Subscription): Buffer {
  const writer = new ByteWriter(64 + topics.length * 32).int16(newestVersion);
  const sorted = [...topics].sort(compareText);
  writer.int32(sorted.length);
  for (const topic of sorted) writer.string(topic);
  writer.nullableBytes(userData);
  writePartitions(writer, [...ownedPartitions].sort(comparePartitions));
  return writer.int32(generationId).string(null).bytes;
}

/** @throws {RangeError} for bytes that are no subscription */
export function decodeSubscription(bytes: Buffer): Subscription {
  const reader = new ByteReader(bytes);
  const version = reader.int16();
  if (version < 0) throw new RangeError(`Version ${version} of a subscription is not known.`);
  const topics = Array.from({ length: reader.count() }, () => reader.string());
  const userData = reader.nullableBytes();
  return {
    topics,
    userData,
    ownedPartitions: version >= 1 ? readPartitions(reader) : [],
    generationId: version >= 2 ? reader.int32() : -1,
  };
}

/** A member's share, in Kafka's `ConsumerProtocolAssignment`. */
export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  const writer = new ByteWriter(64 + partitions.length * 8).int16(newestVersion);
  writePartitions(writer, partitions);
  return writer.nullableBytes(null).bytes;
}

/** No bytes at all are an empty share: the leader did not know the member. @throws {RangeError} for bytes that are none */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return [];
  const reader = new ByteReader(bytes);
  const version = reader.int16();
  if (version < 0) throw new RangeError(`Version ${version} of an assignment is not known.`);
  return readPartitions(reader);
}

/** An array of topics, each with its partitions; also the form of the sticky assignor's data. */
export function writePartitions(writer: ByteWriter, partitions: readonly TopicPartition[]): void {
  const topics = byTopic(partitions);
  writer.int32(topics.size);
  for (const [topic, list] of topics) {
    writer.string(topic).int32(list.length);
    for (const { partition } of list) writer.int32(partition);
  }
}

export function readPartitions(reader: ByteReader): TopicPartition[] {
  const partitions: TopicPartition[] = [];
  const topics = reader.count();
  for (let i = 0; i < topics; i++) {
    const topic = reader.string();
    const count = reader.count();
    for (let j = 0; j < count; j++) partitions.push({ topic, partition: reader.int32() });
  }
  return partitions;
}
