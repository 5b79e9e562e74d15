/** Confluent's word for the language of a schema. Registries may know others. */
export type SchemaType = 'AVRO' | 'JSON' | 'PROTOBUF';

/** Names a schema that another one builds on. */
export interface SchemaReference {
  /** How the referring schema calls it: a type's full name in Avro, an import in Protobuf, a URI in JSON Schema. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema as it stands in a registry; immutable. */
export interface SchemaDocument {
  readonly type: SchemaType;
  readonly text: string;
  readonly references: readonly SchemaReference[];
}

/** Where a schema stands. */
export interface SubjectVersion {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
}

/** A version of a subject, with its schema. */
export interface VersionedSchema extends SubjectVersion {
  readonly document: SchemaDocument;
}

/**
 * A registry that speaks Confluent's API: Confluent's own, Karapace, Apicurio.
 *
 * Every call ends within a limited time and throws SchemaRegistryError when the registry refuses or cannot be reached.
 */
export abstract class SchemaRegistry {
  /** @throws {SchemaRegistryError} `notFound` when there is no such id */
  abstract schemaById(id: number): Promise<SchemaDocument>;

  /**
   * Looks up what a subject calls a schema. Whether it is registered under other subjects plays no part.
   *
   * @throws {SchemaRegistryError} `notFound` when the subject does not have it
   */
  abstract lookUp(subject: string, document: SchemaDocument): Promise<SubjectVersion>;

  /**
   * Registers a schema under a subject, where it may be already.
   *
   * @returns its id
   * @throws {SchemaRegistryError} also when the schema is not compatible with the subject's other versions (409)
   */
  abstract register(subject: string, document: SchemaDocument): Promise<number>;

  /** @throws {SchemaRegistryError} `notFound` when the subject or the version does not exist */
  abstract version(subject: string, version: number | 'latest'): Promise<VersionedSchema>;

  /** Ends its connections. */
  abstract close(): Promise<void>;
}
