import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';

/**
 * Ids of brokers by number of partition: as an object, which the original takes, or as a list of `partition_id` and
 * `broker_ids`, which Confluent's OpenAPI document describes and the clients made of it send.
 *
 * @throws {RestError} 400 for what is neither, with its place, and for a partition that is listed twice
 */
export function assignmentsOf(value: unknown): ReadonlyMap<number, readonly number[]> {
  const assignments = new Map<number, readonly number[]>();
  for (const { place, partition, brokers } of entriesOf(value)) {
    if (!isPartition(partition) || !isBrokers(brokers) || assignments.has(partition)) {
      throw notAssignments(place);
    }
    assignments.set(partition, brokers);
  }
  return assignments;
}

interface Entry {
  readonly place: string;
  readonly partition: unknown;
  readonly brokers: unknown;
}

function entriesOf(value: unknown): readonly Entry[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map(listed);
  if (typeof value !== 'object' || value === null) throw notAssignments('');
  return Object.entries<unknown>({ ...value }).map(([name, brokers]) => ({
    place: `.${name}`,
    partition: /^\d+$/.test(name) ? Number(name) : undefined,
    brokers,
  }));
}

function listed(item: unknown, index: number): Entry {
  const place = `[${index}]`;
  if (typeof item !== 'object' || item === null || Array.isArray(item)) throw notAssignments(place);
  const { partition_id: partition, broker_ids: brokers, ...more }: Listed = item;
  for (const name of Object.keys(more)) throw restErrors.unrecognizedField(name);
  return { place, partition, brokers };
}

interface Listed {
  readonly partition_id?: unknown;
  readonly broker_ids?: unknown;
}

function isPartition(value: unknown): value is number {
  return isInt32(value) && Number(value) >= 0;
}

function isBrokers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isInt32);
}

function isInt32(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) === Number(value) >> 0;
}

const notAssignments = (place: string): RestError =>
  restErrors.malformed(
    `Cannot deserialize value of type \`Map\`: lists of broker ids by partition at replicas_assignments${place.slice(0, 64)}`,
  );
