import type { NewConsumerInstance } from '#libs/consumers/consumer-instances.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { AutoOffsetReset } from '#libs/kafka/kafka-types.ts';
import { embeddedFormats, type EmbeddedFormat } from '#libs/serde/embedded-format.ts';
import type { CreateConsumerDto } from './create-consumer.dto.ts';

const longestId = 1_024;
const leastFetchMinBytes = -1;
const mostFetchMinBytes = 10_000_000;

/**
 * What a create asks for, checked before anything is made.
 *
 * @throws {RestError} 422: 422 for format and name, 40001 for fetch.min.bytes, 42204 for what Kafka's client would refuse
 */
export function newConsumerInstance(group: string, body: CreateConsumerDto | undefined): NewConsumerInstance {
  const format = formatOf(body?.format ?? 'binary');
  const id = idOf(body);
  const fetchMinBytes = fetchMinBytesOf(body?.['fetch.min.bytes']);
  const autoOffsetReset = autoOffsetResetOf(body?.['auto.offset.reset']);
  const autoCommit = autoCommitOf(body?.['auto.commit.enable']);
  const requestTimeoutMs = body?.['consumer.request.timeout.ms'];
  return {
    group,
    format,
    ...(id !== undefined && { id }),
    ...(fetchMinBytes !== undefined && { fetchMinBytes }),
    ...(autoOffsetReset !== undefined && { autoOffsetReset }),
    ...(autoCommit !== undefined && { autoCommit }),
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
  };
}

function formatOf(text: string): EmbeddedFormat {
  const format = embeddedFormats.find((known) => known === text.toLowerCase());
  if (format === undefined) throw restErrors.invalidFormat();
  return format;
}

function idOf(body: CreateConsumerDto | undefined): string | undefined {
  const field = body?.id === undefined ? 'name' : 'id';
  const id = body?.[field];
  if (id === undefined) return undefined;
  if (id.trim() === '') throw restErrors.unprocessable(`${field} must not be blank (was ${id})`);
  if (id.length > longestId)
    throw restErrors.unprocessable(`${field} is longer than ${longestId} characters`);
  if (!id.isWellFormed()) throw restErrors.unprocessable(`${field} is not valid Unicode`);
  // No path could name the instance: the first two mean another path, encoded or not, the last is refused.
  if (id === '.' || id === '..') throw restErrors.unprocessable(`${field} must not be ${id}`);
  if (id.includes('\0')) throw restErrors.unprocessable(`${field} must not hold the character 0x00`);
  return id;
}

function fetchMinBytesOf(value: number | undefined): number | undefined {
  if (value === undefined || (value >= leastFetchMinBytes && value <= mostFetchMinBytes)) return value;
  const rule =
    value < leastFetchMinBytes ? `at least ${leastFetchMinBytes}` : `no more than ${mostFetchMinBytes}`;
  throw restErrors.consumerConfigConstraint(
    `Invalid value ${value} for configuration fetch.min.bytes: Value must be ${rule}`,
  );
}

const autoOffsetResets: readonly AutoOffsetReset[] = ['latest', 'earliest', 'none'];

function autoOffsetResetOf(text: string | undefined): AutoOffsetReset | undefined {
  if (text === undefined) return undefined;
  const reset = autoOffsetResets.find((known) => known === text);
  if (reset !== undefined) return reset;
  const name = 'auto.offset.reset';
  const rule = text.startsWith('by_duration')
    ? 'A duration is not supported; use earliest and POST positions with a timestamp.'
    : `The value must be either 'earliest', 'latest' or 'none'.`;
  throw restErrors.invalidConsumerConfig(`Invalid value ${text} for configuration ${name}: ${rule}`);
}

function autoCommitOf(text: string | undefined): boolean | undefined {
  switch (text?.trim().toLowerCase()) {
    case undefined:
      return undefined;
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw restErrors.invalidConsumerConfig(
        `Invalid value ${text ?? ''} for configuration enable.auto.commit: Expected value to be either true or false`,
      );
  }
}
