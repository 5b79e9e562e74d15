import { compactJson } from '../../json-text/compact-json.ts';
import { JsonScanner } from '../../json-text/json-scanner.ts';
import { JsonSyntaxError } from '../../json-text/json-syntax-error.ts';
import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import { mostNumberCharacters } from '../numbers/number-scan.ts';
import { parseSpelled, type NumberSpellings, type SpelledJson } from '../numbers/number-spellings.ts';

/**
 * The text of a schema as Confluent's clients register it: without white space, members in their order.
 *
 * @throws {SchemaParseError} when it is not JSON
 */
export function canonicalSchemaText(text: string): string {
  const bytes = Buffer.from(text);
  try {
    const scanner = new JsonScanner(bytes);
    scanner.value();
    scanner.finish();
    return compactJson(bytes, scanner.valueStart, scanner.valueEnd).toString();
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new SchemaParseError(error.message, { cause: error });
    throw error;
  }
}

/**
 * @param spellings where the spelling of its numbers is kept
 * @throws {SchemaParseError} when it is not JSON, or not within bounds
 */
export function parseSchema(text: string, spellings: NumberSpellings): SpelledJson {
  let tooLong = false;
  const keep = (number: number, spelling: string): boolean => {
    tooLong ||= spelling.length > mostNumberCharacters;
    return JSON.stringify(number) !== spelling;
  };
  const json = parseSpelled(canonicalSchemaText(text), keep, spellings);
  if (tooLong) throw new SchemaParseError(`A number has more than ${mostNumberCharacters} characters`);
  return json;
}
