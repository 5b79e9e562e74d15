import type { ValidateFunction } from 'ajv';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import type { JsonValue } from '../json-value.ts';
import { isUnusual, parseSpelled, type NumberSpellings } from '../numbers/number-spellings.ts';
import { mostNumberCharacters, scanNumbers } from '../numbers/number-scan.ts';
import { withoutPrototypes } from '../prototypes.ts';
import { mismatch } from './problem.ts';
import { ValidationTooCostly, type MissingMember, type ValidationRun } from './validation-run.ts';

/** A value that its schema takes, and the defaults that it lacks. */
export interface ValidatedValue {
  readonly value: JsonValue;
  readonly missing: readonly MissingMember[];
}

/** One schema, compiled. */
export class JsonSchemaValidator {
  constructor(
    private readonly matches: ValidateFunction,
    private readonly run: ValidationRun,
    private readonly settings: {
      /** Steps that any value may take. */
      readonly steps: number;
      /** Whether the schema names members that every object has by nature, like `constructor`. */
      readonly namesInherited: boolean;
    },
  ) {}

  /**
   * @param json one compact JSON value
   * @throws {DataMismatchError} when the schema does not take it, or not within bounds
   */
  check(json: Buffer): ValidatedValue {
    const { value, spellings } = parse(json);
    const own = this.settings.namesInherited ? withoutPrototypes(value) : value;
    const { run } = this;
    run.start(this.settings.steps + json.length * STEPS_A_BYTE, spellings);
    if (!this.#matches(own)) throw mismatch(own, spellings, this.matches.errors ?? []);
    return { value: own, missing: run.missing };
  }

  #matches(value: JsonValue): boolean {
    try {
      return this.matches(value);
    } catch (error) {
      if (error instanceof ValidationTooCostly) {
        throw new DataMismatchError('', 'the schema takes too many steps to check it', { cause: error });
      }
      if (error instanceof RangeError) {
        throw new DataMismatchError('', 'it is nested too deeply for the schema', { cause: error });
      }
      throw error;
    }
  }
}

function parse(json: Buffer): { readonly value: JsonValue; readonly spellings: NumberSpellings | undefined } {
  const text = json.toString();
  switch (scanNumbers(json)) {
    case 'plain':
      return { value: JSON.parse(text) as JsonValue, spellings: undefined };
    case 'unusual':
      return parseSpelled(text, isUnusual);
    case 'tooLong':
      throw new DataMismatchError('', `a number has more than ${mostNumberCharacters} characters`);
  }
}

const STEPS_A_BYTE = 1000;
