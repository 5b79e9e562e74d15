import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import type { Dialect } from '../draft.ts';
import { isObject, type JsonObject, type JsonValue } from '../json-value.ts';
import { costMark, defaultsMark } from '../keywords/marks.ts';
import { exactJson } from '../numbers/exact-json.ts';
import type { NumberSpellings, SpelledJson } from '../numbers/number-spellings.ts';
import { DynamicReferences } from './dynamic-references.ts';
import type { MemberDefault } from './validation-run.ts';

/** Values of these are not schemas, whatever they look like. */
const values = new Set(['enum', 'const', 'default', 'required', 'type']);
/** Members of these are schemas by any name. */
const maps = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
]);
/** What is in these may be applied more than once, or from somewhere else. */
const repeated = new Set([
  'patternProperties',
  '$defs',
  'definitions',
  'items',
  'additionalItems',
  'prefixItems',
  'contains',
  'additionalProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
/** Ajv takes these for its own. */
const foreign = ['nullable', '$async', costMark, defaultsMark];
const identifiers = ['$id', 'id', '$anchor', '$dynamicAnchor'];
/** Making code for so many takes about a second. */
const mostSchemas = 4_000;
const mostAlternatives = 500;
const COST_OF_A_CALL = 4;
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Checks the documents of a schema, and marks in place where steps are counted and which defaults there are. */
export class SchemaPreparation {
  /** Size of all documents: how many JSON values they have. */
  size = 0;
  hasDefaults = false;
  /** Whether some name of a member is one that all objects have. */
  namesInherited = false;
  /** Whether something must be a schema itself. */
  refersToMetaSchemas = false;
  #schemas = 0;
  /** Sum of squares: what lists of alternatives cost. */
  #alternatives = 0;
  readonly #sizes = new Map<object, number>();
  readonly #documents: SpelledJson[] = [];
  readonly #pointers = new Set<string>();

  readonly #dynamic: DynamicReferences | undefined;

  constructor(private readonly dialect: Dialect) {
    if (dialect.hasDynamicReferences) this.#dynamic = new DynamicReferences();
  }

  /** @throws {SchemaParseError} */
  add(document: SpelledJson): void {
    this.#documents.push(document);
    this.size += this.#visit(document.value, document.spellings, true);
  }

  /** After all documents: marks what is referred to by its place. @throws {SchemaParseError} */
  finish(): void {
    this.#dynamic?.settle(this.#documents.length);
    for (const pointer of this.#pointers) {
      for (const { value, spellings } of this.#documents) {
        const target = atPointer(value, pointer);
        if (!isObject(target)) continue;
        this.#markCost(target, this.#sizes.get(target) ?? this.#visit(target, spellings, true));
      }
    }
  }

  /** @returns how many values there are */
  #visit(value: JsonValue, spellings: NumberSpellings, isRepeated: boolean): number {
    if (Array.isArray(value)) {
      return value.reduce<number>((sum, element) => sum + this.#visit(element, spellings, isRepeated), 1);
    }
    if (!isObject(value)) {
      this.namesInherited ||= typeof value === 'string' && inherited.has(value);
      return 1;
    }
    if (++this.#schemas > mostSchemas) throw new SchemaParseError(`It has more than ${mostSchemas} parts`);
    for (const keyword of foreign) delete value[keyword];
    this.#limitAlternatives(value);
    this.#noteReferences(value);
    this.#dynamic?.note(value);
    let size = 1;
    for (const [keyword, child] of Object.entries(value)) {
      size += this.#visitKeyword(keyword, child, spellings);
    }
    this.#sizes.set(value, size);
    if (isRepeated || identifiers.some((identifier) => value[identifier] !== undefined)) {
      this.#markCost(value, size);
    }
    if (this.dialect.fillsDefaults) this.#markDefaults(value, spellings);
    return size;
  }

  #visitKeyword(keyword: string, child: JsonValue, spellings: NumberSpellings): number {
    if (inherited.has(keyword)) this.namesInherited = true;
    if (keyword === 'required') this.#noteNames(child);
    if (values.has(keyword)) return countValues(child);
    const isRepeated = repeated.has(keyword);
    if (!maps.has(keyword) || !isObject(child)) return this.#visit(child, spellings, isRepeated);
    let size = 1;
    for (const [name, schema] of Object.entries(child)) {
      this.#noteNames([name]);
      size += this.#visit(schema, spellings, isRepeated);
    }
    return size;
  }

  /** Their code is nested. */
  #limitAlternatives({ anyOf, oneOf }: JsonObject): void {
    for (const alternatives of [anyOf, oneOf]) {
      if (Array.isArray(alternatives)) this.#alternatives += alternatives.length ** 2;
    }
    if (this.#alternatives > mostAlternatives ** 2) {
      throw new SchemaParseError(`It has more than ${mostAlternatives} alternatives`);
    }
  }

  #noteNames(names: JsonValue): void {
    if (!Array.isArray(names)) return;
    this.namesInherited ||= names.some((name) => typeof name === 'string' && inherited.has(name));
  }

  #noteReferences(schema: JsonObject): void {
    for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef']) {
      const reference = schema[keyword];
      if (typeof reference !== 'string') continue;
      this.refersToMetaSchemas ||= /^https?:\/\/json-schema\.org\//.test(reference);
      const hash = reference.indexOf('#/');
      if (hash >= 0) this.#pointers.add(reference.slice(hash + 1));
    }
  }

  #markCost(schema: JsonObject, size: number): void {
    if (schema[costMark] !== undefined) return;
    if (schema['$ref'] !== undefined && (this.dialect.refStandsAlone || size <= 2)) return;
    mark(schema, costMark, size + COST_OF_A_CALL);
  }

  #markDefaults(schema: JsonObject, spellings: NumberSpellings): void {
    const { properties } = schema;
    if (!isObject(properties)) return;
    const defaults: MemberDefault[] = [];
    for (const [name, property] of Object.entries(properties)) {
      const value = isObject(property) ? property['default'] : undefined;
      // null says that there is none, in schemas made from classes.
      if (value === undefined || value === null) continue;
      const json = exactJson(value, property, 'default', spellings);
      defaults.push({ name, member: Buffer.concat([Buffer.from(`${JSON.stringify(name)}:`), json]) });
    }
    if (defaults.length === 0) return;
    this.hasDefaults = true;
    mark(schema, defaultsMark, defaults);
  }
}

function mark(schema: JsonObject, keyword: string, value: unknown): void {
  Object.defineProperty(schema, keyword, { value, enumerable: false, configurable: true });
}

function countValues(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, child) => sum + countValues(child), 1);
}

function atPointer(document: JsonValue, pointer: string): JsonValue | undefined {
  let at: JsonValue | undefined = document;
  for (const part of pointer.split('/').slice(1)) {
    const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = Array.isArray(at) ? at[Number(name)] : at[name];
  }
  return at;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
