import type {
  SchemaDocument,
  SchemaReference,
  SchemaRegistry,
} from '#libs/schema-registry/schema-registry.ts';
import type { ReferencedSchema } from './schema-language.ts';
import { SchemaParseError } from './schema-parse-error.ts';

const maxDepth = 32;
const maxReferences = 256;
const maxCharacters = 8_388_608;

/**
 * Gets everything that a schema refers to.
 *
 * @throws {SchemaParseError} when they refer to each other in a circle, are of another type, or are too many
 * @throws {SchemaRegistryError}
 */
export async function referencesOf(
  document: SchemaDocument,
  registry: SchemaRegistry,
): Promise<readonly ReferencedSchema[]> {
  return document.references.length === 0 ? [] : new References(document, registry).all();
}

class References {
  readonly #found: ReferencedSchema[] = [];
  readonly #seen = new Set<string>();
  /** From the schema itself to where the search is. */
  readonly #way: string[] = [];
  #characters = 0;

  constructor(
    private readonly document: SchemaDocument,
    private readonly registry: SchemaRegistry,
  ) {}

  async all(): Promise<readonly ReferencedSchema[]> {
    await this.#addAllOf(this.document);
    return this.#found;
  }

  async #addAllOf({ references }: SchemaDocument): Promise<void> {
    for (const reference of references) await this.#add(reference);
  }

  async #add({ name, subject, version }: SchemaReference): Promise<void> {
    const place = `${subject} version ${version}`;
    if (this.#way.includes(place)) {
      throw new SchemaParseError(`The references go in a circle: ${[...this.#way, place].join(' → ')}`);
    }
    const key = JSON.stringify([name, place]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (this.#seen.size > maxReferences) {
      throw new SchemaParseError(`There are more than ${maxReferences} references`);
    }
    if (this.#way.length === maxDepth) {
      throw new SchemaParseError(`The references are more than ${maxDepth} deep`);
    }
    const { document } = await this.registry.version(subject, version);
    if (document.type !== this.document.type) {
      throw new SchemaParseError(`The reference to ${place} is to a schema of type ${document.type}`);
    }
    this.#characters += document.text.length;
    if (this.#characters > maxCharacters) {
      throw new SchemaParseError(`What is referred to is larger than ${maxCharacters} characters`);
    }
    this.#way.push(place);
    await this.#addAllOf(document);
    this.#way.pop();
    this.#found.push({ name, text: document.text });
  }
}
