import { describe, expect, it } from 'vitest';
import { JsonScanner } from '../json-text/json-scanner.ts';
import { DataMismatchError } from '../schema/data-mismatch-error.ts';
import { DeserializationError } from '../serde.ts';
import { ProtobufSchemaCodec } from './protobuf-schema-codec.ts';
import { ProtoSchema } from './schema/proto-schema.ts';

const none = Buffer.alloc(0);

/** A message with one field `a` of a type from google/protobuf. */
function codecOf(type: string, ...more: readonly string[]): ProtobufSchemaCodec {
  const imports = ['any', 'duration', 'empty', 'field_mask', 'struct', 'timestamp', 'wrappers'].map(
    (name) => `import "google/protobuf/${name}.proto";`,
  );
  const text = ['syntax = "proto3"; package p;', ...imports, `message M { ${type} a = 1; }`, ...more].join(
    '\n',
  );
  return new ProtobufSchemaCodec(new ProtoSchema({ text, references: [] }), text);
}

function encode(codec: ProtobufSchemaCodec, json: string): string {
  return codec
    .encode(new JsonScanner(Buffer.from(json)).compactValue(), none)
    .subarray(1)
    .toString('hex');
}

function decode(codec: ProtobufSchemaCodec, hex: string): string {
  return codec.decode(Buffer.from(`00${hex}`, 'hex'), 0).toString();
}

describe('the well-known types', () => {
  it.each([
    ['Timestamp', '"1970-01-01T00:00:00Z"', '0a00', '"1970-01-01T00:00:00Z"'],
    ['Timestamp', '"1970-01-01T01:00:01.5+01:00"', '0a0808011080cab5ee01', '"1970-01-01T00:00:01.500Z"'],
    [
      'Timestamp',
      '"2024-02-29T23:59:59.123456789Z"',
      '0a0b08ffb484af0610959aef3a',
      '"2024-02-29T23:59:59.123456789Z"',
    ],
    ['Timestamp', '"0001-01-01T00:00:00Z"', '0a0b088092b8c398feffffff01', '"0001-01-01T00:00:00Z"'],
    [
      'Timestamp',
      '"9999-12-31T23:59:59.999Z"',
      '0a0d08ff82d1ffaf0710c08faedc03',
      '"9999-12-31T23:59:59.999Z"',
    ],
    ['Duration', '"1.5s"', '0a0808011080cab5ee01', '"1.500s"'],
    ['Duration', '"-0.000001s"', '0a0b1098f8ffffffffffffff01', '"-0.000001s"'],
    [
      'FieldMask',
      '"user.displayName,photo"',
      '0a1a0a11757365722e646973706c61795f6e616d650a0570686f746f',
      '"user.displayName,photo"',
    ],
    ['Int64Value', '"9007199254740993"', '0a09088180808080808010', '"9007199254740993"'],
    ['Int64Value', '0', '0a00', '"0"'],
    ['BoolValue', 'false', '0a00', 'false'],
    ['StringValue', '"x"', '0a030a0178', '"x"'],
    ['BytesValue', '"/+8"', '0a040a02ffef', '"/+8="'],
    ['DoubleValue', '1', '0a0909000000000000f03f', '1.0'],
    ['Empty', '{}', '0a00', '{}'],
    ['Value', 'null', '0a020800', 'null'],
    [
      'Value',
      '[true,-1.5,"x",{"a":null},[]]',
      '0a2732250a0220010a0911000000000000f8bf0a031a01780a0b2a090a070a0161120208000a023200',
      '[true,-1.5,"x",{"a":null},[]]',
    ],
    ['Struct', '{"a":{"b":1}}', '0a190a170a016112122a100a0e0a0162120911000000000000f03f', '{"a":{"b":1.0}}'],
    ['ListValue', '[null]', '0a040a020800', '[null]'],
  ])('%s: %s', (type, json, hex, shown) => {
    const codec = codecOf(`google.protobuf.${type}`);

    expect(encode(codec, `{"a":${json}}`)).toBe(hex);
    expect(decode(codec, hex)).toBe(`{"a":${shown}}`);
  });

  it.each([
    ['Timestamp', '"2023-02-29T00:00:00Z"'],
    ['Timestamp', '"2024-13-01T00:00:00Z"'],
    ['Timestamp', '"2024-01-01T24:00:00Z"'],
    ['Timestamp', '"2024-01-01 00:00:00Z"'],
    ['Timestamp', '"2024-01-01T00:00:00"'],
    ['Timestamp', '"2024-01-01T00:00:00.1234567890Z"'],
    ['Timestamp', '"0001-01-01T00:00:00+01:00"'],
    ['Timestamp', '1'],
    ['Duration', '"1"'],
    ['Duration', '"315576000001s"'],
    ['Duration', '"1.5.5s"'],
    ['FieldMask', '["a"]'],
    ['Int32Value', '1.5'],
    ['Struct', '[]'],
    ['ListValue', '{}'],
    ['Value', '1e400'],
    ['Any', '{"a":1}'],
    ['Any', '{"@type":"x/p.Unknown"}'],
    ['Any', '{"@type":5}'],
    ['Any', '{"@type":"x/google.protobuf.Duration"}'],
    ['Any', '{"@type":"x/google.protobuf.Duration","value":"1s","more":1}'],
    ['Any', '{"@type":"x/p.M","b":1}'],
  ])('%s: refuses %s', (type, json) => {
    const codec = codecOf(`google.protobuf.${type}`);

    expect(() => encode(codec, `{"a":${json}}`)).toThrow(DataMismatchError);
  });

  it.each([
    ['Timestamp', '0a0b10ffffffffffffffffff01'],
    ['Timestamp', '0a0a08ffffffffffffffff7f'],
    ['Duration', '0a0d080110ffffffffffffffffff01'],
    ['Value', '0a0911000000000000f07f'],
    ['Any', '0a050a03782f79'],
    ['Any', '0a021200'],
  ])('%s: refuses the bytes %s', (type, hex) => {
    expect(() => decode(codecOf(`google.protobuf.${type}`), hex)).toThrow(DeserializationError);
  });

  it('shows messages of any type that the schema knows', () => {
    const codec = codecOf('google.protobuf.Any', 'message N { int32 n = 1; M m = 2; }');

    for (const [json, shown] of [
      ['{}', '{}'],
      ['{"@type":"type.googleapis.com/p.N","n":5}', undefined],
      ['{"n":5,"@type":"x/p.N"}', '{"@type":"x/p.N","n":5}'],
      ['{"@type":"p.N"}', '{"@type":"p.N","n":0}'],
      ['{"@type":"x/google.protobuf.Empty"}', undefined],
      ['{"@type":"x/google.protobuf.Value","value":[1.5]}', undefined],
      ['{"@type":"x/google.protobuf.Any","value":{"@type":"x/p.M"}}', undefined],
      ['{"@type":"x/p.N","n":1,"m":{"a":{"@type":"x/p.N","n":2}}}', undefined],
    ]) {
      expect(decode(codec, encode(codec, `{"a":${json}}`))).toBe(`{"a":${shown ?? json}}`);
    }
  });

  it('takes null for values that are not there, and for null where it is one', () => {
    expect(encode(codecOf('google.protobuf.StringValue'), '{"a":null}')).toBe('');
    expect(encode(codecOf('google.protobuf.NullValue'), '{"a":null}')).toBe('');
    expect(decode(codecOf('google.protobuf.NullValue'), '')).toBe('{"a":null}');
    expect(encode(codecOf('repeated google.protobuf.NullValue'), '{"a":[null]}')).toBe('0a0100');
    expect(encode(codecOf('repeated google.protobuf.Value'), '{"a":[null]}')).toBe('0a020800');
    expect(() => encode(codecOf('repeated google.protobuf.StringValue'), '{"a":[null]}')).toThrow(
      DataMismatchError,
    );
  });

  it('knows the types that Confluent registries import without a reference', () => {
    const text = `syntax = "proto3"; import "google/type/money.proto"; import "google/type/datetime.proto";
      import "confluent/type/decimal.proto"; import "confluent/meta.proto"; import "google/type/postal_address.proto";
      message M { google.type.Money price = 1 [(confluent.field_meta) = { doc: "what it costs", params: [ { key: "a" } ] }];
        confluent.type.Decimal d = 2; google.type.DateTime at = 3; google.type.PostalAddress to = 4; }`;
    const codec = new ProtobufSchemaCodec(new ProtoSchema({ text, references: [] }), text);
    const json =
      '{"price":{"currencyCode":"CHF","units":"5","nanos":0},"d":{"value":"AQ==","precision":3,"scale":1},' +
      '"at":{"year":2024,"month":0,"day":0,"hours":0,"minutes":0,"seconds":0,"nanos":0,"utcOffset":"3600s"}}';

    expect(decode(codec, encode(codec, json))).toBe(json);
  });
});
