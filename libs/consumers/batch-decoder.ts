import { restErrors } from '#libs/errors/rest-errors.ts';
import type { ConsumerRecord } from '#libs/kafka/kafka-types.ts';
import { DeserializationError, type Serde } from '#libs/serde/serde.ts';
import type { Clock } from './clock.ts';
import { partitionKey } from './partition-key.ts';

/** After so many bytes the event loop gets its turn, if it has waited for `stretchMs`. */
const stretchBytes = 262_144;
const stretchMs = 10;

/** JSON text of the first records, up to the first that cannot be decoded. */
export interface DecodedBatch {
  readonly keys: readonly (Buffer | null)[];
  readonly values: readonly (Buffer | null)[];
}

/**
 * Turns the bytes of records into JSON text.
 *
 * Stops before the first record that cannot be decoded, so that those before it are delivered.
 *
 * @throws {RestError} when the very first cannot be decoded: 408/40801 that names its place, or what the serde says
 */
export async function decodeBatch(
  records: readonly ConsumerRecord[],
  serde: Serde,
  clock: Clock,
): Promise<DecodedBatch> {
  const keys: (Buffer | null)[] = [];
  const values: (Buffer | null)[] = [];
  let keyTarget = { topic: '', isKey: true };
  let valueTarget = { topic: '', isKey: false };
  let bytes = 0;
  let since = clock.now();
  for (const record of records) {
    if (record.topic !== keyTarget.topic) {
      keyTarget = { topic: record.topic, isKey: true };
      valueTarget = { topic: record.topic, isKey: false };
    }
    let part = 'key';
    try {
      let key = record.key === null ? null : serde.deserialize(record.key, keyTarget);
      if (key instanceof Promise) key = await key;
      part = 'value';
      let value = record.value === null ? null : serde.deserialize(record.value, valueTarget);
      if (value instanceof Promise) value = await value;
      keys.push(key);
      values.push(value);
    } catch (error) {
      if (keys.length === 0) throw placed(error, part, record);
      return { keys, values };
    }
    bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0);
    if (bytes >= stretchBytes) {
      bytes = 0;
      if (clock.now() - since >= stretchMs) {
        await clock.turn();
        since = clock.now();
      }
    }
  }
  return { keys, values };
}

function placed(error: unknown, part: string, record: ConsumerRecord): unknown {
  if (!(error instanceof DeserializationError)) return error;
  const place = `${partitionKey(record)} offset ${record.offset}`;
  return restErrors.serialization(`Error deserializing ${part} at ${place}: ${error.message}`, {
    cause: error,
  });
}
