import type { JsonObject } from '../json-value.ts';
import type { NumberSpellings } from '../numbers/number-spellings.ts';

/** A member that a schema gives a value for when it is missing. */
export interface MemberDefault {
  readonly name: string;
  /** The member as it is written: `"name":value`. */
  readonly member: Buffer;
}

/** A default that a value lacks. */
export interface MissingMember {
  readonly object: JsonObject;
  readonly default: MemberDefault;
}

/** A value whose validation would cost more than its size allows. */
export class ValidationTooCostly extends Error {
  override readonly name = 'ValidationTooCostly';
}

/** What the keywords of one schema share while one value is validated. */
export class ValidationRun {
  /** undefined when doubles tell all about the value's numbers. */
  spellings: NumberSpellings | undefined;
  /** Steps that may still be spent. Generated code counts it down, too. */
  left = 0;
  /** In the order in which they were found. */
  missing: MissingMember[] = [];

  start(steps: number, spellings: NumberSpellings | undefined): void {
    this.left = steps;
    this.spellings = spellings;
    if (this.missing.length > 0) this.missing = [];
  }

  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) this.exhausted();
  }

  exhausted(): never {
    throw new ValidationTooCostly();
  }

  lacks(object: JsonObject, defaults: readonly MemberDefault[]): void {
    for (const missing of defaults) {
      if (object[missing.name] === undefined) this.missing.push({ object, default: missing });
    }
  }

  /** Forgets what a branch of the schema found that the value does not match after all. */
  forget(mark: number): void {
    if (this.missing.length > mark) this.missing.length = mark;
  }
}
