import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { writeAscii } from '../../schema/io/json-output.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';

/** Reads and writes the values of one type, between JSON text and protobuf's binary form, without building anything. */
export abstract class ValueCodec {
  /** For messages: `int32`, `message shop.Order`. */
  abstract readonly shown: string;
  /** See ../io/wire-types.ts. */
  abstract readonly wireType: number;
  /** JSON of what a field is that was not set. */
  abstract readonly zero: string;
  /** Whether null is one of the values. Elsewhere it says that a field is not set. */
  readonly takesNull: boolean = false;

  /** Passes over one JSON value and writes it, without a tag. @throws {DataMismatchError} */
  abstract encode(input: JsonInput, out: WireOutput): void;

  /** Passes over one value, behind its tag, and writes it. @throws {DeserializationError} */
  abstract decode(input: WireInput, out: ByteOutput): void;

  /** Writes what a value is that is not there. @throws {DeserializationError} when it must be there */
  writeZero(out: ByteOutput): void {
    writeAscii(out, this.zero);
  }
}

/** `expected int32, got array` */
export function mismatch(input: JsonInput, expected: string): DataMismatchError {
  return new DataMismatchError('', `expected ${expected}, got ${input.kind()}`);
}

/** The same error, as whoever holds the datum sees it. @param segment `.name` or `[3]`; other errors stay as they are */
export function inside(segment: string, error: unknown): unknown {
  if (!(error instanceof DataMismatchError)) return error;
  return new DataMismatchError(segment + error.path, error.problem);
}
