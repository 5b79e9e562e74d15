import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import type { AvroInput } from '../io/avro-input.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';

/** Reads and writes the data of one schema, between JSON text and Avro's binary form, without building anything. */
export abstract class AvroCodec {
  /** For messages: `int`, `record shop.User`. */
  abstract readonly shown: string;

  /** Passes over one JSON value and writes it. @throws {DataMismatchError} */
  abstract encode(input: JsonInput, out: ByteOutput): void;

  /** Passes over one datum and writes it. @throws {DeserializationError} */
  abstract decode(input: AvroInput, out: ByteOutput): void;
}

/** `expected int, got string` */
export function mismatch(input: JsonInput, expected: string): DataMismatchError {
  return new DataMismatchError('', `expected ${expected}, got ${input.kind()}`);
}

/** The same error, as whoever holds the datum sees it. @param segment `.name` or `[3]`; other errors stay as they are */
export function inside(segment: string, error: unknown): unknown {
  if (!(error instanceof DataMismatchError)) return error;
  return new DataMismatchError(segment + error.path, error.problem);
}
