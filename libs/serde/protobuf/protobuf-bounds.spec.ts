import { describe, expect, it } from 'vitest';
import { randomJson, seededRandom } from '../../../test/support/random-json.ts';
import { randomProto } from '../../../test/support/random-proto.ts';
import { JsonScanner } from '../json-text/json-scanner.ts';
import { DataMismatchError } from '../schema/data-mismatch-error.ts';
import type { ReferencedSchema, SchemaCodec } from '../schema/schema-language.ts';
import { SchemaParseError } from '../schema/schema-parse-error.ts';
import { DeserializationError } from '../serde.ts';
import { ProtobufLanguage } from './protobuf-language.ts';

const none = Buffer.alloc(0);
const syntax = 'syntax = "proto3";';

function codecOf(text: string, references: readonly ReferencedSchema[] = []): SchemaCodec {
  return new ProtobufLanguage().compile({ text, references });
}

/** What an attempt ends with; anything but an answer or these two errors fails the test. */
function ending(attempt: () => unknown): 'done' | 'refused' {
  try {
    attempt();
    return 'done';
  } catch (error) {
    if (error instanceof DataMismatchError || error instanceof DeserializationError) return 'refused';
    throw error;
  }
}

function millisecondsOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

describe('ProtobufLanguage, with schemas that mean harm', () => {
  it.each([
    ['messages in messages', `${'message M {'.repeat(100_000)}${'}'.repeat(100_000)}`],
    ['brackets in an option', `option (a) = ${'{'.repeat(200_000)}`],
    ['brackets that close', `option (a) = ${'['.repeat(200_000)}`],
    ['a long name', `message ${'M'.repeat(1_000)} {}`],
    ['a package of many parts', `package ${'a.'.repeat(1_000)}b; message M {}`],
    [
      'many fields',
      `message M { ${Array.from({ length: 60_000 }, (_, i) => `int32 a${i}=${i + 20_000};`).join('')} }`,
    ],
    [
      'many values',
      `message M {} enum E { ${Array.from({ length: 60_000 }, (_, i) => `A${i}=${i};`).join('')} }`,
    ],
    ['many messages', 'message M{}'.repeat(60_000)],
    ['nothing but an enum', 'enum E { A = 0; }'],
    ['no text at all', ''],
    ['a descriptor of nothing', 'AAAA'],
  ])('refuses %s', (_, definitions) => {
    const taken = millisecondsOf(() => {
      expect(() => codecOf(`${syntax}${definitions}`)).toThrow(SchemaParseError);
    });

    expect(taken).toBeLessThan(2_000);
  });

  it('takes large schemas in little time', () => {
    const taken = millisecondsOf(() => {
      // Types that refer to each other in a long row, and much that is reserved.
      const messages = Array.from({ length: 15_000 }, (_, i) => `message M${i} { M${i + 1} m = 1; }`);
      const reserved = `reserved ${Array.from({ length: 20_000 }, (_, i) => i + 100).join(',')};`;
      const codec = codecOf(`${syntax}${messages.join('')} message M15000 { ${reserved} int32 a = 1; }`);
      expect(codec.decode(Buffer.from([0]), 0).toString()).toBe('{}');
    });

    expect(taken).toBeLessThan(3_000);
  });

  it('takes imports in a circle, and those that nobody has', () => {
    const codec = codecOf(
      `${syntax} import "b.proto"; import "a.proto"; import "options.proto"; message A { B b = 1; }`,
      [
        { name: 'c.proto', text: `${syntax} import "b.proto"; message C { A a = 1; }` },
        {
          name: 'b.proto',
          text: `${syntax} import "c.proto"; import "google/protobuf/timestamp.proto"; message B { C c = 1; }`,
        },
      ],
    );
    const json = '{"b":{"c":{"a":{}}}}';

    expect(codec.decode(codec.encode(Buffer.from(json), none), 0).toString()).toBe(json);
    expect(() => codecOf(`${syntax} message M {}`, [{ name: 'x.proto', text: 'message' }])).toThrow(
      new SchemaParseError(
        'x.proto: Expected the name of a message, got the end of the schema (line 1, column 8)',
      ),
    );
  });

  it('takes names that objects have anyway', () => {
    const codec = codecOf(
      `${syntax} message constructor { __proto__ __proto__ = 1; int32 constructor = 2; map<string, int32> toString = 3; } message __proto__ { int32 hasOwnProperty = 1; }`,
    );
    const json = '{"_proto__":{},"constructor":1,"toString":{"__proto__":1,"constructor":2}}';
    const shown = codec.decode(codec.encode(Buffer.from(json.replace('"_proto__"', '"__proto__"')), none), 0);

    expect(shown.toString()).toContain('"constructor":1,"toString":{"__proto__":1,"constructor":2}}');
    expect(Object.prototype).not.toHaveProperty('hasOwnProperty', 0);
  });
});

describe('ProtobufSchemaCodec, with data that mean harm', () => {
  const recursive = codecOf(
    `syntax = "proto2"; message M { optional M m = 1; repeated M r = 2; optional group G = 3 { optional M m = 1; } map<string, M> x = 4; optional int32 i = 5; }`,
  );

  it('refuses what nests deeper than others read, both ways', () => {
    const nested = (depth: number): Buffer => Buffer.from(`${'{"m":'.repeat(depth)}{}${'}'.repeat(depth)}`);
    const deepest = recursive.encode(nested(100), none);

    expect(ending(() => recursive.decode(deepest, 0))).toBe('done');
    expect(() => recursive.encode(nested(101), none)).toThrow('messages nest deeper than 100');
    expect(() => recursive.encode(nested(900), none)).toThrow(DataMismatchError);
    for (const opening of ['0a', '1b', '12', '22']) {
      const bytes = Buffer.from(`00${opening.repeat(50_000)}`, 'hex');
      expect(ending(() => recursive.decode(bytes, 0))).toBe('refused');
    }
    let bytes: Buffer = Buffer.alloc(0);
    for (let depth = 0; depth < 101; depth++) bytes = sized(0x0a, bytes);
    expect(() => recursive.decode(Buffer.concat([Buffer.from([0]), bytes]), 0)).toThrow(
      'The messages nest deeper than 100',
    );
  });

  it('takes time by the size of the data alone, in whatever order their fields are', () => {
    // On each level the fields come in the wrong order, so that they are looked at twice.
    let bytes: Buffer = Buffer.alloc(0);
    for (let depth = 0; depth < 100; depth++)
      bytes = Buffer.concat([Buffer.from([0x28, 1]), sized(0x0a, bytes)]);
    let json = '{}';
    for (let depth = 0; depth < 100; depth++) json = `{"i":1,"m":${json}}`;
    let shown = '';
    const taken = millisecondsOf(() => {
      shown = recursive.decode(Buffer.concat([Buffer.from([0]), bytes]), 0).toString();
      recursive.encode(Buffer.from(json), none);
    });

    expect(shown.match(/"i":1/g)).toHaveLength(100);
    expect(taken).toBeLessThan(500);
  });

  it('does not make much JSON of little', () => {
    const fields = Array.from({ length: 5_000 }, (_, i) => `optional int64 some_long_name_${i} = ${i + 2};`);
    const codec = codecOf(
      `syntax = "proto2"; message M { repeated N n = 1; } message N { ${fields.join('')} }`,
    );
    const bytes = Buffer.concat([
      Buffer.from([0]),
      ...Array.from({ length: 20_000 }, () => Buffer.from([0x0a, 0])),
    ]);

    expect(() => codec.decode(bytes, 0)).toThrow(/^As JSON it is too large/);
  });

  it('ends with an answer or one of two errors, whatever it is given', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = seededRandom(seed);
      const proto = randomProto(random, seed % 2 === 0 ? 'proto2' : 'proto3');
      const codec = codecOf(proto.schema);
      ending(() => codec.encode(new JsonScanner(Buffer.from(randomJson(random))).compactValue(), none));
      for (let i = 0; i < 10; i++) {
        const json = new JsonScanner(Buffer.from(proto.value(random))).compactValue();
        const bytes = codec.encode(json, none);
        ending(() => codec.decode(bytes.subarray(0, random(bytes.length + 1)), 0));
        for (let flips = random(4); flips >= 0; flips--) bytes[random(bytes.length)] = random(256);
        ending(() => JSON.parse(codec.decode(bytes, 0).toString()) as unknown);
      }
    }
  });
});

function sized(tag: number, body: Buffer): Buffer {
  const size = body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
