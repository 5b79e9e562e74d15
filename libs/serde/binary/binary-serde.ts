import type { EmbeddedFormat } from '../embedded-format.ts';
import { Serde, type RecordSerializer } from '../serde.ts';
import { bytesOf } from './base64-data.ts';
import { encodeBase64Json } from './base64.ts';

/** Bytes as they are, written as base64 strings. */
export class BinarySerde extends Serde {
  readonly format: EmbeddedFormat = 'binary';

  serializer(): RecordSerializer {
    return binarySerializer;
  }

  deserialize(data: Buffer): Buffer {
    return encodeBase64Json(data);
  }
}

const binarySerializer: RecordSerializer = { schemaId: null, serialize: bytesOf };
