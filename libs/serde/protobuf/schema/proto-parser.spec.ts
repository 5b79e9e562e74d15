import { describe, expect, it } from 'vitest';
import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import type { ProtoFile } from './proto-file.ts';
import { parseProto } from './proto-parser.ts';
import { ProtoSchema } from './proto-schema.ts';
import { SchemaBudget } from './schema-budget.ts';

function parse(text: string): ProtoFile {
  return parseProto(text, new SchemaBudget());
}

/** What is wrong with a schema, with all its types. */
function problem(text: string): string {
  try {
    return `taken: ${new ProtoSchema({ text, references: [] }).messages.length}`;
  } catch (error) {
    if (!(error instanceof SchemaParseError)) throw error;
    return error.message;
  }
}

describe('parseProto', () => {
  it('reads everything that a .proto file may have', () => {
    const file = parse(`\uFEFF// a comment
      /* another "one" */
      syntax = 'proto2';
      import "a.proto"; import public "b.proto"; import weak 'c' ".proto";
      package x . y;
      option java_package = "a" "b"; option (my.option).deep.er = { a: 1 b { c: "}" } d: [1, 2] };
      ;
      message M {
        option (other) = -inf;
        optional x.y.M m = 1 [deprecated = true, (a.b) = "x", json_name = "MM"];
        required .x.y.M.N n = 0x10;
        repeated int32 r = 010 [packed=true];
        oneof which { option (o) = 1; string a = 20; group G = 21 { optional int32 in_g = 1; } }
        map < string , M > map = 30;
        optional group H = 31 [(z) = 1] { }
        message N { enum E { option allow_alias = true; A = 0; B = 0; C = -1 [(v) = A]; reserved 5, 6 to max; } }
        enum optional { O = 0; }
        extensions 100 to 199 [declaration = { number: 1 }], 500 to max;
        reserved 200, 201 to 300; reserved "q", "w";
        extend M { optional int32 ext = 100; repeated group Foo = 101 { optional int32 a = 1; } }
      }
      extend x.y.M { optional string more = 150; }
      service S { option (s) = true; rpc Get (M) returns (stream M) { option (h) = { get: "/v1/{name}" }; } }
      enum Top { T = 0; };`);

    expect(file).toMatchObject({ packageName: 'x.y', imports: ['a.proto', 'b.proto', 'c.proto'] });
    const [message] = file.messages;
    expect(message?.fullName).toBe('x.y.M');
    expect(message?.fields.map(({ name, number, type }) => `${name} ${number} ${type}`)).toEqual([
      'm 1 x.y.M',
      'n 16 .x.y.M.N',
      'r 8 int32',
      'a 20 string',
      'g 21 .x.y.M.G',
      'map 30 M',
      'h 31 .x.y.M.H',
    ]);
    expect(message?.fields.map(({ jsonName }) => jsonName)[0]).toBe('MM');
    expect(message?.fields.map(({ oneof }) => oneof)).toEqual([
      undefined,
      undefined,
      undefined,
      0,
      0,
      undefined,
      undefined,
    ]);
    expect(message?.messages.map(({ name }) => name)).toEqual(['N']);
    expect(message?.groups.map(({ name }) => name)).toEqual(['G', 'H']);
    expect(message?.messages[0]?.enums[0]?.values).toEqual([
      ['A', 0],
      ['B', 0],
      ['C', -1],
    ]);
  });

  it('knows what an edition, and its options, say about fields', () => {
    const file = parse(`edition = "2023"; option features.field_presence = IMPLICIT;
      message M { int32 a = 1; int32 b = 2 [features.field_presence = EXPLICIT]; M c = 3 [features.message_encoding = DELIMITED];
        repeated int32 d = 4 [features.repeated_field_encoding = EXPANDED]; int32 e = 5 [features.field_presence = LEGACY_REQUIRED];
        enum E { option features.enum_type = CLOSED; X = 1; } }`);
    const fields = file.messages[0]?.fields.map(({ features }) => features);

    expect(fields?.map(({ presence }) => presence)).toEqual([
      'implicit',
      'explicit',
      'implicit',
      'implicit',
      'required',
    ]);
    expect(fields?.map(({ delimited }) => delimited)).toEqual([false, false, true, false, false]);
    expect(fields?.[3]?.packed).toBe(false);
    expect(file.messages[0]?.enums[0]?.closed).toBe(true);
  });

  it.each([
    ['', 'taken: 0'],
    ['{', 'Expected a definition, got { (line 1, column 1)'],
    ['{"type":"record"}', 'Expected a definition, got { (line 1, column 1)'],
    ['syntax = "proto4";', 'The syntax is not known (line 1, column 10)'],
    ['edition = "1999";', 'The syntax is not known (line 1, column 11)'],
    ['syntax = "proto3";\nmessage M {\n  int32 a = 1\n}', 'Expected ";", got } (line 4, column 1)'],
    [
      'message M { int32 a = 1; }',
      'Expected "required", "optional" or "repeated" before a field (line 1, column 19)',
    ],
    ['message M { optional int32 a = 0; }', 'Field M.a cannot have number 0'],
    ['message M { optional int32 a = 19500; }', 'Field M.a cannot have number 19500'],
    ['message M { optional int32 a = 536870912; }', 'Field M.a cannot have number 536870912'],
    ['message M { optional int32 a = 1.5; }', 'Expected the number of a field, got 1.5 (line 1, column 32)'],
    [
      'message M { optional int32 a = 1; optional int32 b = 1; }',
      'Field M.b has number 1, which another field has',
    ],
    ['message M { optional int32 a = 1; optional int32 a = 2; }', 'Field M.a is there twice'],
    ['message M { optional Nope a = 1; }', 'Field M.a is of type Nope, which is not known'],
    [
      'syntax = "proto3"; message M { required int32 a = 1; }',
      'Required fields are for proto2 only (line 1, column 32)',
    ],
    [
      'syntax = "proto3"; message M { optional group G = 1 {} }',
      'Groups are for proto2 only (line 1, column 47)',
    ],
    ['syntax = "proto3"; enum E { A = 1; }', 'The first value of enum E must be 0'],
    ['enum E { }', 'Enum E has no values'],
    ['enum E { A = 1; A = 2; }', 'E.A is there twice'],
    ['enum E { A = 2147483648; }', 'E.A cannot be 2147483648'],
    ['message M { map<double, int32> a = 1; }', 'Keys of a map cannot be of type double (line 1, column 23)'],
    ['message M { repeated map<int32, int32> a = 1; }', 'A map cannot be repeated (line 1, column 26)'],
    ['message M {', 'Expected a field, got the end of the schema (line 1, column 12)'],
    ['message M { reserved 1', 'Expected ";", got the end of the schema (line 1, column 23)'],
    ['service S { rpc', 'Expected a closing bracket, got the end of the schema (line 1, column 16)'],
    ['import "a', 'A string does not end (line 1, column 8)'],
    ['/* x', 'A comment does not end (line 1, column 1)'],
    [
      'option features = { a: 1 };',
      'Features can be set one by one only, as in features.field_presence = IMPLICIT (line 1, column 19)',
    ],
  ])('%s', (text, message) => {
    expect(problem(text)).toBe(message);
  });

  it('finds the type of the nearest scope', () => {
    const schema = new ProtoSchema({
      references: [],
      text: `syntax = "proto3"; package a.b; message T { } message M { message T { } message N { T t = 1; b.T u = 2; .a.b.T v = 3; a.b.M.T w = 4; } }`,
    });

    expect(
      ['T', 'b.T', '.a.b.T', 'a.b.M.T'].map((type) => schema.type(type, 'a.b.M.N', 'f').fullName),
    ).toEqual(['a.b.M.T', 'a.b.T', 'a.b.T', 'a.b.M.T']);
  });
});
