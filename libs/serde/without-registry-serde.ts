import { restErrors } from '#libs/errors/rest-errors.ts';
import type { EmbeddedFormat } from './embedded-format.ts';
import { Serde, type RecordSerializer, type SerializationTarget } from './serde.ts';

/** Stands in for a format with schemas while no schema registry is configured: says so in the original's words. */
export class WithoutRegistrySerde extends Serde {
  constructor(readonly format: EmbeddedFormat) {
    super();
  }

  serializer({ schema }: SerializationTarget): RecordSerializer {
    throw schema.schema === undefined && schema.schemaId === undefined
      ? restErrors.serializing(
          'Schema Registry not defined, no Schema Registry client available to serialize message.',
        )
      : restErrors.payload('Schema Registry must be configured when using schemas.');
  }

  deserialize(): Buffer {
    throw restErrors.payload('Schema Registry must be configured when using schemas.');
  }
}
