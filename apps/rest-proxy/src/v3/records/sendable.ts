import { restErrors } from '#libs/errors/rest-errors.ts';
import type { StreamItem } from '#libs/produce/produce-stream.ts';
import type { RecordDraft } from '#libs/produce/record-draft.ts';

/** The record, or why it need not be tried. */
export function sendable(record: RecordDraft): StreamItem {
  const { partition, timestamp } = record;
  if (partition !== null && partition < 0) return restErrors.partitionNotFound();
  if (timestamp !== undefined && timestamp < 0n) {
    // In the Java client's words.
    return restErrors.badRequest(
      `Invalid timestamp: ${timestamp}. Timestamp should always be non-negative or null.`,
    );
  }
  return record;
}
