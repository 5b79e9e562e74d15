import { StoreUnavailableError } from '../store-unavailable.error.ts';
import type { InstanceFields } from '../instance-store.ts';
import type { LiveReplica, Placement } from '../placement.ts';

const fieldPrefix = 'f:';

/** Answers of scripts, read with the distrust that a store deserves which others can write to. */
export class ScriptAnswer {
  private readonly items: readonly unknown[];

  constructor(answer: unknown) {
    this.items = Array.isArray(answer) ? answer : [];
  }

  get outcome(): string {
    return this.text(0);
  }

  text(index: number): string {
    const item = this.items[index];
    return typeof item === 'string' ? item : '';
  }

  /** @throws {StoreUnavailableError} when it is none */
  integer(index: number): number {
    const number = Number(this.text(index));
    if (this.text(index) === '' || !Number.isSafeInteger(number)) throw unreadable();
    return number;
  }

  /** Owner, address and epoch, from the item at `index` on. */
  placement(index: number): Placement {
    return {
      incarnation: this.text(index),
      address: this.text(index + 1),
      epoch: this.integer(index + 2),
    };
  }

  /** The caller's fields of a hash that is the item at `index`. */
  fields(index: number): InstanceFields {
    const hash = new ScriptAnswer(this.items[index]);
    const fields = new Map<string, string>();
    for (let i = 0; i < hash.items.length; i += 2) {
      if (hash.text(i).startsWith(fieldPrefix))
        fields.set(hash.text(i).slice(fieldPrefix.length), hash.text(i + 1));
    }
    return fields;
  }

  /** @throws {StoreUnavailableError} when the outcome is none of these */
  oneOf<const Outcome extends string>(...outcomes: readonly Outcome[]): Outcome {
    const outcome = outcomes.find((one) => one === this.outcome);
    if (outcome === undefined) throw unreadable();
    return outcome;
  }
}

/** Fields as they stand in a hash. */
export const stored = (fields: InstanceFields): readonly string[] =>
  [...fields].flatMap(([field, text]) => [fieldPrefix + field, text]);

export const storedNames = (fields: readonly string[]): readonly string[] =>
  fields.map((field) => fieldPrefix + field);

export const leaseText = ({ address, version, draining }: LiveReplica): string =>
  JSON.stringify({ address, version, draining });

/** undefined for what another version has written in a form that is not known here. */
export function leaseOf(incarnation: string, text: string): LiveReplica | undefined {
  let lease: unknown;
  try {
    lease = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof lease !== 'object' || lease === null) return undefined;
  if (!('address' in lease) || typeof lease.address !== 'string') return undefined;
  if (!('version' in lease) || typeof lease.version !== 'number') return undefined;
  const draining = 'draining' in lease && lease.draining === true;
  return { incarnation, address: lease.address, version: lease.version, draining };
}

const unreadable = (): StoreUnavailableError =>
  new StoreUnavailableError('Redis holds something under a key of ours that we did not write');
