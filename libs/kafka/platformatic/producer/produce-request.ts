import { Writer, type Reader } from '@platformatic/kafka';
import type { RawApi } from '../broker-connection.ts';

/** A sealed record batch on its way to a partition. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
}

/** What a broker says of one partition of a Produce request. */
export interface PartitionAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly baseOffset: bigint;
  /** -1 unless the topic uses LogAppendTime. */
  readonly logAppendTime: bigint;
  /** The records of the batch that were refused, by their index; the others were then not written either. */
  readonly recordErrors: readonly { readonly batchIndex: number; readonly message: string | null }[];
  /** The leader that the broker knows, when it says that it is not the leader itself. */
  readonly leader: { readonly id: number; readonly epoch: number } | undefined;
}

const produceKey = 0;
const firstFlexible = 9;

/**
 * Produce, newest version first; from 7 (Kafka 2.1, the first that takes zstd) to 12. Version 13 names topics by id.
 *
 * Source: https://kafka.apache.org/protocol#The_Messages_Produce.
 */
export const produceApis: readonly RawApi<readonly PartitionAnswer[]>[] = [12, 11, 10, 9, 8, 7].map(
  (version) => ({
    key: produceKey,
    version,
    flexibleHeaders: version >= firstFlexible,
    parse: (reader) => parseProduce(version, reader),
  }),
);

/** @param batches at most one a partition; those of a topic need not be neighbours */
export function encodeProduce(
  version: number,
  acks: -1 | 0 | 1,
  timeoutMs: number,
  batches: readonly PartitionBatch[],
): Writer {
  const topics = byTopic(batches);
  const flexible = version >= firstFlexible;
  // All that is not records goes into one buffer, which is cut where a batch comes in.
  let size = 64;
  for (const topic of topics.keys()) size += 16 + Buffer.byteLength(topic);
  const head = Buffer.allocUnsafe(size + 16 * batches.length);
  const writer = Writer.create();
  let cut = 0;
  let at = 0;
  const count = (n: number): void => {
    at = flexible ? writeUnsignedVarint(head, at, n + 1) : head.writeInt32BE(n, at);
  };
  const noTags = (): void => {
    if (flexible) head[at++] = 0;
  };

  // No transactional id.
  at = flexible ? writeUnsignedVarint(head, at, 0) : head.writeInt16BE(-1, at);
  at = head.writeInt16BE(acks, at);
  at = head.writeInt32BE(timeoutMs, at);
  count(topics.size);
  for (const [topic, list] of topics) {
    const nameBytes = Buffer.byteLength(topic);
    at = flexible ? writeUnsignedVarint(head, at, nameBytes + 1) : head.writeInt16BE(nameBytes, at);
    at += head.write(topic, at);
    count(list.length);
    for (const batch of list) {
      at = head.writeInt32BE(batch.partition, at);
      count(batch.bytes.length);
      writer.append(head.subarray(cut, at)).append(batch.bytes);
      cut = at;
      noTags();
    }
    noTags();
  }
  noTags();
  if (at > cut) writer.append(head.subarray(cut, at));
  if (acks === 0) writer.context.noResponse = true;
  return writer;
}

/** The broker takes one entry a topic and drops others without a word. */
function byTopic(batches: readonly PartitionBatch[]): Map<string, PartitionBatch[]> {
  const topics = new Map<string, PartitionBatch[]>();
  for (const batch of batches) {
    const list = topics.get(batch.topic);
    if (list === undefined) topics.set(batch.topic, [batch]);
    else list.push(batch);
  }
  return topics;
}

function writeUnsignedVarint(buffer: Buffer, at: number, value: number): number {
  let rest = value;
  while (rest > 0x7f) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  return at;
}

function parseProduce(version: number, reader: Reader): PartitionAnswer[] {
  const flexible = version >= firstFlexible;
  const answers: PartitionAnswer[] = [];
  const length = (): number => (flexible ? reader.readUnsignedVarInt() - 1 : reader.readInt32());
  for (let topics = length(); topics > 0; topics--) {
    const topic = reader.readString(flexible);
    for (let partitions = length(); partitions > 0; partitions--) {
      const partition = reader.readInt32();
      const errorCode = reader.readInt16();
      const baseOffset = reader.readInt64();
      const logAppendTime = reader.readInt64();
      reader.skip(8); // log start offset
      const recordErrors: { batchIndex: number; message: string | null }[] = [];
      let errorMessage: string | null = null;
      if (version >= 8) {
        for (let errors = length(); errors > 0; errors--) {
          recordErrors.push({
            batchIndex: reader.readInt32(),
            message: reader.readNullableString(flexible),
          });
          if (flexible) reader.readTaggedFields();
        }
        errorMessage = reader.readNullableString(flexible);
      }
      const leader = flexible ? readLeader(reader) : undefined;
      answers.push({
        topic,
        partition,
        errorCode,
        errorMessage,
        baseOffset,
        logAppendTime,
        recordErrors,
        leader,
      });
    }
    if (flexible) reader.readTaggedFields();
  }
  // What follows (how long we are throttled, addresses of leaders) is not used.
  return answers;
}

/** Reads the tagged fields of a partition; field 0 is the current leader (version 10 on). */
function readLeader(reader: Reader): PartitionAnswer['leader'] {
  let leader: PartitionAnswer['leader'];
  for (let fields = reader.readUnsignedVarInt(); fields > 0; fields--) {
    const tag = reader.readUnsignedVarInt();
    const end = reader.readUnsignedVarInt() + reader.position;
    if (tag === 0) leader = { id: reader.readInt32(), epoch: reader.readInt32() };
    reader.position = end;
  }
  return leader !== undefined && leader.id >= 0 ? leader : undefined;
}
