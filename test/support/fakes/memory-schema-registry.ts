import { SchemaRegistryError } from '#libs/schema-registry/schema-registry-error.ts';
import {
  SchemaRegistry,
  type SchemaDocument,
  type SubjectVersion,
  type VersionedSchema,
} from '#libs/schema-registry/schema-registry.ts';

/** A registry in memory, which compares schemas letter by letter. */
export class MemorySchemaRegistry extends SchemaRegistry {
  /** Every call that came in, as `lookUp orders-value`. */
  readonly calls: string[] = [];
  /** Thrown by every call, if set. */
  failure: SchemaRegistryError | undefined;
  readonly #ids: string[] = [];
  readonly #subjects = new Map<string, number[]>();

  schemaById(id: number): Promise<SchemaDocument> {
    return this.#answer(`schemaById ${id}`, () => this.#document(id));
  }

  lookUp(subject: string, document: SchemaDocument): Promise<SubjectVersion> {
    return this.#answer(`lookUp ${subject}`, () => {
      const versions = this.#versions(subject);
      const id = this.#ids.indexOf(JSON.stringify(document)) + 1;
      const index = versions.indexOf(id);
      if (id === 0 || index === -1) throw notFound(40403, 'Schema not found');
      return { subject, version: index + 1, id };
    });
  }

  register(subject: string, document: SchemaDocument): Promise<number> {
    return this.#answer(`register ${subject}`, () => this.add(subject, document));
  }

  version(subject: string, version: number | 'latest'): Promise<VersionedSchema> {
    return this.#answer(`version ${subject} ${version}`, () => {
      const versions = this.#versions(subject);
      const number = version === 'latest' ? versions.length : version;
      const id = versions[number - 1];
      if (id === undefined) throw notFound(40402, `Version ${version} not found.`);
      return { subject, version: number, id, document: this.#document(id) };
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Registers without a call. @returns the id */
  add(subject: string, { type, text, references = [] }: Partial<SchemaDocument> & { text: string }): number {
    const json = JSON.stringify({ type: type ?? 'AVRO', text, references });
    if (!this.#ids.includes(json)) this.#ids.push(json);
    const id = this.#ids.indexOf(json) + 1;
    const versions = this.#subjects.get(subject) ?? [];
    if (!versions.includes(id)) this.#subjects.set(subject, [...versions, id]);
    return id;
  }

  /** The text of an id; undefined when there is none. */
  textOf(id: number): string | undefined {
    const json = this.#ids[id - 1];
    return json === undefined ? undefined : (JSON.parse(json) as SchemaDocument).text;
  }

  #versions(subject: string): readonly number[] {
    const versions = this.#subjects.get(subject);
    if (versions === undefined) throw notFound(40401, `Subject '${subject}' not found.`);
    return versions;
  }

  #document(id: number): SchemaDocument {
    const json = this.#ids[id - 1];
    if (json === undefined) throw notFound(40403, 'Schema not found');
    return JSON.parse(json) as SchemaDocument;
  }

  async #answer<T>(call: string, answer: () => T): Promise<T> {
    this.calls.push(call);
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    return answer();
  }
}

function notFound(errorCode: number, message: string): SchemaRegistryError {
  return new SchemaRegistryError(`${message}; error code: ${errorCode}`, 404, errorCode);
}
