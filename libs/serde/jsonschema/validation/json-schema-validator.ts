import type { ValidateFunction } from 'ajv';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import type { JsonValue } from '../json-value.ts';
import { mostNumberCharacters } from '../numbers/number-scan.ts';
import { parseExactly, type ExactJson } from '../numbers/parse-exactly.ts';
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
        throw new DataMismatchError('', 'checking it against the schema takes too many steps', {
          cause: error,
        });
      }
      if (error instanceof RangeError) {
        throw new DataMismatchError('', 'it is nested too deeply for the schema', { cause: error });
      }
      throw error;
    }
  }
}

function parse(json: Buffer): ExactJson {
  const parsed = parseExactly(json);
  if (parsed !== undefined) return parsed;
  throw new DataMismatchError('', `a number has more than ${mostNumberCharacters} characters`);
}

/** Generous: of lists of alternatives, all are paid for, though most are passed over. */
const STEPS_A_BYTE = 64;
