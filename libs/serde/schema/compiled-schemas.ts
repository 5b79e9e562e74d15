import { BoundedMap } from '#libs/schema-registry/bounded-map.ts';
import type { SchemaDocument, SchemaRegistry, SchemaType } from '#libs/schema-registry/schema-registry.ts';
import type { SchemaCodec, SchemaLanguage } from './schema-language.ts';
import { SchemaParseError } from './schema-parse-error.ts';
import { referencesOf } from './schema-references.ts';

/** A schema that is ready for use, with the language it is in. */
export interface CompiledSchema {
  readonly language: SchemaLanguage;
  readonly codec: SchemaCodec;
}

/** Compiles schemas and remembers them, the least used only for as long as there is room. */
export class CompiledSchemas {
  readonly #languages: ReadonlyMap<SchemaType, SchemaLanguage>;
  readonly #byId: BoundedMap<number, CompiledSchema>;
  readonly #byText: BoundedMap<string, CompiledSchema>;
  readonly #underWay = new Map<number, Promise<CompiledSchema>>();

  constructor(
    private readonly registry: SchemaRegistry,
    languages: readonly SchemaLanguage[],
    maxSchemas: number,
  ) {
    this.#languages = new Map(languages.map((language) => [language.type, language]));
    const bounds = { maxEntries: maxSchemas, maxWeight: maxCharacters };
    this.#byId = new BoundedMap(bounds);
    this.#byText = new BoundedMap(bounds);
  }

  /** The schema of an id, if it is at hand. */
  cached(id: number): CompiledSchema | undefined {
    return this.#byId.get(id);
  }

  /**
   * @param known the id's schema, where it need not be asked for
   * @throws {SchemaRegistryError}
   * @throws {SchemaParseError} when the registry has it and it cannot be used
   */
  async ofId(id: number, known?: SchemaDocument): Promise<CompiledSchema> {
    return this.#byId.get(id) ?? this.#underWay.get(id) ?? this.#compileOnce(id, known);
  }

  /** Says that a schema that was compiled from its text has an id. */
  adopt(id: number, compiled: CompiledSchema): void {
    if (this.#byId.get(id) !== undefined) return;
    this.#byId.set(id, compiled, { weight: compiled.codec.canonicalText.length });
  }

  /** @throws {SchemaParseError} */
  ofText(language: SchemaLanguage, text: string): CompiledSchema {
    const key = `${language.type} ${text}`;
    let compiled = this.#byText.get(key);
    if (compiled === undefined) {
      requireModest(text);
      compiled = { language, codec: language.compile({ text, references: [] }) };
      this.#byText.set(key, compiled, { weight: text.length });
    }
    return compiled;
  }

  #compileOnce(id: number, known: SchemaDocument | undefined): Promise<CompiledSchema> {
    const compiling = this.#compile(id, known).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, compiling);
    return compiling;
  }

  async #compile(id: number, known: SchemaDocument | undefined): Promise<CompiledSchema> {
    const document = known ?? (await this.registry.schemaById(id));
    const language = this.#languageOf(document);
    requireModest(document.text);
    const references = await referencesOf(document, this.registry);
    const compiled = { language, codec: language.compile({ text: document.text, references }) };
    const characters = references.reduce((sum, { text }) => sum + text.length, document.text.length);
    this.#byId.set(id, compiled, { weight: characters });
    return compiled;
  }

  #languageOf({ type }: SchemaDocument): SchemaLanguage {
    const language = this.#languages.get(type);
    if (language === undefined) throw new SchemaParseError(`Schemas of type ${type} are not supported`);
    return language;
  }
}

function requireModest(text: string): void {
  if (text.length > maxTextCharacters) {
    throw new SchemaParseError(`It is larger than ${maxTextCharacters} characters`);
  }
}

/** Of schemas, all together: what is made of a schema is several times larger. */
const maxCharacters = 4_194_304;
const maxTextCharacters = 1_048_576;
