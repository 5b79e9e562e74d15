import type { EmbeddedFormat } from '../embedded-format.ts';
import { escapeSupplementary } from '../json-text/compact-json.ts';
import { JsonScanner } from '../json-text/json-scanner.ts';
import { JsonSyntaxError } from '../json-text/json-syntax-error.ts';
import { DeserializationError, Serde, type RecordSerializer, type SerializationTarget } from '../serde.ts';

/**
 * JSON text as it was sent: compact, numbers in their spelling, members in their order. null is Kafka's null.
 *
 * Keys are written exactly as the original writes them (numbers aside), so that a key stays in its partition.
 */
export class JsonSerde extends Serde {
  readonly format: EmbeddedFormat = 'json';

  serializer(target: SerializationTarget): RecordSerializer {
    return target.isKey ? keySerializer : valueSerializer;
  }

  deserialize(data: Buffer): Buffer {
    try {
      const scanner = new JsonScanner(data);
      const json = scanner.compactValue();
      scanner.finish();
      return json;
    } catch (error) {
      if (error instanceof JsonSyntaxError) throw new DeserializationError(error.message, { cause: error });
      throw error;
    }
  }
}

const keySerializer: RecordSerializer = {
  schemaId: null,
  serialize: (json) => (json === null ? null : escapeSupplementary(json)),
};

const valueSerializer: RecordSerializer = {
  schemaId: null,
  serialize: (json) => json,
};
