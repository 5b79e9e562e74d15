import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/support/random-json.ts';
import { randomProto } from '../../../test/support/random-proto.ts';
import { JsonScanner } from '../json-text/json-scanner.ts';
import { ProtobufLanguage } from './protobuf-language.ts';

const none = Buffer.alloc(0);
/** Message indexes. */
const first = Buffer.from([0]);

describe('ProtobufSchemaCodec, beside protobufjs', () => {
  it('reads what it writes, and writes what it reads as the same', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = seededRandom(seed);
      const proto = randomProto(random, seed % 2 === 0 ? 'proto2' : 'proto3', { modest: true });
      const codec = new ProtobufLanguage().compile({ text: proto.schema, references: [] });
      const type = protobuf.parse(proto.schema, { keepCase: true }).root.lookupType(proto.message);
      for (let i = 0; i < 10; i++) {
        const json = new JsonScanner(Buffer.from(proto.value(random))).compactValue();
        const bytes = codec.encode(json, none);
        const theirs = Buffer.from(type.encode(type.decode(bytes.subarray(1))).finish());

        const shown = codec.decode(bytes, 0).toString();
        // Objects forget the order of a map's keys.
        const again = codec.decode(Buffer.concat([first, theirs]), 0).toString();
        expect(JSON.parse(again), proto.schema).toEqual(JSON.parse(shown));
        // What was read is written the same again, whatever was left out or spelled otherwise.
        expect(codec.decode(codec.encode(Buffer.from(shown), none), 0).toString(), proto.schema).toBe(shown);
      }
    }
  });
});
