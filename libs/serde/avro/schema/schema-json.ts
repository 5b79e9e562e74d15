import { JsonScanner } from '../../json-text/json-scanner.ts';
import { JsonSyntaxError } from '../../json-text/json-syntax-error.ts';
import { SchemaParseError } from '../../schema/schema-parse-error.ts';

/** A number that a double cannot hold or would spell otherwise: 1.0, 9007199254740993. */
export class ExactNumber {
  constructor(readonly text: string) {}
}

/** JSON of a schema. Objects keep what they have, `__proto__` too, and inherit nothing. */
export type SchemaJson =
  null | boolean | number | string | ExactNumber | readonly SchemaJson[] | ReadonlyMap<string, SchemaJson>;

/** Reads a schema's JSON with its numbers exact. @throws {SchemaParseError} */
export function parseSchemaJson(text: string): SchemaJson {
  try {
    // Checks how deep it is, before anything goes down there.
    const scanner = new JsonScanner(Buffer.from(text));
    scanner.value();
    scanner.finish();
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new SchemaParseError(error.message, { cause: error });
    throw error;
  }
  return toMaps(JSON.parse(text, exactNumbers));
}

/** Written out, as Jackson writes it. */
export function schemaJsonText(json: SchemaJson): string {
  if (json instanceof ExactNumber) return isInteger(json.text) ? json.text : javaDouble(Number(json.text));
  if (typeof json === 'number') return Number.isInteger(json) ? String(json) : javaDouble(json);
  if (json instanceof Map) {
    const members = [...json].map(([name, value]) => `${JSON.stringify(name)}:${schemaJsonText(value)}`);
    return `{${members.join(',')}}`;
  }
  return Array.isArray(json) ? `[${json.map(schemaJsonText).join(',')}]` : JSON.stringify(json);
}

function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text);
}

/** As Java's `Double.toString` spells it: 0.5, 100.0, 1.0E7, 2.5E-4. */
function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = Object.is(value, -0) ? '-0' : String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`;
}

function exactNumbers(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return typeof value === 'number' && source !== undefined && String(value) !== source
    ? new ExactNumber(source)
    : value;
}

function toMaps(value: unknown): SchemaJson {
  if (typeof value !== 'object' || value === null) return value as null | boolean | number | string;
  if (value instanceof ExactNumber) return value;
  if (Array.isArray(value)) return value.map(toMaps);
  return new Map(Object.entries(value).map(([name, member]) => [name, toMaps(member)]));
}
