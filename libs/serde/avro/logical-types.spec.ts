import { describe, expect, it } from 'vitest';
import { JsonScanner } from '../json-text/json-scanner.ts';
import { DataMismatchError } from '../schema/data-mismatch-error.ts';
import type { SchemaCodec } from '../schema/schema-language.ts';
import { frameHeader, headerLength } from '../schema/wire-frame.ts';
import { DeserializationError } from '../serde.ts';
import { AvroLanguage } from './avro-language.ts';

const header = frameHeader(7);

function codecOf(schema: unknown, readableLogicalTypes = true): SchemaCodec {
  return new AvroLanguage({ readableLogicalTypes }).compile({ text: JSON.stringify(schema), references: [] });
}

function encoded(codec: SchemaCodec, json: string): string {
  const bytes = codec.encode(new JsonScanner(Buffer.from(json)).compactValue(), header);
  return bytes.subarray(headerLength).toString('hex');
}

function decoded(codec: SchemaCodec, hex: string): string {
  return codec.decode(Buffer.from(`0000000007${hex}`, 'hex'), headerLength).toString();
}

function mismatchOf(codec: SchemaCodec, json: string): string {
  try {
    return `taken: ${encoded(codec, json)}`;
  } catch (error) {
    if (error instanceof DataMismatchError) return error.message;
    throw error;
  }
}

/** Within a record, for bytes are framed otherwise where they are the whole of it. */
function field(type: unknown): object {
  return { type: 'record', name: 'R', fields: [{ name: 'v', type }] };
}

const date = { type: 'int', logicalType: 'date' };
const timeMillis = { type: 'int', logicalType: 'time-millis' };
const timeMicros = { type: 'long', logicalType: 'time-micros' };
const long = (logicalType: string): object => ({ type: 'long', logicalType });
const decimal = (precision: unknown, scale?: unknown): object => ({
  type: 'bytes',
  logicalType: 'decimal',
  precision,
  scale,
});
const fixedDecimal = (size: number, precision: number, scale: number): object => ({
  type: 'fixed',
  name: 'D',
  size,
  logicalType: 'decimal',
  precision,
  scale,
});
const uuid = { type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' };

describe('Logical types of Avro, readable', () => {
  it.each<[schema: object, text: string, hex: string]>([
    [date, '1970-01-01', '00'],
    [date, '1969-12-31', '01'],
    [date, '2024-02-29', '8cb502'],
    [date, '1900-03-01', 'c78e03'],
    [date, '0001-01-01', 'f3e457'],
    [date, '9999-12-31', 'c082e602'],
    [date, '+5881580-07-11', 'feffffff0f'],
    [date, '-5877641-06-23', 'ffffffff0f'],
    [timeMillis, '00:00:00.000', '00'],
    [timeMillis, '23:59:59.999', 'feefb252'],
    [timeMicros, '23:59:59.999999', 'feffbadd8305'],
    [long('timestamp-millis'), '2023-11-14T22:13:20.123Z', 'f6a1abfef962'],
    [long('timestamp-millis'), '1969-12-31T23:59:59.999Z', '01'],
    [long('timestamp-millis'), '+292278994-08-17T07:12:55.807Z', 'feffffffffffffffff01'],
    [long('timestamp-millis'), '-292275055-05-16T16:47:04.192Z', 'ffffffffffffffffff01'],
    [long('timestamp-micros'), '2023-11-14T22:13:20.123456Z', '8089818283898506'],
    [long('timestamp-micros'), '0001-01-01T00:00:00.000000Z', 'ffffddf2dfffdfdc01'],
    [long('timestamp-nanos'), '2023-11-14T22:13:20.123456789Z', 'aab4aed8c7bfce972f'],
    [long('timestamp-nanos'), '2262-04-11T23:47:16.854775807Z', 'feffffffffffffffff01'],
    [long('local-timestamp-millis'), '2023-11-14T22:13:20.123', 'f6a1abfef962'],
    [long('local-timestamp-micros'), '2023-11-14T22:13:20.123456', '8089818283898506'],
    [long('local-timestamp-nanos'), '2023-11-14T22:13:20.123456789', 'aab4aed8c7bfce972f'],
    [decimal(10, 2), '123.45', '043039'],
    [decimal(10, 2), '-123.45', '04cfc7'],
    [decimal(10, 2), '0.00', '0200'],
    [decimal(10, 2), '-0.05', '02fb'],
    [decimal(10), '128', '040080'],
    [decimal(10), '-128', '0280'],
    [decimal(10, 0), '-129', '04ff7f'],
    [fixedDecimal(16, 38, 0), '99999999999999999999999999999999999999', '4b3b4ca85a86c47a098a223fffffffff'],
    [fixedDecimal(16, 38, 38), `-0.${'0'.repeat(37)}1`, 'ffffffffffffffffffffffffffffffff'],
    [uuid, '123e4567-e89b-12d3-a456-426614174000', '123e4567e89b12d3a456426614174000'],
    [{ type: 'string', logicalType: 'uuid' }, 'any text', '10616e792074657874'],
  ])('%j: %s is %s', (schema, text, hex) => {
    const codec = codecOf(field(schema));

    expect(encoded(codec, `{"v":"${text}"}`)).toBe(hex);
    expect(decoded(codec, hex)).toBe(`{"v":"${text}"}`);
  });

  it.each<[schema: object, json: string, hex: string]>([
    [date, '19782', '8cb502'],
    [timeMillis, '86399999', 'feefb252'],
    [long('timestamp-millis'), '1700000000123', 'f6a1abfef962'],
    [long('timestamp-micros'), '9223372036854775807', 'feffffffffffffffff01'],
    [decimal(10, 2), '123.45', '043039'],
    [decimal(10, 2), '1.2345e2', '043039'],
    [decimal(10, 2), '"123.450"', '043039'],
    [decimal(38, 0), '99999999999999999999999999999999999999', '204b3b4ca85a86c47a098a223fffffffff'],
    [uuid, '"0123456789abcdef"', '30313233343536373839616263646566'],
    [long('timestamp-millis'), '"2023-11-15T00:13:20.123+02:00"', 'f6a1abfef962'],
    [long('timestamp-millis'), '"1970-01-01T00:00:00Z"', '00'],
    [long('timestamp-millis'), '"1970-01-01T00:00:00.0010Z"', '02'],
    [{ type: 'string', logicalType: 'uuid' }, '"x"', '0278'],
  ])('%j also takes %s', (schema, json, hex) => {
    expect(encoded(codecOf(field(schema)), `{"v":${json}}`)).toBe(hex);
  });

  it.each<[schema: object, json: string]>([
    [date, '"2023-02-29"'],
    [date, '"1900-02-29"'],
    [date, '"2023-13-01"'],
    [date, '"2023-00-01"'],
    [date, '"2023-04-31"'],
    [date, '"2023-1-1"'],
    [date, '"+5881580-07-12"'],
    [date, '"2023-01-01T00:00:00Z"'],
    [date, '""'],
    [timeMillis, '"24:00:00"'],
    [timeMillis, '"12:00"'],
    [timeMillis, '"12:60:00"'],
    [timeMillis, '"12:00:60"'],
    [timeMillis, '"12:00:00Z"'],
    [timeMillis, '"12:00:00.0001"'],
    [long('timestamp-millis'), '"2023-01-01T00:00:00"'],
    [long('timestamp-millis'), '"2023-01-01"'],
    [long('timestamp-millis'), '"2023-01-01T00:00:00.0001Z"'],
    [long('timestamp-millis'), '"+292278994-08-17T07:12:55.808Z"'],
    [long('timestamp-micros'), '"2023-01-01T00:00:00+19:00"'],
    [long('timestamp-nanos'), '"2262-04-11T23:47:16.854775808Z"'],
    [long('local-timestamp-millis'), '"2023-01-01T00:00:00Z"'],
    [decimal(4, 2), '"1.234"'],
    [decimal(4, 2), '"123"'],
    [decimal(4, 2), '1e999999999999'],
    [decimal(4, 2), '1e-999999999999'],
    [decimal(4, 2), '"1,2"'],
    [decimal(4, 2), '""'],
    [decimal(4, 2), '"\\u0000\\u0001"'],
    [decimal(4, 2), 'true'],
    [fixedDecimal(2, 4, 0), '"99999"'],
    [uuid, '"123e4567-e89b-12d3-a456-42661417400g"'],
    [uuid, '"123e4567"'],
  ])('%j does not take %s', (schema, json) => {
    expect(mismatchOf(codecOf(field(schema)), `{"v":${json}}`)).toMatch(/^\.v: expected /);
  });

  it('says what it expected', () => {
    expect(mismatchOf(codecOf(field(decimal(4, 2))), '{"v":"1.234"}')).toBe(
      '.v: expected decimal of 4 digits, 2 of them behind the point, got 1.234',
    );
    expect(mismatchOf(codecOf(field(date)), '{"v":"today"}')).toBe(
      '.v: expected int or text such as 2024-02-29, got today',
    );
  });

  it.each<[schema: object, hex: string, json: string]>([
    [timeMillis, '09', '-5'],
    [timeMillis, '80f0b252', '86400000'],
    [decimal(10, 2), '00', '"0.00"'],
    [decimal(2, 0), '043039', '"12345"'],
    [decimal(10, 2), '0600ffff', '"655.35"'],
  ])('%j: shows %s, which it would not write so, as %s', (schema, hex, json) => {
    expect(decoded(codecOf(field(schema)), hex)).toBe(`{"v":${json}}`);
  });

  it('knows every day as the calendar of JavaScript does', () => {
    const codec = codecOf(date);
    const wrong: string[] = [];
    for (let day = -800_000; day < 3_000_000; day += 89) {
      const hex = encoded(codec, String(day));
      const text = new Date(day * 86_400_000).toISOString().slice(0, -'T00:00:00.000Z'.length);
      if (decoded(codec, hex) !== `"${text}"` || encoded(codec, `"${text}"`) !== hex) wrong.push(text);
    }

    expect(wrong).toEqual([]);
  });

  it('frames a whole record of bytes as the serializers do', () => {
    const codec = codecOf(decimal(10, 2));

    expect(encoded(codec, '"-123.45"')).toBe('cfc7');
    expect(decoded(codec, 'cfc7')).toBe('"-123.45"');
  });

  it('takes the one branch of a union that a value can be of, and shows tags', () => {
    const codec = codecOf(field(['null', date, decimal(4, 2)]));

    expect(encoded(codec, '{"v":{"int":"1970-01-01"}}')).toBe('0200');
    expect(decoded(codec, '0200')).toBe('{"v":{"int":"1970-01-01"}}');
    expect(decoded(codec, '0402fb')).toBe('{"v":{"bytes":"-0.05"}}');
    expect(mismatchOf(codec, '{"v":"1970-01-01"}')).toContain('expected int or bytes, tagged as in');
    expect(encoded(codecOf(field(['null', date])), '{"v":"1970-01-01"}')).toBe('0200');
    expect(encoded(codecOf(field(['null', date])), '{"v":0}')).toBe('0200');
    expect(encoded(codecOf(field(['null', date])), '{"v":null}')).toBe('00');
  });

  it('takes defaults in their raw form, as Avro has them', () => {
    const fields = [
      { name: 'd', type: date, default: 1 },
      { name: 'n', type: decimal(4, 2), default: '\u0005' },
    ];
    const codec = codecOf({ type: 'record', name: 'R', fields });

    expect(decoded(codec, encoded(codec, '{}'))).toBe('{"d":"1970-01-02","n":"0.05"}');
  });

  it.each<[schema: object, hex: string, json: string]>([
    [{ type: 'int', logicalType: 'timestamp-millis' }, '02', '1'],
    [{ type: 'string', logicalType: 'date' }, '0278', '"x"'],
    [{ type: 'int', logicalType: '__proto__' }, '02', '1'],
    [{ type: 'int', logicalType: 1 }, '02', '1'],
    [decimal(0), '0278', '"x"'],
    [decimal(2, 3), '0278', '"x"'],
    [decimal('4', 2), '0278', '"x"'],
    [decimal(1_000_000_000), '0278', '"x"'],
    [fixedDecimal(1, 3, 0), '78', '"x"'],
    [{ type: 'fixed', name: 'U', size: 1, logicalType: 'uuid' }, '78', '"x"'],
  ])('ignores %j, which Avro says is none', (schema, hex, json) => {
    const codec = codecOf(field(schema));

    expect(decoded(codec, hex)).toBe(`{"v":${json}}`);
    expect(encoded(codec, `{"v":${json}}`)).toBe(hex);
  });

  it('has bounds', () => {
    const codec = codecOf(decimal(9_000, 0));
    const most = '9'.repeat(9_000);

    expect(decoded(codec, encoded(codec, `"${most}"`))).toBe(`"${most}"`);
    expect(mismatchOf(codec, `"${'9'.repeat(1_000_000)}"`)).toMatch(/^: expected decimal/);
    expect(() => decoded(codec, '7f'.repeat(4_097))).toThrow(DeserializationError);
    expect(() => decoded(codecOf(field(uuid)), '00')).toThrow(DeserializationError);
  });

  it('is off unless it is asked for', () => {
    const schema = {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'd', type: date },
        { name: 'n', type: decimal(4, 2) },
      ],
    };
    const text = JSON.stringify(schema);
    for (const codec of [codecOf(schema, false), new AvroLanguage().compile({ text, references: [] })]) {
      expect(decoded(codec, '020205')).toBe(String.raw`{"d":1,"n":"\u0005"}`);
      expect(mismatchOf(codec, '{"d":"1970-01-02","n":""}')).toBe('.d: expected int, got string');
    }
  });
});
