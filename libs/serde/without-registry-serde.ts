import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { RecordFormat } from './record-format.ts';
import { Serde, type RecordSerializer, type SerializationTarget } from './serde.ts';

/** Stands in for a format with schemas while no schema registry is configured: says so in the original's words. */
export class WithoutRegistrySerde extends Serde {
  constructor(readonly format: RecordFormat) {
    super();
  }

  serializer({ schema }: SerializationTarget): RecordSerializer {
    if (schema.schema !== undefined || schema.schemaId !== undefined) throw noRegistry();
    // Told record by record, so that a schema for the other half of the record is complained about first.
    return refusing;
  }

  deserialize(): Buffer {
    throw noRegistry();
  }
}

const refusing: RecordSerializer = {
  schemaId: null,
  serialize() {
    throw restErrors.serializing(
      'Schema Registry not defined, no Schema Registry client available to serialize message.',
    );
  },
};

/** What a format with schemas needs is not configured. */
export function noRegistry(): RestError {
  return restErrors.payload('Schema Registry must be configured when using schemas.');
}
