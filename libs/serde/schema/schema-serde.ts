import { restErrors } from '#libs/errors/rest-errors.ts';
import { SchemaRegistryError } from '#libs/schema-registry/schema-registry-error.ts';
import type { EmbeddedFormat } from '../embedded-format.ts';
import { DeserializationError, Serde, type RecordSerializer, type SerializationTarget } from '../serde.ts';
import type { CompiledSchema, CompiledSchemas } from './compiled-schemas.ts';
import type { SchemaCodec, SchemaLanguage } from './schema-language.ts';
import { SchemaParseError } from './schema-parse-error.ts';
import type { ResolvedSchema, SchemaResolver } from './schema-resolver.ts';
import { SchemaSerializer, withoutSchema } from './schema-serializer.ts';
import { headerLength, schemaIdOf } from './wire-frame.ts';

/** What the serdes of all schema formats share. */
export interface SchemaSerdeParts {
  readonly compiled: CompiledSchemas;
  readonly resolver: SchemaResolver;
  /** Whether null is Kafka's null though there is a schema. */
  readonly nullIsTombstone: boolean;
}

/** A format whose records name their schema in a registry. Each record is read with the schema it was written with. */
export class SchemaSerde extends Serde {
  readonly format: EmbeddedFormat;
  #lastId: number | undefined;
  #lastCodec: SchemaCodec | undefined;

  constructor(
    private readonly language: SchemaLanguage,
    private readonly parts: SchemaSerdeParts,
  ) {
    super();
    this.format = language.format;
  }

  serializer(target: SerializationTarget): RecordSerializer | Promise<RecordSerializer> {
    const { schema, schemaId, schemaVersion } = target.schema;
    if (schema === undefined && schemaId === undefined && schemaVersion === undefined) {
      return withoutSchema(target.isKey);
    }
    if (schema !== undefined && schemaId !== undefined) {
      const name = target.isKey ? 'key_schema' : 'value_schema';
      throw restErrors.unprocessable(`Only one of ${name} and ${name}_id can be used.`);
    }
    const resolved = this.parts.resolver.resolve(target, this.language);
    return resolved instanceof Promise
      ? resolved.then((schema) => this.#serializer(schema, target))
      : this.#serializer(resolved, target);
  }

  #serializer(schema: ResolvedSchema, { isKey }: SerializationTarget): RecordSerializer {
    return new SchemaSerializer(schema, isKey, this.parts.nullIsTombstone);
  }

  deserialize(data: Buffer): Buffer | Promise<Buffer> {
    const id = schemaIdOf(data);
    // Most records are written with the schema of the one before.
    if (id === this.#lastId && this.#lastCodec !== undefined) {
      return this.#lastCodec.decode(data, headerLength);
    }
    const compiled = this.parts.compiled.cached(id);
    return compiled === undefined
      ? this.#fetched(id).then((fetched) => this.#codec(id, fetched).decode(data, headerLength))
      : this.#codec(id, compiled).decode(data, headerLength);
  }

  #codec(id: number, { language, codec }: CompiledSchema): SchemaCodec {
    if (language !== this.language) {
      throw new DeserializationError(
        `The schema with id ${id} is of type ${language.type}, not ${this.language.type}`,
      );
    }
    this.#lastId = id;
    this.#lastCodec = codec;
    return codec;
  }

  async #fetched(id: number): Promise<CompiledSchema> {
    try {
      return await this.parts.compiled.ofId(id);
    } catch (error) {
      if (!(error instanceof SchemaRegistryError) && !(error instanceof SchemaParseError)) throw error;
      throw new DeserializationError(`Error retrieving schema for id ${id}: ${error.message}`, {
        cause: error,
      });
    }
  }
}
