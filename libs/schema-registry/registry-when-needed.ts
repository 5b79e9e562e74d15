import {
  SchemaRegistry,
  type SchemaDocument,
  type SubjectVersion,
  type VersionedSchema,
} from './schema-registry.ts';

/** A registry that is made at the first call: HTTP clients take a while to load, and many proxies need none. */
export class RegistryWhenNeeded extends SchemaRegistry {
  #registry: Promise<SchemaRegistry> | undefined;

  constructor(private readonly make: () => Promise<SchemaRegistry>) {
    super();
  }

  async schemaById(id: number): Promise<SchemaDocument> {
    return (await this.#made()).schemaById(id);
  }

  async lookUp(subject: string, document: SchemaDocument): Promise<SubjectVersion> {
    return (await this.#made()).lookUp(subject, document);
  }

  async register(subject: string, document: SchemaDocument): Promise<number> {
    return (await this.#made()).register(subject, document);
  }

  async version(subject: string, version: number | 'latest'): Promise<VersionedSchema> {
    return (await this.#made()).version(subject, version);
  }

  async close(): Promise<void> {
    await (await this.#registry)?.close();
  }

  #made(): Promise<SchemaRegistry> {
    return (this.#registry ??= this.make());
  }
}
