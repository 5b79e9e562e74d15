import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../../json-text/ascii.ts';
import { stringOf } from '../../json-text/json-string.ts';
import type { JsonValue } from '../json-value.ts';
import type { MissingMember } from '../validation/validation-run.ts';

/** Bytes to put in front of others. */
interface Insertion {
  readonly at: number;
  readonly bytes: Buffer;
}

/**
 * Adds members to the ends of objects of a JSON text, and leaves everything else as it is.
 *
 * @param json compact
 * @param value what JSON.parse makes of it; its objects are those that the members are missing from
 */
export function withMembers(json: Buffer, value: JsonValue, missing: readonly MissingMember[]): Buffer {
  const members = new Map<object, Map<string, Buffer>>();
  for (const { object, default: addition } of missing) {
    let additions = members.get(object);
    if (additions === undefined) {
      additions = new Map();
      members.set(object, additions);
    }
    // Two schemas may say it of one object.
    if (!additions.has(addition.name)) additions.set(addition.name, addition.member);
  }
  const ends =
    members.size === 1 && typeof value === 'object' && value !== null && members.has(value)
      ? new Map([[value as object, json.length - 1]])
      : new ObjectEnds(json, members).of(value);
  const insertions: Insertion[] = [];
  for (const [object, additions] of members) {
    const at = ends.get(object);
    if (at === undefined) continue;
    const isEmpty = json[at - 1] === OPEN_BRACE;
    const parts = [...additions.values()].flatMap((member, i) =>
      i === 0 && isEmpty ? [member] : [comma, member],
    );
    insertions.push({ at, bytes: Buffer.concat(parts) });
  }
  return inserted(json, insertions);
}

function inserted(json: Buffer, insertions: Insertion[]): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, bytes } of insertions.toSorted((a, b) => a.at - b.at)) {
    parts.push(json.subarray(from, at), bytes);
    from = at;
  }
  return Buffer.concat([...parts, json.subarray(from)]);
}

/** Walks a compact JSON text beside what was parsed of it, to where certain objects end. */
class ObjectEnds {
  readonly #ends = new Map<object, number>();
  #at = 0;

  constructor(
    private readonly json: Buffer,
    private readonly wanted: ReadonlyMap<object, unknown>,
  ) {}

  /** Offsets of the closing braces. Of members with one name, the last is the one that was parsed. */
  of(value: JsonValue): ReadonlyMap<object, number> {
    this.#value(value);
    return this.#ends;
  }

  #value(value: JsonValue | undefined): void {
    const first = this.json[this.#at] ?? 0;
    switch (first) {
      case OPEN_BRACE:
        this.#object(value);
        break;
      case OPEN_BRACKET:
        this.#array(value);
        break;
      case QUOTE:
        this.#string();
        break;
      default:
        while (!isEnd(this.json[this.#at])) this.#at++;
    }
  }

  #object(value: JsonValue | undefined): void {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#at++;
    while (this.json[this.#at] !== CLOSE_BRACE) {
      if (this.json[this.#at] === COMMA) this.#at++;
      const start = this.#at;
      this.#string();
      const name = stringOf(this.json.subarray(start, this.#at));
      this.#at++;
      this.#value(isObject && Object.hasOwn(value, name) ? value[name] : undefined);
    }
    if (isObject && this.wanted.has(value)) this.#ends.set(value, this.#at);
    this.#at++;
  }

  #array(value: JsonValue | undefined): void {
    this.#at++;
    for (let i = 0; this.json[this.#at] !== CLOSE_BRACKET; i++) {
      if (this.json[this.#at] === COMMA) this.#at++;
      this.#value(Array.isArray(value) ? value[i] : undefined);
    }
    this.#at++;
  }

  #string(): void {
    for (this.#at++; this.json[this.#at] !== QUOTE; this.#at++) {
      if (this.json[this.#at] === BACKSLASH) this.#at++;
    }
    this.#at++;
  }
}

function isEnd(byte: number | undefined): boolean {
  return byte === undefined || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}

const comma = Buffer.from(',');
