import type { ConsumerInstanceOptions } from '#libs/consumers/consumer-instance-options.ts';
import type { ConsumerInstanceState } from '#libs/consumers/consumer-registry.ts';
import type { Source } from '#libs/consumers/subscription.ts';
import { requestField, type FieldsPatch, type InstanceFields } from './instance-store.ts';

/** An instance as the store keeps it. */
export interface KeptInstance {
  readonly options: ConsumerInstanceOptions;
  readonly state: ConsumerInstanceState;
}

const optionsField = 'options';
const sourceField = 'source';
const membershipField = 'member';
/** Followed by partition and topic: a position is one field, so that a read writes what it has moved and no more. */
const positionPrefix = 'at:';

/**
 * Fields of an instance, all texts.
 *
 * @param requestId of the request that has made it
 */
export function toFields(
  options: ConsumerInstanceOptions,
  state: ConsumerInstanceState,
  requestId?: string,
): InstanceFields {
  const fields = new Map([
    [optionsField, JSON.stringify(options)],
    [sourceField, JSON.stringify(state.source)],
  ]);
  if (requestId !== undefined) fields.set(requestField, requestId);
  if (state.membership !== undefined) fields.set(membershipField, JSON.stringify(state.membership));
  for (const { topic, partition, offset } of state.positions) {
    fields.set(`${positionPrefix}${partition}:${topic}`, String(offset));
  }
  return fields;
}

/** @throws {SyntaxError} when somebody else has written the fields */
export function fromFields(fields: InstanceFields): KeptInstance {
  const membership = fields.get(membershipField);
  const positions = [...fields].flatMap(([name, value]) => {
    const place = /^at:(\d+):(.+)$/s.exec(name);
    const [, partition = '', topic = ''] = place ?? [];
    return place === null ? [] : [{ topic, partition: Number(partition), offset: BigInt(value) }];
  });
  // What this very program has written, or an older layout that it knows.
  const options = JSON.parse(fields.get(optionsField) ?? '') as ConsumerInstanceOptions;
  const source = JSON.parse(fields.get(sourceField) ?? '') as Source;
  const member =
    membership === undefined
      ? undefined
      : (JSON.parse(membership) as NonNullable<ConsumerInstanceState['membership']>);
  return { options, state: { source, positions, membership: member } };
}

/** What makes `after` of `before`. */
export function patchOf(before: InstanceFields, after: InstanceFields): FieldsPatch {
  const set = new Map<string, string>();
  for (const [name, value] of after) if (before.get(name) !== value) set.set(name, value);
  return { set, drop: [...before.keys()].filter((name) => !after.has(name)) };
}
