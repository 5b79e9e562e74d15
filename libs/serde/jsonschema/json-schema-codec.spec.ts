import { describe, expect, it } from 'vitest';
import { randomJson, seededRandom } from '../../../test/support/random-json.ts';
import { compactJson } from '../json-text/compact-json.ts';
import { DataMismatchError } from '../schema/data-mismatch-error.ts';
import { SchemaParseError } from '../schema/schema-parse-error.ts';
import { DeserializationError } from '../serde.ts';
import { codecOf, compile, encoded, problem } from '../../../test/support/json-schema-fixture.ts';

describe('JsonSchemaCodec', () => {
  it('writes the header and the text as it was sent', () => {
    const codec = codecOf({ type: 'object' });
    const text = '{"z":12345678901234567890,"a":1.10,"b":[1e2,-0.0,"\\u0001é😀"],"":null}';
    const bytes = codec.encode(Buffer.from(text), Buffer.from([0, 0, 0, 0, 9]));
    expect([...bytes.subarray(0, 5)]).toEqual([0, 0, 0, 0, 9]);
    expect(bytes.toString('utf8', 5)).toBe(text);
  });

  it('writes null as text where the schema takes it', () => {
    const codec = codecOf({ type: ['string', 'null'] });
    expect(codec.encode(null, Buffer.alloc(5)).toString('utf8', 5)).toBe('null');
    expect(() => codecOf({ type: 'string' }).encode(null, Buffer.alloc(5))).toThrow(
      new DataMismatchError('', 'expected string, got null (rule #/type)'),
    );
  });

  it('takes what true takes, and nothing for false', () => {
    expect(encoded(true, '{"a":1}')).toBe('{"a":1}');
    expect(problem(false, '1')).toBe(': nothing is allowed here (rule #/false schema)');
  });

  it('leaves any JSON as it is', () => {
    const random = seededRandom(3);
    const codec = codecOf({ properties: { none: { default: 1 } } });
    for (let i = 0; i < 300; i++) {
      const sent = Buffer.from(`[${randomJson(random)}]`);
      const compact = compactJson(sent, 0, sent.length);
      expect(codec.encode(compact, Buffer.alloc(0)).toString()).toBe(compact.toString());
    }
  });

  it('reads whatever is JSON, valid or not, without compiling the schema', () => {
    const header = Buffer.from([0, 0, 0, 0, 1]);
    const codec = codecOf({ type: 'integer', $ref: 'http://nowhere.example/x', javaType: 'com.example.X' });
    const bytes = Buffer.concat([header, Buffer.from(' {"a" : 1.50, "b":"\\u0041"}\n')]);
    expect(codec.decode(bytes, 5).toString()).toBe('{"a":1.50,"b":"A"}');
    expect(() => compile(codec)).toThrow(SchemaParseError);
  });

  it.each(['', '{', '{"a":1}x', 'NaN', '\ufffe\u0000'])('does not read %j', (text) => {
    const bytes = Buffer.concat([Buffer.alloc(5), Buffer.from(text)]);
    expect(() => codecOf(true).decode(bytes, 5)).toThrow(DeserializationError);
  });

  it('says before the first record that nothing can be written with a schema', async () => {
    await expect(codecOf({ type: 'string' }).requireWritable?.()).resolves.toBe(undefined);
    await expect(codecOf({ type: 'strin' }).requireWritable?.()).rejects.toThrow(SchemaParseError);
  });

  it('is called by its title, and registered without white space', () => {
    const codec = codecOf('{ "title": "Order",\n "maximum": 1.0, "$id": "a b" }');
    expect(codec.recordName).toBe('Order');
    expect(codec.canonicalText).toBe('{"title":"Order","maximum":1.0,"$id":"a b"}');
    expect(codecOf({ type: 'string' }).recordName).toBe(undefined);
    expect(codecOf(true).recordName).toBe(undefined);
  });

  it.each([
    ['', /Unexpected end-of-input/],
    ['{"type":"string"', /Unexpected end-of-input/],
    ['"string"', /It is no schema of draft 7: schema must be/],
    ['[]', /It is no schema of draft 7: schema must be/],
    ['{"type":"strin"}', /schema\.type must be equal to one of the allowed values/],
    ['{"properties":{"a":{"minimum":"1"}}}', /schema\.properties\.a\.minimum must be number/],
    ['{"required":["a","a"]}', /schema\.required must NOT have duplicate items/],
    ['{"pattern":"("}', /The pattern \( cannot be used/],
    [`{"maximum":${'1'.repeat(1001)}}`, /A number has more than 1000 characters/],
  ])('refuses the schema %s', (text, message) => {
    expect(() => compile(codecOf(text))).toThrow(SchemaParseError);
    expect(() => compile(codecOf(text))).toThrow(message);
  });
});

describe('what a client is told', () => {
  const address = {
    type: 'object',
    properties: {
      zip: { type: 'integer' },
      lines: { type: 'array', items: { type: 'string', maxLength: 3 } },
      'odd name': { type: 'boolean' },
    },
    required: ['zip'],
    additionalProperties: false,
  };
  const schema = {
    definitions: { address },
    properties: {
      address: { $ref: '#/definitions/address' },
      price: { type: 'number', minimum: 0 },
      shape: { oneOf: [{ type: 'null' }, { $ref: '#/definitions/address' }] },
      any: {
        anyOf: [{ type: 'string' }, { type: 'object', properties: { n: { const: 1 } }, required: ['n'] }],
      },
    },
  };

  it.each([
    ['{"address":{"zip":"x"}}', '.address.zip: expected integer, got string (rule #/properties/zip/type)'],
    [
      '{"address":{"zip":1.0}}',
      '.address.zip: expected integer, got number 1.0 (rule #/properties/zip/type)',
    ],
    ['{"address":{}}', '.address: the member "zip" is missing (rule #/required)'],
    [
      '{"address":{"zip":1,"no":2}}',
      '.address: the member "no" is not allowed (rule #/additionalProperties)',
    ],
    [
      '{"address":{"zip":1,"lines":["a","abcd"]}}',
      '.address.lines[1]: must NOT have more than 3 characters (rule #/properties/lines/items/maxLength)',
    ],
    [
      '{"address":{"zip":1,"odd name":1}}',
      '.address["odd name"]: expected boolean, got number 1 (rule #/properties/odd%20name/type)',
    ],
    ['{"price":-1}', '.price: must be >= 0 (rule #/properties/price/minimum)'],
    [
      '{"shape":{"zip":[]}}',
      '.shape: must match exactly one schema in oneOf (rule #/properties/shape/oneOf); closest .zip: expected integer, got array (rule #/definitions/address/properties/zip/type)',
    ],
    [
      '{"any":{"n":2}}',
      '.any: must match a schema in anyOf (rule #/properties/any/anyOf); closest .n: must be equal to constant (rule #/properties/any/anyOf/1/properties/n/const)',
    ],
  ])('of %s', (text, expected) => {
    const said = problem(schema, text);
    expect(said.replace('#/definitions/address/', '#/')).toBe(
      expected.replace('#/definitions/address/', '#/'),
    );
  });

  it('is no longer than it should be', () => {
    const name = 'n'.repeat(100_000);
    expect(problem({ additionalProperties: false }, `{"${name}":1}`).length).toBeLessThan(1000);
    expect(problem({ additionalProperties: { type: 'string' } }, `{"${name}":1}`).length).toBeLessThan(2000);
  });
});
