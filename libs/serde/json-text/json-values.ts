import { excerptOf } from './excerpt.ts';
import { JsonMappingError } from './json-mapping-error.ts';
import type { JsonScanner } from './json-scanner.ts';
import { stringOf } from './json-string.ts';

/**
 * Reads an int32 as the original does: digits in a string count, a fraction is cut off, "" and "null" are null.
 *
 * @throws {JsonMappingError}
 */
export function readInt(scanner: JsonScanner): number | null {
  const kind = scanner.peek();
  const json = scanner.compactValue();
  let number: number;
  switch (kind) {
    case 'null':
      return null;
    case 'number':
      number = Number(json.toString('latin1'));
      break;
    case 'string': {
      const text = stringOf(json).trim();
      if (text === '' || text === 'null') return null;
      if (!/^[+-]?\d+$/.test(text)) throw JsonMappingError.wrongText('Integer', excerptOf(json));
      number = Number(text);
      break;
    }
    case 'boolean':
    case 'object':
    case 'array':
      throw JsonMappingError.wrongKind('Integer', kind);
  }
  if (number < leastInt || number > mostInt) {
    throw JsonMappingError.outOfRange(excerptOf(json), 'int', BigInt(leastInt), BigInt(mostInt));
  }
  return Math.trunc(number) + 0;
}

/** Reads an int64: a number without a fraction. @throws {JsonMappingError} */
export function readLong(scanner: JsonScanner): bigint | null {
  const kind = scanner.peek();
  const json = scanner.compactValue();
  if (kind === 'null') return null;
  if (kind !== 'number') throw JsonMappingError.wrongKind('Long', kind);
  const text = json.toString('latin1');
  if (!/^-?\d+$/.test(text)) {
    throw new JsonMappingError(`Numeric value (${excerptOf(json)}) is not an integer`);
  }
  // Longer digits would be slow to convert and cannot fit.
  const long = text.length <= LONG_DIGITS ? BigInt(text) : undefined;
  if (long === undefined || long !== BigInt.asIntN(64, long)) {
    throw JsonMappingError.outOfRange(excerptOf(json), 'long', -(2n ** 63n), 2n ** 63n - 1n);
  }
  return long;
}

/** Reads a string as the original does: of numbers and booleans it takes the text. @throws {JsonMappingError} */
export function readString(scanner: JsonScanner): string | null {
  const kind = scanner.peek();
  const json = scanner.compactValue();
  switch (kind) {
    case 'null':
      return null;
    case 'string':
      return stringOf(json);
    case 'number':
    case 'boolean':
      return json.toString('latin1');
    case 'object':
    case 'array':
      throw JsonMappingError.wrongKind('String', kind);
  }
}

const leastInt = -(2 ** 31);
const mostInt = 2 ** 31 - 1;
const LONG_DIGITS = 20;
