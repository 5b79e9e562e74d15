import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JsonScanner } from '#libs/serde/json-text/json-scanner.ts';
import { ProtobufLanguage } from '#libs/serde/protobuf/protobuf-language.ts';
import { DataMismatchError } from '#libs/serde/schema/data-mismatch-error.ts';
import { DeserializationError } from '#libs/serde/serde.ts';
import type { SchemaCodec } from '#libs/serde/schema/schema-language.ts';
import { randomProto, type RandomProto } from '../support/random-proto.ts';
import { seededRandom, type Random } from '../support/random-json.ts';
import { descriptorsOf, JavaProtobuf, lastDescriptor } from './schema-java-protobuf.ts';

const none = Buffer.alloc(0);

function codecOf(text: string): SchemaCodec {
  return new ProtobufLanguage().compile({ text, references: [] });
}

function compact(json: string): Buffer {
  return new JsonScanner(Buffer.from(json)).compactValue();
}

/** Numbers by their value, members in their order. */
function meaning(json: Buffer | string | undefined): string {
  return JSON.stringify(JSON.parse(String(json)));
}

/** Behind the byte of the message indexes. */
function encode(codec: SchemaCodec, json: string): string {
  return codec.encode(compact(json), none).subarray(1).toString('hex');
}

function decode(codec: SchemaCodec, hex: string): string {
  return codec.decode(Buffer.from(`00${hex}`, 'hex'), 0).toString();
}

describe("ProtobufSchemaCodec, beside Java's Protobuf", () => {
  let java: JavaProtobuf;

  beforeAll(async () => {
    java = await JavaProtobuf.start();
  });

  afterAll(() => java.stop());

  /** Schemas, several to one run of protoc, which takes longest. */
  async function* schemas(
    syntax: 'proto2' | 'proto3',
    count: number,
  ): AsyncGenerator<{ random: Random; proto: RandomProto; descriptors: string; seed: number }> {
    for (let seed = 1; seed <= count; seed++) {
      const random = seededRandom(seed);
      const proto = randomProto(random, syntax);
      yield { random, proto, seed, descriptors: await descriptorsOf(proto.schema) };
    }
  }

  it.each(['proto2', 'proto3'] as const)(
    'reads what Java writes and writes what Java reads, whatever the schema (%s)',
    async (syntax) => {
      for await (const { random, proto, descriptors, seed } of schemas(syntax, 40)) {
        const codec = codecOf(proto.schema);
        const { message } = proto;
        const described = codecOf(lastDescriptor(descriptors));
        const known: string[] = [];
        for (let i = 0; i < 10; i++) {
          const json = proto.value(random);
          const shown = `${seed}: ${proto.schema} ${json}`;
          const ours = encode(codec, json);
          expect(encode(described, json), shown).toBe(ours);
          expect(decode(described, ours), shown).toBe(decode(codec, ours));
          const answer = await java.ask({ descriptors, message, json, hex: ours });
          expect(answer.error, shown).toBe(undefined);
          const theirs = answer.hex ?? '';
          // Java leaves out of a map's entries what is zero.
          if (!proto.hasMaps) expect(theirs, shown).toBe(ours);
          expect(meaning(decode(codec, ours)), shown).toBe(meaning(answer.json));
          expect(meaning(decode(codec, theirs)), shown).toBe(meaning(answer.json));
          known.push(ours);

          // One message after another is one message, in which the latter counts, and arrays are both.
          const merged = (known[random(known.length)] ?? '') + ours;
          const both = await java.ask({ descriptors, message, hex: merged });
          const how = `${shown} merged ${merged} ${both.error}`;
          // Seconds of the one and nanoseconds of the other may be no time.
          if (both.error !== undefined)
            expect(() => decode(codec, merged), how).toThrow(DeserializationError);
          else expect(meaning(decode(codec, merged)), how).toBe(meaning(both.json));
        }
      }
    },
  );

  const proto3 = `syntax = "proto3"; import "google/protobuf/timestamp.proto"; message M {
    int32 i = 1; int64 l = 2; uint32 u = 3; bool b = 4; bytes y = 5; float f = 6; enum E { A = 0; B = 5; } E e = 7;
    oneof o { string s = 8; int32 t = 9; } repeated int32 r = 10; map<string, M> m = 11; M n = 12;
    google.protobuf.Timestamp ts = 13; double d = 14; optional string text = 15; }`;

  it.each([
    ...[
      '1',
      '"1"',
      '1.0',
      '1e2',
      '"1e2"',
      '-2147483648',
      '1.5',
      '2147483648',
      '"x"',
      '""',
      'true',
      '{}',
      'null',
    ].map((value) => `{"i":${value}}`),
    ...['9223372036854775807', '"9223372036854775808"', '1e3', '-0'].map((value) => `{"l":${value}}`),
    ...['4294967295', '-1', '"4294967296"'].map((value) => `{"u":${value}}`),
    ...['true', '"true"', '1', '"yes"', 'null'].map((value) => `{"b":${value}}`),
    ...['"AA"', '"_-8="', '"a"', '"?"', '5', '"AAA"', '"AAB="'].map((value) => `{"y":${value}}`),
    ...['1', '3.5e38', '-3.5e38', '"NaN"', '"nan"', '"-Infinity"', 'true'].map((value) => `{"f":${value}}`),
    ...['1e308', '1e309', '"1e309"', '"x"'].map((value) => `{"d":${value}}`),
    ...['"B"', '5', '77', '"77"', '"b"', '5.5', 'true', '4294967296'].map((value) => `{"e":${value}}`),
    '{"s":"a","t":1}',
    '{"s":null,"t":1}',
    '{"s":5}',
    '{"text":true}',
    '{"text":1.25}',
    '{"r":null}',
    '{"r":[null]}',
    '{"r":5}',
    '{"r":{}}',
    '{"m":{"a":null}}',
    '{"m":[]}',
    '{"m":{"a":{}}}',
    '{"n":[]}',
    '{"n":null}',
    '{"n":"x"}',
    ...['"2024-01-01T00:00:00Z"', '"2024-01-01"', '5', '"10000-01-01T00:00:00Z"'].map(
      (value) => `{"ts":${value}}`,
    ),
    '{"nope":1}',
    '{"i":1,"nope":null}',
    '[]',
    '5',
    '"x"',
    '{}',
  ])('takes what Java takes, and nothing else: %s', async (json) => {
    const answer = await java.ask({ descriptors: await proto3Descriptors(), message: 'M', json });

    let ours: string | undefined;
    try {
      ours = encode(codecOf(proto3), json);
    } catch (error) {
      expect(error).toBeInstanceOf(DataMismatchError);
    }

    expect(ours, answer.error).toBe(answer.hex);
  });

  let compiled: Promise<string> | undefined;
  function proto3Descriptors(): Promise<string> {
    return (compiled ??= descriptorsOf(proto3));
  }
});
