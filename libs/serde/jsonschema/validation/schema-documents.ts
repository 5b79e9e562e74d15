import type { ReferencedSchema } from '../../schema/schema-language.ts';
import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import { isObject, type JsonValue } from '../json-value.ts';
import type { SpelledJson } from '../numbers/number-spellings.ts';
import { parseSchema } from './schema-text.ts';

interface NamedDocument {
  /** undefined: its own id. */
  readonly name: string | undefined;
  readonly value: JsonValue;
}

/** A schema, and the documents that it refers to, under each of the names they may be called by. */
export class SchemaDocuments {
  readonly all: readonly SpelledJson[];
  readonly references: readonly NamedDocument[];

  /** @throws {SchemaParseError} */
  constructor(
    root: SpelledJson,
    references: readonly ReferencedSchema[],
    resolve: (base: string, name: string) => string,
    private readonly idKeyword: 'id' | '$id',
  ) {
    const base = this.#idOf(root.value) ?? '';
    const parsed = new Map<string, SpelledJson>();
    const named = new Map<string, JsonValue>();
    // The schema's own references come last, and count where one of another document has the same name.
    for (const { name, text } of references.toReversed()) {
      const known = parsed.get(text);
      const document = known ?? parseSchema(text, root.spellings);
      if (known === undefined) this.#dropIdInUse(document.value, base, parsed);
      parsed.set(text, document);
      for (const alias of [resolve(base, name), resolve('', name), name.replace(/#$/, '')]) {
        if (!named.has(alias)) named.set(alias, document.value);
      }
    }
    this.all = [root, ...parsed.values()];
    const withId = [...parsed.values()].filter(({ value }) => this.#idOf(value) !== undefined);
    for (const { value } of withId) named.delete(this.#idOf(value) ?? '');
    this.references = [
      ...withId.map(({ value }) => ({ name: undefined, value })),
      ...[...named].map(([name, value]) => ({ name, value })),
    ];
  }

  /** Two versions of a document may have one id: the first keeps it. */
  #dropIdInUse(document: JsonValue, base: string, others: ReadonlyMap<string, SpelledJson>): void {
    const id = this.#idOf(document);
    if (id === undefined) return;
    if (id === base) throw new SchemaParseError(`A reference has the id of the schema itself, ${id}`);
    const isInUse = [...others.values()].some(({ value }) => this.#idOf(value) === id);
    if (isInUse && isObject(document)) delete document[this.idKeyword];
  }

  #idOf(document: JsonValue): string | undefined {
    const id = isObject(document) ? document[this.idKeyword] : undefined;
    return typeof id === 'string' && id !== '' ? id.replace(/#$/, '') : undefined;
  }
}
