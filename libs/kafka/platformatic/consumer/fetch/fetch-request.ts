import type { IsolationLevel } from '../../../kafka-types.ts';
import { ByteWriter } from '../byte-writer.ts';
import { byTopic } from '../topic-partitions.ts';

/** One partition of a fetch. */
export interface FetchItem {
  readonly topic: string;
  /** A UUID; all zeros on a cluster that has no topic ids. */
  readonly topicId: string;
  readonly partition: number;
  readonly offset: bigint;
  /** -1 when unknown: the broker then cannot say that one of us is behind. */
  readonly leaderEpoch: number;
  /** Epoch of the last record read, -1 when unknown: with it the broker notices that the log was cut behind our back. */
  readonly lastEpoch: number;
  readonly maxBytes: number;
}

export interface FetchLimits {
  /** How long the broker may wait for `minBytes`. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  /** Of the whole answer; the first record batch is answered in any case. */
  readonly maxBytes: number;
  readonly isolation: IsolationLevel;
}

/** Version 13 names topics by id, version 12 by name. */
export type FetchVersion = 12 | 13;

/** A fetch outside of any session. */
export function encodeFetch(version: FetchVersion, limits: FetchLimits, items: readonly FetchItem[]): Buffer {
  const writer = new ByteWriter(64 + items.length * 48)
    .int32(-1)
    .int32(limits.maxWaitMs)
    .int32(limits.minBytes)
    .int32(limits.maxBytes)
    .int8(limits.isolation === 'read_committed' ? 1 : 0)
    .int32(noSession.id)
    .int32(noSession.epoch);
  const topics = byTopic(items);
  writer.unsignedVarint(topics.size + 1);
  for (const [topic, list] of topics) {
    if (version >= 13) writer.raw(uuidBytes(list[0]?.topicId ?? ''));
    else writer.compactString(topic);
    writer.unsignedVarint(list.length + 1);
    for (const item of list) {
      writer
        .int32(item.partition)
        .int32(item.leaderEpoch)
        .int64(item.offset)
        .int32(item.lastEpoch)
        .int64(-1n)
        .int32(item.maxBytes)
        .unsignedVarint(0);
    }
    writer.unsignedVarint(0);
  }
  // No forgotten topics, no rack, no tagged fields.
  return writer.unsignedVarint(1).compactString('').unsignedVarint(0).bytes;
}

const noSession = { id: 0, epoch: -1 };

export const noTopicId = '00000000-0000-0000-0000-000000000000';

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
