import { restErrors } from '#libs/errors/rest-errors.ts';
import { excerptOf } from '../json-text/excerpt.ts';
import { stringOf } from '../json-text/json-string.ts';
import type { RecordFormat } from '../record-format.ts';
import { Serde, type RecordSerializer } from '../serde.ts';

/** Text as UTF-8. A surrogate without its other half, which UTF-8 cannot carry, is refused. */
export class StringSerde extends Serde {
  readonly format: RecordFormat = 'string';

  serializer(): RecordSerializer {
    return stringSerializer;
  }

  deserialize(data: Buffer): Buffer {
    return Buffer.from(JSON.stringify(data.toString()));
  }
}

const stringSerializer: RecordSerializer = { schemaId: null, serialize: textOf };

function textOf(json: Buffer | null): Buffer | null {
  if (json === null) return null;
  if (json[0] !== QUOTE) throw restErrors.badRequest(`data=${excerptOf(json)} is not a string.`);
  if (!json.includes(BACKSLASH)) return json.subarray(1, json.length - 1);
  const text = stringOf(json);
  if (!text.isWellFormed()) throw restErrors.badRequest(`data=${excerptOf(json)} is not valid Unicode.`);
  return Buffer.from(text);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
