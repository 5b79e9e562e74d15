import { describe, expect, it } from 'vitest';
import { JsonScanner } from '../json-text/json-scanner.ts';
import { DataMismatchError } from '../schema/data-mismatch-error.ts';
import { frameHeader, headerLength } from '../schema/wire-frame.ts';
import type { SchemaCodec } from '../schema/schema-language.ts';
import { AvroLanguage } from './avro-language.ts';

const header = frameHeader(7);

function codecOf(schema: unknown, references: readonly unknown[] = []): SchemaCodec {
  return new AvroLanguage().compile({
    text: JSON.stringify(schema),
    references: references.map((reference) => ({ name: '', text: JSON.stringify(reference) })),
  });
}

function encoded(codec: SchemaCodec, json: string): string {
  const bytes = codec.encode(new JsonScanner(Buffer.from(json)).compactValue(), header);
  expect(bytes.subarray(0, headerLength)).toEqual(header);
  return bytes.subarray(headerLength).toString('hex');
}

function decoded(codec: SchemaCodec, hex: string): string {
  return codec.decode(Buffer.from(`0000000007${hex}`, 'hex'), headerLength).toString();
}

function mismatchOf(codec: SchemaCodec, json: string): string {
  try {
    encoded(codec, json);
  } catch (error) {
    if (error instanceof DataMismatchError) return error.message;
    throw error;
  }
  return 'taken';
}

function record(...fields: readonly object[]): object {
  return { type: 'record', name: 'shop.R', fields };
}

describe('AvroSchemaCodec', () => {
  it.each<[schema: unknown, json: string, hex: string]>([
    ['null', 'null', ''],
    ['boolean', 'true', '01'],
    ['boolean', 'false', '00'],
    ['int', '0', '00'],
    ['int', '-1', '01'],
    ['int', '63', '7e'],
    ['int', '64', '8001'],
    ['int', '2147483647', 'feffffff0f'],
    ['int', '-2147483648', 'ffffffff0f'],
    ['long', '1700000000000', '80a0abfef962'],
    ['long', '9007199254740993', '8280808080808020'],
    ['long', '-4503599627370497', '8180808080808010'],
    ['long', '9223372036854775807', 'feffffffffffffffff01'],
    ['long', '-9223372036854775808', 'ffffffffffffffffff01'],
    ['float', '1.5', '0000c03f'],
    ['double', '0.1', '9a9999999999b93f'],
    ['double', '-0.0', '0000000000000080'],
    ['double', '"NaN"', '000000000000f87f'],
    ['double', '"-Infinity"', '000000000000f0ff'],
    ['float', '"Infinity"', '0000807f'],
    ['string', '"é😀"', '0cc3a9f09f9880'],
    ['string', String.raw`"\"\\\n\u0000"`, '08225c0a00'],
    ['string', '""', '00'],
    // The bytes of a whole record have no length before them.
    ['bytes', '"aÿ"', '61ff'],
    [{ type: 'fixed', name: 'F', size: 2 }, '"aÿ"', '61ff'],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, '"B"', '02'],
    [{ type: 'array', items: 'int' }, '[1,2]', '04020400'],
    [{ type: 'array', items: 'int' }, '[]', '00'],
    [{ type: 'map', values: 'int' }, '{"a":1}', '0202610200'],
    [record({ name: 'b', type: 'bytes' }), '{"b":"aÿ"}', '0461ff'],
    [record(), '{}', ''],
    [record({ name: 'u', type: ['null', 'string'] }), '{"u":{"string":"x"}}', '020278'],
    [record({ name: 'u', type: ['null', 'string'] }), '{"u":null}', '00'],
    [record({ name: 'd', type: { type: 'int', logicalType: 'date' } }), '{"d":19000}', 'f0a802'],
  ])('writes %j: %s and reads it back', (schema, json, hex) => {
    const codec = codecOf(schema);
    expect(encoded(codec, json)).toBe(hex);
    expect(decoded(codec, hex)).toBe(json);
  });

  it.each<[schema: unknown, json: string, shown: string]>([
    ['int', '1.0', '1'],
    ['int', '1e3', '1000'],
    ['long', '90071992547409930e-1', '9007199254740993'],
    ['double', '1', '1.0'],
    ['double', '100000000000000000000', '100000000000000000000.0'],
    ['double', '1e400', 'value out of range'],
    // As the original shows it: the float itself, to the last digit of a double.
    ['float', '0.1', '0.10000000149011612'],
    ['double', '1.00000000000000000001', '1.0'],
  ])('takes %s as %s and shows %s', (schema, json, shown) => {
    const codec = codecOf(schema);
    if (shown === 'value out of range') expect(mismatchOf(codec, json)).toContain('out of range');
    else expect(decoded(codec, encoded(codec, json))).toBe(shown);
  });

  it('takes a null of the whole record as a value like others', () => {
    expect(codecOf(['null', 'string']).encode(null, header).toString('hex')).toBe('000000000700');
    expect(codecOf('null').encode(null, header).toString('hex')).toBe('0000000007');
    expect(() => codecOf('string').encode(null, header)).toThrow(': expected string, got null');
  });

  it('takes a union of the whole record tagged and shows it untagged, those within tagged both ways', () => {
    const codec = codecOf(['null', 'string', record({ name: 'u', type: ['null', 'int'] })]);
    expect(decoded(codec, encoded(codec, '{"string":"x"}'))).toBe('"x"');
    expect(decoded(codec, encoded(codec, '{"shop.R":{"u":{"int":1}}}'))).toBe('{"u":{"int":1}}');
    expect(decoded(codec, encoded(codec, 'null'))).toBe('null');
  });

  it('takes members in any order, and none that it does not know', () => {
    const codec = codecOf(
      record(
        { name: 'a', type: 'int' },
        { name: 'b', type: 'string' },
        { name: 'c', type: { type: 'array', items: 'int' } },
      ),
    );
    expect(encoded(codec, '{"c":[1],"x":{"y":[{}]},"b":"s","a":1,"z":"a\\"}"}')).toBe('020273020200');
    expect(encoded(codec, '{"a":1,"b":"s","c":[1],"x":null}')).toBe('020273020200');
  });

  it('fills in defaults of fields that are missing', () => {
    const codec = codecOf(
      record(
        { name: 'i', type: 'int', default: 5 },
        { name: 's', type: 'string' },
        { name: 'l', type: 'long', default: 9007199254740993n.toString() },
        { name: 'u', type: ['null', 'string'], default: null },
        { name: 'v', type: ['string', 'null'], default: 'x' },
        { name: 'b', type: 'bytes', default: 'ÿ' },
        { name: 'm', type: { type: 'map', values: 'int' }, default: { k: 1 } },
        { name: 'e', type: { type: 'enum', name: 'E', symbols: ['A', 'B'] }, default: 'B' },
        {
          name: 'r',
          type: { type: 'record', name: 'I', fields: [{ name: 'x', type: 'double', default: 0.5 }] },
          default: {},
        },
      ),
    );
    expect(mismatchOf(codec, '{"s":"a"}')).toBe('.l: expected long, got nothing');
    expect(decoded(codec, encoded(codec, '{"s":"a","l":1}'))).toBe(
      '{"i":5,"s":"a","l":1,"u":null,"v":{"string":"x"},"b":"ÿ","m":{"k":1},"e":"B","r":{"x":0.5}}',
    );
  });

  it('takes digits of a default exactly', () => {
    const text =
      '{"type":"record","name":"R","fields":[{"name":"l","type":"long","default":9007199254740993}]}';
    const codec = new AvroLanguage().compile({ text, references: [] });
    expect(decoded(codec, encoded(codec, '{}'))).toBe('{"l":9007199254740993}');
  });

  it('reads recursive data', () => {
    const codec = codecOf({
      type: 'record',
      name: 'Node',
      fields: [
        { name: 'v', type: 'int' },
        { name: 'next', type: ['null', 'Node'] },
      ],
    });
    const json = '{"v":1,"next":{"Node":{"v":2,"next":null}}}';
    expect(decoded(codec, encoded(codec, json))).toBe(json);
  });

  it('takes a type that is defined twice, if it is the same', () => {
    const twice = (second: object): unknown =>
      record({ name: 'a', type: { type: 'fixed', name: 'F', size: 1 } }, { name: 'b', type: second });

    expect(encoded(codecOf(twice({ size: 1, name: 'shop.F', type: 'fixed' })), '{"a":"x","b":"y"}')).toBe(
      '7879',
    );
    expect(() => codecOf(twice({ type: 'fixed', name: 'F', size: 2 }))).toThrow(
      'Defined twice, and not the same',
    );
  });

  it('knows types of the schemas that it refers to', () => {
    const codec = codecOf(record({ name: 'a', type: 'Address' }), [
      { type: 'record', name: 'shop.Address', fields: [{ name: 'zip', type: 'int' }] },
    ]);
    expect(encoded(codec, '{"a":{"zip":3}}')).toBe('06');
    expect(mismatchOf(codec, '{"a":{"zip":"3"}}')).toBe('.a.zip: expected int, got string');
  });

  it.each<[schema: unknown, json: string, message: string]>([
    ['int', '"1"', ': expected int, got string'],
    ['int', '1.5', ': expected int, got 1.5'],
    ['int', '2147483648', ': expected int, got 2147483648, which is out of range'],
    ['long', '9223372036854775808', ': expected long, got 9223372036854775808, which is out of range'],
    ['long', '1e999999999', ': expected long, got 1000000000000000000000000000000, which is out of range'],
    ['float', '1e39', ': expected float, got 1e+39, which is out of range'],
    ['double', '"nan"', ': expected double, got string'],
    ['boolean', '0', ': expected boolean, got number'],
    ['string', 'null', ': expected string, got null'],
    ['string', '"\\ud800"', ': expected string, got one that is not valid Unicode'],
    ['bytes', '"€"', ': expected bytes, as characters up to U+00FF, got U+20AC'],
    [{ type: 'fixed', name: 'F', size: 2 }, '"a"', ': expected fixed F of 2 bytes, got 1'],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, '"B"', ': expected a symbol of enum E, got "B"'],
    [record({ name: 'a', type: 'int' }), '{}', '.a: expected int, got nothing'],
    [record({ name: 'a', type: 'int' }), '[]', ': expected record shop.R, got array'],
    [record({ name: 'a', type: 'int' }), '{"a":1,"a":2}', '.a: there are two members of this name'],
    [record({ name: 'a', type: 'int' }), '{"b":1,"a":2,"a":2}', '.a: there are two members of this name'],
    [
      record({ name: 'l', type: { type: 'array', items: { type: 'map', values: 'int' } } }),
      '{"l":[{"a":1},{"b c":null}]}',
      '.l[1]["b c"]: expected int, got null',
    ],
    [record({ name: 'u', type: ['null', 'int'] }), '{"u":"x"}', '.u: expected null or int, got string'],
    [record({ name: 'u', type: ['null', 'int'] }), '{"u":{"int":"x"}}', '.u: expected int, got string'],
    [
      record({ name: 'u', type: ['null', 'int'] }),
      '{"u":{"int":1,"x":2}}',
      '.u: expected one member in {"int": …}, got more',
    ],
    [
      record({ name: 'u', type: ['int', 'long'] }),
      '{"u":1}',
      '.u: expected int or long, tagged as in {"int": …}, got number',
    ],
  ])('says of %j what is wrong with %s', (schema, json, message) => {
    expect(mismatchOf(codecOf(schema), json)).toBe(message);
  });

  it.each<[union: unknown, plain: string, tagged: string]>([
    [['null', 'string'], '"x"', '{"string":"x"}'],
    [['null', 'int', 'string'], '5', '{"int":5}'],
    [['null', 'boolean'], 'true', '{"boolean":true}'],
    [['null', { type: 'array', items: ['null', 'int'] }], '[1,null]', '{"array":[{"int":1},null]}'],
    [['null', { type: 'map', values: 'int' }], '{"a":1}', '{"map":{"a":1}}'],
    [['null', record({ name: 'a', type: 'int' })], '{"a":1}', '{"shop.R":{"a":1}}'],
    [['null', 'double'], '"NaN"', '{"double":"NaN"}'],
    // What may be tagged is, as for the original.
    [['null', 'int', { type: 'map', values: 'int' }], '{"int":1}', '{"int":1}'],
    [['null', 'int', { type: 'map', values: 'int' }], '{"int":1,"x":2}', '{"map":{"int":1,"x":2}}'],
    [
      ['int', record({ name: 'int', type: 'int' }, { name: 'b', type: 'int' })],
      '{"int":1,"b":2}',
      '{"shop.R":{"int":1,"b":2}}',
    ],
  ])('takes for %j also %s', (union, plain, tagged) => {
    const codec = codecOf({ type: 'record', name: 'Outer', fields: [{ name: 'u', type: union }] });
    expect(encoded(codec, `{"u":${plain}}`)).toBe(encoded(codec, `{"u":${tagged}}`));
    expect(decoded(codec, encoded(codec, `{"u":${plain}}`))).toBe(`{"u":${tagged}}`);
  });

  it('shows bytes that are no text', () => {
    expect(decoded(codecOf('string'), '06ff2261')).toBe('"\ufffd\\"a"');
    expect(decoded(codecOf('bytes'), '00225c7f80ff0a')).toBe(String.raw`"\u0000\"\\` + '\u007f\u0080ÿ\\n"');
  });

  it.each([63, 64, 8_191, 8_192, 1_048_575, 1_048_576])('takes %i items in one block', (count) => {
    const codec = codecOf({ type: 'array', items: 'boolean' });
    const json = `[${Array.from({ length: count }, () => 'true').join(',')}]`;
    const hex = encoded(codec, json);

    expect(hex.startsWith(encoded(codecOf('int'), String(count)))).toBe(true);
    expect(decoded(codec, hex) === json).toBe(true);
  });

  it('reads arrays and maps in blocks, with and without their size', () => {
    expect(decoded(codecOf({ type: 'array', items: 'int' }), '02020304020400')).toBe('[1,1,2]');
    expect(decoded(codecOf({ type: 'map', values: 'int' }), '01060261020202620400')).toBe('{"a":1,"b":2}');
  });
});
