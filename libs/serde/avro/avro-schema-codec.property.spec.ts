import avro from 'avsc';
import { describe, expect, it } from 'vitest';
import { randomAvro } from '../../../test/support/random-avro.ts';
import { seededRandom } from '../../../test/support/random-json.ts';
import { JsonScanner } from '../json-text/json-scanner.ts';
import { headerLength, frameHeader } from '../schema/wire-frame.ts';
import { AvroLanguage } from './avro-language.ts';

const header = frameHeader(1);

function compact(json: string): Buffer {
  return new JsonScanner(Buffer.from(json)).compactValue();
}

describe('AvroSchemaCodec, beside avsc', () => {
  it('writes the same bytes and reads them back as the same JSON, whatever the schema', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed);
      const { schema, value } = randomAvro(random, { modest: true });
      const codec = new AvroLanguage().compile({ text: schema, references: [] });
      const type = avro.Type.forSchema(JSON.parse(schema), { wrapUnions: true });
      for (let i = 0; i < 5; i++) {
        const json = compact(value(random));
        const bytes = codec.encode(json, header);
        const theirs = type.toBuffer(type.fromString(json.toString()));
        expect(bytes.subarray(headerLength).toString('hex'), `${seed}: ${schema} ${String(json)}`).toBe(
          theirs.toString('hex'),
        );
        const read = codec.decode(bytes, headerLength);
        expect(codec.encode(compact(read.toString()), header).equals(bytes), `${seed}: ${String(read)}`).toBe(
          true,
        );
      }
    }
  });
});
