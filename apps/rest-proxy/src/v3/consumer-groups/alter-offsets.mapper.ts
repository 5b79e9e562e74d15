import { restErrors } from '#libs/errors/rest-errors.ts';
import type { OffsetChange, OffsetTarget } from '#libs/metadata/consumer-group-changes.service.ts';
import type { OffsetChangeDto } from './alter-offsets.dto.ts';

/** @throws {RestError} 422 when it does not say exactly one place to read on from */
export function offsetChange(dto: OffsetChangeDto, index: number): OffsetChange {
  const targets = targetsOf(dto);
  const [target] = targets;
  if (target === undefined || targets.length > 1) {
    throw restErrors.unprocessable(
      `data[${index}] must have exactly one of offset, position, timestamp_ms and shift_by`,
    );
  }
  return { topic: dto.topic_name, partition: dto.partition_id ?? undefined, target };
}

function targetsOf(dto: OffsetChangeDto): readonly OffsetTarget[] {
  const { offset, position, timestamp_ms: timestampMs, shift_by: shiftBy } = dto;
  const targets: OffsetTarget[] = [];
  if (typeof offset === 'bigint') targets.push({ offset });
  if (typeof position === 'string') targets.push(position === 'EARLIEST' ? 'earliest' : 'latest');
  // What is below 0 has a meaning of its own to Kafka; nothing is older.
  if (typeof timestampMs === 'bigint') targets.push({ timestampMs: timestampMs < 0n ? 0n : timestampMs });
  if (typeof shiftBy === 'bigint') targets.push({ shiftBy });
  return targets;
}
