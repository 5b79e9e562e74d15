import { describe, expect, it } from 'vitest';
import { JsonScanner } from '../json-text/json-scanner.ts';
import { DataMismatchError } from '../schema/data-mismatch-error.ts';
import type { ReferencedSchema } from '../schema/schema-language.ts';
import { SchemaParseError } from '../schema/schema-parse-error.ts';
import { frameHeader, headerLength } from '../schema/wire-frame.ts';
import { DeserializationError } from '../serde.ts';
import { ProtobufSchemaCodec } from './protobuf-schema-codec.ts';
import { ProtoSchema } from './schema/proto-schema.ts';

const header = frameHeader(7);

function codecOf(
  text: string,
  references: readonly ReferencedSchema[] = [],
  message?: string,
): ProtobufSchemaCodec {
  return new ProtobufSchemaCodec(new ProtoSchema({ text, references }), text, message);
}

function proto3(...definitions: readonly string[]): ProtobufSchemaCodec {
  return codecOf(['syntax = "proto3"; package shop;', ...definitions].join('\n'));
}

function proto2(...definitions: readonly string[]): ProtobufSchemaCodec {
  return codecOf(['syntax = "proto2"; package shop;', ...definitions].join('\n'));
}

function encode(codec: ProtobufSchemaCodec, json: string): string {
  const compact = new JsonScanner(Buffer.from(json)).compactValue();
  return codec.encode(compact, header).subarray(headerLength).toString('hex');
}

function decode(codec: ProtobufSchemaCodec, hex: string): string {
  return codec.decode(Buffer.concat([header, Buffer.from(hex, 'hex')]), headerLength).toString();
}

/** What a client is told, without the `value` before it. */
function refusal(codec: ProtobufSchemaCodec, json: string): string {
  try {
    return `taken: ${encode(codec, json)}`;
  } catch (error) {
    if (!(error instanceof DataMismatchError)) throw error;
    return error.message;
  }
}

describe('ProtobufSchemaCodec', () => {
  it('writes header, message indexes and fields', () => {
    const codec = proto3('message User { string name = 1; int32 age = 2; }');

    const bytes = codec.encode(Buffer.from('{"name":"John","age":150}'), header);

    expect(bytes.toString('hex')).toBe('0000000007000a044a6f686e109601');
    expect(codec.decode(bytes, headerLength).toString()).toBe('{"name":"John","age":150}');
    expect(codec.recordName).toBe('shop.User');
  });

  it('writes fields by their numbers, in whatever order they come', () => {
    const codec = proto3('message M { int32 c = 3; int32 a = 1; int32 b = 2; }');

    expect(encode(codec, '{"c":3,"b":2,"a":1}')).toBe('00080110021803');
    expect(encode(codec, '{"a":1,"c":3,"b":2}')).toBe('00080110021803');
    expect(decode(codec, '00180310020801')).toBe('{"a":1,"b":2,"c":3}');
  });

  it('shows what is not set, except for messages, members of oneofs and what is optional', () => {
    const codec = proto3(
      'enum Size { SMALL = 0; LARGE = 1; }',
      `message M { int32 i = 1; int64 l = 2; double d = 3; bool b = 4; string s = 5; bytes y = 6; Size e = 7;
        repeated M r = 8; map<string, M> m = 9; M n = 10; optional int32 o = 11; oneof x { int32 p = 12; string q = 13; } }`,
    );

    expect(decode(codec, '00')).toBe(
      '{"i":0,"l":"0","d":0.0,"b":false,"s":"","y":"","e":"SMALL","r":[],"m":{}}',
    );
    expect(encode(codec, '{"i":0,"l":"0","d":0,"b":false,"s":"","y":"","e":"SMALL","r":[],"m":{}}')).toBe(
      '00',
    );
    expect(encode(codec, '{"o":0,"p":0,"n":{}}')).toBe('00520058006000');
    expect(decode(codec, '005200580068006a0141')).toContain('"q":"A"}');
  });

  it.each([
    ['int64', '9223372036854775807', '08ffffffffffffffff7f', '"9223372036854775807"'],
    ['int64', '"-9223372036854775808"', '0880808080808080808001', '"-9223372036854775808"'],
    ['int64', '9007199254740993', '088180808080808010', '"9007199254740993"'],
    ['int64', '-1', '08ffffffffffffffffff01', '"-1"'],
    ['uint64', '18446744073709551615', '08ffffffffffffffffff01', '"18446744073709551615"'],
    ['sint64', '"-9223372036854775808"', '08ffffffffffffffffff01', '"-9223372036854775808"'],
    ['sint64', '2147483648', '088080808010', '"2147483648"'],
    ['fixed64', '9007199254740993', '090100000000002000', '"9007199254740993"'],
    ['sfixed64', '-2', '09feffffffffffffff', '"-2"'],
    ['int32', '-1', '08ffffffffffffffffff01', '-1'],
    ['sint32', '-2147483648', '08ffffffff0f', '-2147483648'],
    ['uint32', '4294967295', '08ffffffff0f', '4294967295'],
    ['fixed32', '4294967295', '0dffffffff', '4294967295'],
    ['sfixed32', '-1', '0dffffffff', '-1'],
    ['float', '0.1', '0dcdcccc3d', '0.1'],
    ['float', '16777217', '0d0000804b', '16777216.0'],
    ['float', '"NaN"', '0d0000c07f', '"NaN"'],
    ['double', '"-Infinity"', '09000000000000f0ff', '"-Infinity"'],
    ['double', '-0.0', '090000000000000080', '-0.0'],
    ['double', '1e300', '099c7500883ce4377e', '1e+300'],
    ['bool', 'true', '0801', 'true'],
    ['bytes', '"_-8"', '0a02ffef', '"/+8="'],
    ['string', '"\\u00e9\\ud83d\\ude00\\"\\n"', '0a08c3a9f09f9880220a', '"é😀\\"\\n"'],
    ['string', '1.10', '0a04312e3130', '"1.10"'],
  ])('%s: %s', (type, json, hex, shown) => {
    const codec = proto3(`message M { ${type} a = 1; }`);

    expect(encode(codec, `{"a":${json}}`)).toBe(`00${hex}`);
    expect(decode(codec, `00${hex}`)).toBe(`{"a":${shown}}`);
  });

  it('packs numbers as the schema says, and reads them packed or not', () => {
    const packed = proto3('message M { repeated int32 a = 1; repeated string s = 2; }');
    const single = proto3('message M { repeated int32 a = 1 [packed = false]; repeated string s = 2; }');

    expect(encode(packed, '{"a":[1,300],"s":["x",""]}')).toBe('000a0301ac021201781200');
    expect(encode(single, '{"a":[1,300]}')).toBe('00080108ac02');
    expect(encode(proto2('message M { repeated int32 a = 1; }'), '{"a":[1,300]}')).toBe('00080108ac02');
    for (const codec of [packed, single]) {
      expect(decode(codec, '000a0301ac0208050a0106')).toBe('{"a":[1,300,5,6],"s":[]}');
      // Scattered.
      expect(decode(codec, '00080112017808020a0103')).toBe('{"a":[1,2,3],"s":["x"]}');
    }
  });

  it('puts lengths of any size before messages', () => {
    const codec = proto3('message M { M m = 1; string s = 2; }');
    for (const length of [0, 1, 123, 124, 125, 126, 127, 128, 16_380, 16_384, 2_097_152]) {
      const json = `{"m":{"m":{"s":"${'x'.repeat(length)}"}},"s":"z"}`;
      expect(JSON.parse(decode(codec, encode(codec, json)))).toMatchObject(JSON.parse(json));
    }
  });

  it('writes maps, of which the last entry of a key counts', () => {
    const codec = proto3('message M { map<int64, string> m = 1; map<bool, M> n = 2; }');

    expect(encode(codec, '{"m":{"-1":"a"},"n":{"true":{}}}')).toBe(
      '000a0e08ffffffffffffffffff01120161120408011200',
    );
    expect(decode(codec, '000a0508011201610a0508021201620a050801120163')).toBe(
      '{"m":{"1":"c","2":"b"},"n":{}}',
    );
    // Value before key, neither of them, both twice.
    expect(decode(codec, '000a051201610801')).toBe('{"m":{"1":"a"},"n":{}}');
    expect(decode(codec, '000a001200')).toBe('{"m":{"0":""},"n":{"false":{"m":{},"n":{}}}}');
    expect(decode(codec, '000a0a08011201610802120162')).toBe('{"m":{"2":"b"},"n":{}}');
  });

  it('shows names in lowerCamelCase or as json_name, and takes those of the schema, too', () => {
    const codec = proto3(
      'message M { int32 first_name = 1; int32 b_ = 2; int32 c = 3 [json_name = "other-C"]; }',
    );

    expect(decode(codec, '00080110021803')).toBe('{"firstName":1,"b":2,"other-C":3}');
    expect(encode(codec, '{"first_name":1,"b_":2,"c":3}')).toBe('00080110021803');
    expect(encode(codec, '{"firstName":1,"b":2,"other-C":3}')).toBe('00080110021803');
    expect(refusal(codec, '{"firstName":1,"first_name":1}')).toBe('.firstName: it is there twice');
  });

  it('keeps the names of the schema where others would meet', () => {
    const codec = proto3('message M { int32 a_b = 1; int32 aB = 2; int32 c_d = 3; int32 c__d = 4; }');

    expect(decode(codec, '0008011002')).toBe('{"a_b":1,"aB":2,"cD":0,"c__d":0}');
    expect(encode(codec, '{"a_b":1,"aB":2}')).toBe('0008011002');
  });

  it('shows enums by name, unknown ones by number', () => {
    const open = proto3('enum E { A = 0; B = 1; C = 1 ; D = -5; } message M { E e = 1; }');
    const closed = proto2('enum E { B = 1; A = 0; } message M { optional E e = 1; }');

    expect(encode(open, '{"e":"C"}')).toBe('000801');
    expect(decode(open, '000801')).toBe('{"e":"B"}');
    expect(encode(open, '{"e":"D"}')).toBe('0008fbffffffffffffffff01');
    expect(decode(open, encode(open, '{"e":77}'))).toBe('{"e":77}');
    expect(refusal(open, '{"e":"Z"}')).toBe('.e: expected enum shop.E, got "Z"');
    expect(decode(closed, '00')).toBe('{"e":"B"}');
    expect(refusal(closed, '{"e":77}')).toBe('.e: expected enum shop.E, got 77');
  });

  it('knows the defaults, required fields and groups of proto2', () => {
    const codec = proto2(
      'enum E { A = 0; B = 5; }',
      `message M { required int32 r = 1; optional int64 i = 2 [default = -0x10]; optional string s = 3 [default = "a\\"\\x41" 'b'];
        optional bytes y = 4 [default = "\\001\\377"]; optional E e = 5 [default = B]; optional double d = 6 [default = -inf];
        optional float f = 7 [default = 1.5]; optional bool b = 8 [default = true];
        optional group Inner = 9 { optional int32 a_b = 1; } repeated group List = 10 { optional int32 c = 1; } }`,
    );

    expect(encode(codec, '{"r":0,"inner":{"aB":1},"list":[{"c":1},{}]}')).toBe('0008004b08014c530801545354');
    expect(decode(codec, '0008004b08014c530801545354')).toBe(
      '{"r":0,"i":"-16","s":"a\\"Ab","y":"Af8=","e":"B","d":"-Infinity","f":1.5,"b":true,"inner":{"aB":1},"list":[{"c":1},{"c":0}]}',
    );
    expect(refusal(codec, '{"i":1}')).toBe('.r: expected int32, got nothing');
    expect(refusal(codec, '{"r":null}')).toBe('.r: expected int32, got nothing');
    expect(() => decode(codec, '00')).toThrow(
      new DeserializationError('Field r of message shop.M is required and not there'),
    );
  });

  it('knows editions', () => {
    const codec = codecOf(
      `edition = "2023"; message M { int32 a = 1; int32 b = 2 [features.field_presence = IMPLICIT];
        M c = 3 [features.message_encoding = DELIMITED]; repeated int32 d = 4; repeated int32 e = 5 [features.repeated_field_encoding = EXPANDED]; }`,
    );

    expect(encode(codec, '{"a":0,"b":0,"c":{"a":1},"d":[1,2],"e":[1,2]}')).toBe(
      '0008001b08011c2202010228012802',
    );
    expect(decode(codec, '0008001b08011c2202010228012802')).toBe(
      '{"a":0,"b":0,"c":{"a":1,"b":0,"d":[],"e":[]},"d":[1,2],"e":[1,2]}',
    );
  });

  it('names the place and what is expected there', () => {
    const codec = proto3(
      'message M { Address address = 1; repeated Line lines = 2; map<string, int32> m = 3; oneof o { int32 a = 4; int32 b = 5; } }',
      'message Address { int32 zip = 1; } message Line { bool done = 1; bytes data = 2; }',
    );

    for (const [json, message] of [
      ['{"address":{"zip":"x"}}', '.address.zip: expected int32, got x'],
      ['{"address":{"zip":{}}}', '.address.zip: expected int32, got object'],
      [
        '{"address":{"zip":2147483648}}',
        '.address.zip: expected int32, got 2147483648, which is out of range',
      ],
      ['{"address":{"zap":1}}', '.address.zap: message shop.Address has no such field'],
      ['{"address":[]}', '.address: expected message shop.Address, got array'],
      ['{"lines":[{},{"done":"no"}]}', '.lines[1].done: expected bool, got string'],
      ['{"lines":[{"data":"?"}]}', '.lines[0].data: expected bytes in base64, got "?"'],
      ['{"lines":[null]}', '.lines[0]: expected message shop.Line, got null'],
      ['{"lines":{}}', '.lines: expected array of message shop.Line, got object'],
      ['{"m":{"a\\"b":true}}', '.m["a\\"b"]: expected int32, got boolean'],
      ['{"a":1,"b":2}', '.b: it cannot be set together with a, which is of the same oneof'],
      ['{"a":[1]}', '.a: expected int32, got array'],
      ['[]', ': expected message shop.M, got array'],
    ] as const) {
      expect(refusal(codec, json)).toBe(message);
    }
    expect(() => codec.encode(null, header)).toThrow(': expected message shop.M, got null');
  });

  it('passes over fields that it does not know', () => {
    const codec = proto3('message M { int32 a = 1; }');

    // A number, eight bytes, bytes, a group with a group in it, four bytes; and its own number with another type.
    expect(
      decode(
        codec,
        [
          '00',
          '1005',
          '190000000000000000',
          '220101',
          '2b330801342c',
          '3500000000',
          '0d00000000',
          '0807',
        ].join(''),
      ),
    ).toBe('{"a":7}');
  });

  it.each([
    ['0008', 'The data end too early (after byte 7)'],
    ['00', undefined],
    ['000a0561', 'The data end too early (after byte 9)'],
    ['001a0208', 'The data end too early (after byte 9)'],
    ['001a020aff', 'The data end too early (after byte 10)'],
    ['001a030a05611001', 'A message ends too early (after byte 11)'],
    ['0010ffffffffffffffffffff01', 'A number is too long (byte 17)'],
    ['000001', 'There is no field of such a number (byte 6)'],
    ['0007', 'There is no field of such a number (byte 6)'],
    ['000f', 'A field has no known type (before byte 7)'],
    ['002c', 'A field has no known type (before byte 7)'],
    ['002b08', 'The data end too early (after byte 8)'],
    ['002b34', 'A group ends that is not open (byte 7)'],
    ['000a01ff', 'A string is not valid UTF-8 (byte 8)'],
    ['', 'The data end too early (after byte 5)'],
    ['04', 'The data end too early (after byte 6)'],
    ['0204', 'The schema has no message with the indexes 2'],
    ['01', 'The message indexes are none'],
    ['fe01', '127 message indexes are too many'],
    ['ffffffffffffffffff01', 'The message indexes are none'],
  ])('refuses %s', (hex, message) => {
    const codec = proto3('message M { string s = 1; int64 i = 2; M m = 3; }');

    if (message === undefined) expect(decode(codec, hex)).toBe('{"s":"","i":"0"}');
    else expect(() => decode(codec, hex)).toThrow(new DeserializationError(message));
  });

  it('replaces in strings of proto2 what is not UTF-8, as Java does', () => {
    expect(decode(proto2('message M { optional string s = 1; }'), '000a0261ff')).toBe('{"s":"a\ufffd"}');
  });

  it('reads a message that comes in pieces, and the last of what is there twice', () => {
    const codec = proto3(
      'message M { M m = 1; int32 i = 2; repeated int32 r = 3; oneof o { M a = 4; int32 b = 5; } }',
    );

    expect(decode(codec, '000a02100110090a041a0201021008')).toBe('{"m":{"i":1,"r":[1,2]},"i":8,"r":[]}');
    expect(decode(codec, '002202100122021a00')).toBe('{"i":0,"r":[],"a":{"i":1,"r":[]}}');
    expect(decode(codec, '0022021001280522031a0101')).toBe('{"i":0,"r":[],"a":{"i":0,"r":[1]}}');
    expect(decode(codec, '00220210012805')).toBe('{"i":0,"r":[],"b":5}');
  });

  it('reads and writes any message of a schema', () => {
    const text = `syntax = "proto3"; package p; enum E { Z = 0; } message A { message B { int32 b = 1; message C { int32 c = 1; } }
      map<string, B> m = 1; message D { int32 d = 1; } } message F { int32 f = 1; }`;
    const codec = codecOf(text);
    for (const [name, indexes, field] of [
      ['p.A.B', '040000', 'b'],
      ['p.A.B.C', '06000000', 'c'],
      ['p.A.D', '040002', 'd'],
      ['p.F', '0202', 'f'],
    ] as const) {
      const chosen = codec.forMessage(name);
      expect(chosen.recordName).toBe(name);
      expect(encode(chosen, `{"${field}":5}`)).toBe(`${indexes}0805`);
      expect(decode(codec, `${indexes}0805`)).toBe(`{"${field}":5}`);
    }
    expect(encode(codec.forMessage('p.A'), '{}')).toBe('00');
    // The long form of the first message.
    expect(decode(codec, '0200')).toBe('{"m":{}}');
    expect(() => codec.forMessage('p.E')).toThrow(new SchemaParseError('It defines no message p.E'));
  });

  it('reads types from references', () => {
    const geo =
      'syntax = "proto3"; package geo; message Point { int32 x = 1; } enum Kind { K0 = 0; K1 = 1; }';
    const shop = `syntax = "proto3"; package shop; import "geo.proto"; message Place { geo.Point at = 1; geo.Kind kind = 2; }`;
    const codec = codecOf(
      'syntax = "proto3"; package shop.v1; import public "shop.proto"; message Order { Place place = 1; .geo.Point to = 2; }',
      [
        { name: 'geo.proto', text: geo },
        { name: 'shop.proto', text: shop },
      ],
    );
    const json = '{"place":{"at":{"x":1},"kind":"K1"},"to":{"x":2}}';

    expect(encode(codec, json)).toBe('000a060a020801100112020802');
    expect(decode(codec, encode(codec, json))).toBe(json);
  });
});
