import type { JsonKind } from './json-scanner.ts';

/** Well-formed JSON of the wrong type. The message, in Jackson's words, lacks the place: the reader adds it. */
export class JsonMappingError extends Error {
  override readonly name = 'JsonMappingError';

  /** ``Cannot deserialize value of type `Integer` from Array value`` */
  static wrongKind(type: string, kind: JsonKind): JsonMappingError {
    return new JsonMappingError(`Cannot deserialize value of type \`${type}\` from ${shown[kind]}`);
  }

  /** ``Cannot deserialize value of type `Integer` from String "x": not a valid `Integer` value`` */
  static wrongText(type: string, text: string): JsonMappingError {
    return new JsonMappingError(
      `Cannot deserialize value of type \`${type}\` from String ${text}: not a valid \`${type}\` value`,
    );
  }

  static outOfRange(text: string, type: 'int' | 'long', least: bigint, most: bigint): JsonMappingError {
    return new JsonMappingError(`Numeric value (${text}) out of range of ${type} (${least} - ${most})`);
  }
}

const shown: Readonly<Record<JsonKind, string>> = {
  null: 'null',
  boolean: 'Boolean value',
  number: 'Number value',
  string: 'String value',
  object: 'Object value',
  array: 'Array value',
};
