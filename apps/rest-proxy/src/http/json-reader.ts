import { restErrors } from '#libs/errors/rest-errors.ts';
import type { RestError } from '#libs/errors/rest-error.ts';
import { JsonScanner, type JsonKind } from '#libs/serde/json-text/json-scanner.ts';
import { stringOf } from '#libs/serde/json-text/json-string.ts';
import { jsonFieldsOf, type ClassRef, type JsonFieldType, type JsonScalar } from './json-field.ts';

/**
 * Fills objects from JSON text along their `@JsonField`s. Nothing is assigned that is not declared.
 *
 * @throws {JsonSyntaxError} for text that is not JSON
 * @throws {RestError} 400 for a value of another type, 422 for a field that is not declared; both name the place
 */
export class JsonReader {
  readonly #scanner: JsonScanner;

  constructor(private readonly text: Buffer) {
    this.#scanner = new JsonScanner(text);
  }

  /** The whole text as one object; undefined for `null` and for white space only. */
  read<T extends object>(type: ClassRef<T>): T | undefined {
    if (this.#scanner.atEnd()) return undefined;
    const value = this.#object(type, '');
    this.#scanner.finish();
    return value;
  }

  /** The whole text as an object of strings; undefined as with `read`. */
  readStringMap(): ReadonlyMap<string, string> | undefined {
    if (this.#scanner.atEnd() || !this.#enter('object', 'Map', '')) return undefined;
    this.#scanner.begin();
    const map = new Map<string, string>();
    while (this.#scanner.nextMember()) {
      const name = this.#scanner.name();
      const value = this.#scalar('string', name);
      if (typeof value === 'string') map.set(name, value);
    }
    this.#scanner.finish();
    return map;
  }

  #object<T extends object>(type: ClassRef<T>, path: string): T | undefined {
    if (!this.#enter('object', 'Object', path)) return undefined;
    this.#scanner.begin();
    const fields = jsonFieldsOf(type);
    const object = new type();
    while (this.#scanner.nextMember()) {
      const name = this.#scanner.name();
      const field = fields.get(name);
      if (field === undefined) throw restErrors.unrecognizedField(name);
      const isNull = field.nullable && this.#scanner.peek() === 'null';
      const value = this.#value(field.type, path === '' ? name : `${path}.${name}`);
      if (isNull) Reflect.set(object, field.property, null);
      else if (value !== undefined) Reflect.set(object, field.property, value);
    }
    return object;
  }

  #value(type: JsonFieldType, path: string): unknown {
    if (typeof type === 'function') return this.#object(type(), path);
    if (typeof type === 'string') return this.#scalar(type, path);
    return this.#list(type[0], path);
  }

  #list(type: JsonScalar | (() => ClassRef), path: string): readonly unknown[] | undefined {
    if (!this.#enter('array', 'List', path)) return undefined;
    this.#scanner.begin();
    const list: unknown[] = [];
    while (this.#scanner.nextElement()) {
      const place = `${path}[${list.length}]`;
      const value = this.#value(type, place);
      if (value === undefined) throw restErrors.unprocessable(`${place} must not be null`);
      list.push(value);
    }
    return list;
  }

  /** Whether a container of the kind begins; false for null, which is passed over. */
  #enter(wanted: 'object' | 'array', name: string, path: string): boolean {
    const kind = this.#scanner.peek();
    if (kind === wanted) return true;
    const text = this.#take();
    if (kind === 'null') return false;
    throw mismatch(name, kind, text, path);
  }

  #scalar(type: JsonScalar, path: string): unknown {
    const kind = this.#scanner.peek();
    const text = this.#take();
    if (kind === 'null') return undefined;
    if (type === 'any') return JSON.parse(text.toString());
    const value = kind === 'string' ? stringOf(text) : text.toString();
    if (kind === 'object' || kind === 'array') throw mismatch(javaName[type], kind, text, path);
    if (type === 'string') return value;
    const read = readers[type](value, kind);
    if (read === 'out of range') {
      throw restErrors.malformed(`Numeric value (${shorten(value)}) out of range of ${type}${at(path)}`);
    }
    if (read === undefined && (kind !== 'string' || value !== ''))
      throw mismatch(javaName[type], kind, text, path);
    return read;
  }

  /** The text of the next value. */
  #take(): Buffer {
    this.#scanner.value();
    return this.text.subarray(this.#scanner.valueStart, this.#scanner.valueEnd);
  }
}

type Read<T> = T | 'out of range' | undefined;

const javaName = {
  string: 'String',
  integer: 'Integer',
  long: 'Long',
  number: 'Double',
  boolean: 'Boolean',
} as const;

const smallestLong = -(2n ** 63n);
const largestLong = 2n ** 63n - 1n;

/** Leniently, as Jackson: numbers from strings, floats cut off; undefined when it is none. */
const readers = {
  integer(text: string, kind: JsonKind): Read<number> {
    const value = wholeNumber(text, kind);
    if (value === undefined || value === 'out of range') return value;
    return value === BigInt.asIntN(32, value) ? Number(value) : 'out of range';
  },
  long: wholeNumber,
  number(text: string, kind: JsonKind): Read<number> {
    const value = kind === 'boolean' || text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : undefined;
  },
  boolean(text: string, kind: JsonKind): Read<boolean> {
    if (kind === 'number') return Number(text) !== 0;
    return { true: true, false: false }[text.trim().toLowerCase()];
  },
};

function wholeNumber(text: string, kind: JsonKind): Read<bigint> {
  if (kind === 'boolean') return undefined;
  if (kind === 'string' && !/^\s*[+-]?\d+\s*$/.test(text)) return undefined;
  const digits = /^-?\d+$/.test(text) ? text : kind === 'string' ? text.trim().replace('+', '') : undefined;
  if (digits !== undefined && digits.length > 20) return 'out of range';
  const number = Number(text);
  if (digits === undefined && !(Math.abs(number) < 2 ** 63)) return 'out of range';
  const value = digits === undefined ? BigInt(Math.trunc(number)) : BigInt(digits);
  return value >= smallestLong && value <= largestLong ? value : 'out of range';
}

function mismatch(name: string, kind: JsonKind, text: Buffer, path: string): RestError {
  const shown = kind === 'string' ? ` ${shorten(text.toString())}` : ' value';
  return restErrors.malformed(
    `Cannot deserialize value of type \`${name}\` from ${kindName[kind]}${shown}${at(path)}`,
  );
}

const kindName = {
  null: 'null',
  boolean: 'Boolean',
  number: 'Number',
  string: 'String',
  object: 'Object',
  array: 'Array',
} as const;

const at = (path: string): string => (path === '' ? '' : ` at ${path}`);
const longestShown = 64;
const shorten = (text: string): string =>
  text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
