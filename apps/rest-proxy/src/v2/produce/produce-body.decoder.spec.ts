import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { RestError } from '#libs/errors/rest-error.ts';
import { randomJson, seededRandom } from '../../../../../test/support/random-json.ts';
import { ProduceBodyDecoder } from './produce-body.decoder.ts';
import type { ProduceBody, ProduceBodyRules } from './produce-body.ts';

const plain: ProduceBodyRules = { maxRecords: 3, headers: false, timestamps: false };
const extended: ProduceBodyRules = { maxRecords: 3, headers: true, timestamps: true };

function decode(body: string | Buffer, rules = plain): ProduceBody {
  return new ProduceBodyDecoder(rules).decode(Buffer.from(body));
}

function refusal(body: string | Buffer, rules = plain): string {
  try {
    decode(body, rules);
  } catch (error) {
    if (error instanceof RestError) return `${error.status} ${error.errorCode} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('ProduceBodyDecoder', () => {
  it('reads keys, values and partitions of records', () => {
    const { records } = decode(
      '{"records":[{"key":"k","value":{ "a": 1.10 },"partition":2},{"value":null},{"key":null,"value":""}]}',
    );
    expect(records).toEqual([
      {
        key: Buffer.from('"k"'),
        value: Buffer.from('{"a":1.10}'),
        partition: 2,
        headers: undefined,
        timestamp: undefined,
      },
      { key: null, value: null, partition: null, headers: undefined, timestamp: undefined },
      { key: null, value: Buffer.from('""'), partition: null, headers: undefined, timestamp: undefined },
    ]);
  });

  it.each(['0', 'false', '""', '{}', '[]', '-0', '1e400', '12345678901234567890123', '"null"'])(
    'takes %s for itself',
    (json) => {
      const { records } = decode(`{"records":[{"key":${json},"value":${json}}]}`);
      expect([records[0]?.key?.toString(), records[0]?.value?.toString()]).toEqual([json, json]);
    },
  );

  it('reads schemas, by text and by id, whatever stands first', () => {
    const { keySchema, valueSchema } = decode(
      String.raw`{"value_schema_id":7,"key_schema":"\"string\"","records":[{}],"key_schema_id":null,"value_schema":null}`,
    );
    expect([keySchema, valueSchema]).toEqual([{ schema: '"string"' }, { schemaId: 7 }]);
  });

  it('knows names that are written with escapes', () => {
    const { records } = decode(String.raw`{"\u0072ecords":[{"v\u0061lue":1}]}`);
    expect(records[0]?.value?.toString()).toBe('1');
  });

  it.each([
    ['1', 1],
    ['1.7', 1],
    ['1e1', 10],
    ['0.5', 0],
    ['-0.5', 0],
    ['"1"', 1],
    ['" 2 "', 2],
    ['"+3"', 3],
    [String.raw`"\u0031"`, 1],
    ['null', null],
    ['""', null],
    ['2147483647', 2147483647],
  ])('takes %s for partition %s', (json, partition) => {
    expect(decode(`{"records":[{"partition":${json}}]}`).records[0]?.partition).toBe(partition);
  });

  it.each([
    ['', '422 422 request body must not be null'],
    [' \n', '422 422 request body must not be null'],
    ['null', '422 422 request body must not be null'],
    ['{}', '422 422 records must not be empty'],
    ['{"records":null}', '422 422 records must not be empty'],
    ['{"records":[]}', '422 422 records must not be empty'],
    ['[]', '400 400 Cannot deserialize value of type `ProduceRequest` from Array value'],
    ['5', '400 400 Cannot deserialize value of type `ProduceRequest` from Number value'],
    [
      'foobar',
      "400 400 Unrecognized token 'foobar': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false') (line 1, column 1)",
    ],
    ['{"records":{}}', '400 400 Cannot deserialize value of type `List` from Object value (records)'],
    ['{"records":[null]}', '400 400 Cannot deserialize value of type `ProduceRecord` from null (records[0])'],
    [
      '{"records":[{},"x"]}',
      '400 400 Cannot deserialize value of type `ProduceRecord` from String value (records[1])',
    ],
    ['{"recods":[]}', '422 422 Unrecognized field: recods'],
    ['{"records":[{}],"x":1}', '422 422 Unrecognized field: x'],
    ['{"records":[{},{"key":1,"timestmp":1}]}', '422 422 Unrecognized field: timestmp (records[1])'],
    ['{"records":[{"headers":[]}]}', '422 422 Unrecognized field: headers (records[0])'],
    ['{"records":[{"timestamp":1}]}', '422 422 Unrecognized field: timestamp (records[0])'],
    [
      '{"records":[{"partition":"x"}]}',
      '400 400 Cannot deserialize value of type `Integer` from String "x": not a valid `Integer` value (records[0].partition)',
    ],
    [
      '{"records":[{"partition":true}]}',
      '400 400 Cannot deserialize value of type `Integer` from Boolean value (records[0].partition)',
    ],
    [
      '{"records":[{"partition":[1]}]}',
      '400 400 Cannot deserialize value of type `Integer` from Array value (records[0].partition)',
    ],
    [
      '{"records":[{"partition":3000000000}]}',
      '400 400 Numeric value (3000000000) out of range of int (-2147483648 - 2147483647) (records[0].partition)',
    ],
    [
      '{"records":[{"partition":1e400}]}',
      '400 400 Numeric value (1e400) out of range of int (-2147483648 - 2147483647) (records[0].partition)',
    ],
    [
      '{"records":[{},{"partition":-1}]}',
      '422 422 Invalid partition: -1. Partition number should always be non-negative or null. (records[1].partition)',
    ],
    [
      '{"key_schema_id":"x","records":[{}]}',
      '400 400 Cannot deserialize value of type `Integer` from String "x": not a valid `Integer` value (key_schema_id)',
    ],
    [
      '{"key_schema":{},"records":[{}]}',
      '400 400 Cannot deserialize value of type `String` from Object value (key_schema)',
    ],
    ['{"records":[{"value":1,"value":2}]}', "400 400 Duplicate field 'value' (records[0])"],
    ['{"records":[{}],"records":[{}]}', "400 400 Duplicate field 'records'"],
    ['{"records":[{},{},{},{}]}', '413 413 The request has more than 3 records'],
    [
      '{"records":[{"value":1},\n{"value":x}]}',
      "400 400 Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false') (line 2, column 10)",
    ],
    [
      '{"records":[{"value":1}]} x',
      "400 400 Unexpected character ('x' (code 120)): expected nothing after the value (line 1, column 27)",
    ],
    [
      '{"records":[{"value":[1}]}',
      "400 400 Unexpected character ('}' (code 125)): was expecting comma to separate Array entries (line 1, column 24)",
    ],
  ])('refuses %j', (body, message) => {
    expect(refusal(body)).toBe(message);
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(refusal(Buffer.from('{"records":[{"value":"\xff"}]}', 'latin1'))).toBe(
      '400 400 Invalid UTF-8: unexpected byte 0xff (line 1, column 23)',
    );
  });

  it('shows the beginning of long names and values in messages', () => {
    const long = 'é'.repeat(100_000);
    expect(refusal(`{"${long}":1}`)).toBe(`422 422 Unrecognized field: ${'é'.repeat(256)}…`);
    expect(refusal(`{"records":[{"partition":"${long}"}]}`).length).toBeLessThan(500);
    expect(refusal(`{"records":[{"partition":${'9'.repeat(100_000)}}]}`).length).toBeLessThan(500);
    expect(refusal(`{"records":[${'x'.repeat(100_000)}]}`).length).toBeLessThan(500);
  });

  it('takes as many records as allowed', () => {
    expect(decode('{"records":[{},{},{}]}').records).toHaveLength(3);
  });

  it('reads headers and timestamps where the operator allows them', () => {
    const { records } = decode(
      '{"records":[{"headers":[{"key":"a","value":"YQ=="},{"name":"b","value":null},{"key":""}],"timestamp":1700000000123},{"headers":null,"timestamp":null}]}',
      extended,
    );
    expect(records[0]).toMatchObject({
      headers: [
        { key: 'a', value: Buffer.from('a') },
        { key: 'b', value: null },
        { key: '', value: null },
      ],
      timestamp: 1700000000123n,
    });
    expect(records[1]).toMatchObject({ headers: undefined, timestamp: undefined });
  });

  it.each([
    [
      '{"headers":{}}',
      '400 400 Cannot deserialize value of type `List` from Object value (records[0].headers)',
    ],
    [
      '{"headers":[1]}',
      '400 400 Cannot deserialize value of type `Header` from Number value (records[0].headers[0])',
    ],
    ['{"headers":[{"key":"a"},{}]}', '422 422 key must not be null (records[0].headers[1])'],
    ['{"headers":[{"key":"a","name":"b"}]}', "400 400 Duplicate field 'name' (records[0].headers[0])"],
    ['{"headers":[{"kee":"a"}]}', '422 422 Unrecognized field: kee (records[0].headers[0])'],
    [String.raw`{"headers":[{"key":"\ud800"}]}`, '422 422 key is not valid Unicode (records[0].headers[0])'],
    [
      '{"headers":[{"key":"a","value":"!"}]}',
      '400 400 Bad Request: data="!" is not a valid base64 string. (records[0].headers[0].value)',
    ],
    ['{"headers":[{"key":"a"}],"x":1}', '422 422 Unrecognized field: x (records[0])'],
    [
      '{"timestamp":-1}',
      '422 422 Invalid timestamp: -1. Timestamp should always be non-negative or null. (records[0].timestamp)',
    ],
    ['{"timestamp":1.5}', '400 400 Numeric value (1.5) is not an integer (records[0].timestamp)'],
    [
      '{"timestamp":"1"}',
      '400 400 Cannot deserialize value of type `Long` from String value (records[0].timestamp)',
    ],
    [
      '{"timestamp":9223372036854775808}',
      '400 400 Numeric value (9223372036854775808) out of range of long (-9223372036854775808 - 9223372036854775807) (records[0].timestamp)',
    ],
  ])('refuses the record %j', (record, message) => {
    expect(refusal(`{"records":[${record}]}`, extended)).toBe(message);
  });

  it('reads or refuses whatever comes, and reads nothing that is not JSON', () => {
    let read = 0;
    for (let seed = 1; seed <= 5000; seed++) {
      const random = seededRandom(seed);
      const body = Buffer.from(
        `{"records":[{"key":${randomJson(random, 2)},"value":${randomJson(random)},"partition":${random(5)}},` +
          `{"headers":[{"name":${randomJson(random, 1)},"value":"YQ=="}],"timestamp":${random(9)}}],` +
          `"key_schema":${randomJson(random, 1)},"value_schema_id":"${random(9)}"}`,
      );
      for (let i = random(4); i > 0; i--) body[random(body.length)] = random(256);
      // Anything but a RestError fails the test.
      if (refusal(body, extended) !== 'accepted') continue;
      read++;
      expect(isUtf8(body)).toBe(true);
      expect(() => void JSON.parse(body.toString())).not.toThrow();
    }
    expect(read).toBeGreaterThan(200);
  });
});
