import type { TopicPartitionTimestamp } from '#libs/consumers/consumer-offsets.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { TopicPartitionOffset } from '#libs/kafka/kafka-types.ts';
import type { PositionsDto } from './positions.dto.ts';
import { timestampMs } from './timestamp.ts';

export interface NewPositions {
  readonly offsets: readonly TopicPartitionOffset[];
  readonly timestamps: readonly TopicPartitionTimestamp[];
}

/** @throws {RestError} 400 as the original for a topic or time that is missing or none */
export function newPositions({ offsets = [], timestamps = [] }: PositionsDto): NewPositions {
  return {
    offsets: offsets.map(({ topic, partition, offset }, index) => ({
      topic: required(topic, 'PartitionOffset', `offsets[${index}]`),
      partition,
      offset,
    })),
    timestamps: timestamps.map(({ topic, partition, timestamp }, index) => ({
      topic: required(topic, 'PartitionTimestamp', `timestamps[${index}]`),
      partition,
      timestampMs: instant(timestamp, `timestamps[${index}].timestamp`),
    })),
  };
}

function required(topic: string | undefined, type: string, place: string): string {
  if (topic !== undefined) return topic;
  throw restErrors.malformed(`Cannot construct instance of \`${type}\`, problem: Null topic (${place})`);
}

function instant(value: unknown, place: string): bigint {
  const ms = timestampMs(value);
  if (ms !== undefined) return ms;
  throw restErrors.malformed(
    `Cannot deserialize value of type \`Instant\` from ${describe(value)}: neither ISO 8601 with a zone nor seconds since 1970 (${place})`,
  );
}

function describe(value: unknown): string {
  if (value === undefined) return 'null';
  if (typeof value === 'number') return `Number ${value}`;
  if (typeof value === 'string') return `String ${JSON.stringify(value.slice(0, 64))}`;
  return Array.isArray(value) ? 'Array value' : typeof value === 'boolean' ? 'Boolean value' : 'Object value';
}
