import { describe, expect, it } from 'vitest';
import { codecOf, encoded, problem } from '../../../test/support/json-schema-fixture.ts';

describe('defaults', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      age: { type: 'integer', default: 18 },
      'odd "name"': { default: { a: [1, 'é'] } },
    },
  };

  it.each([
    ['{}', '{"age":18,"odd \\"name\\"":{"a":[1,"é"]}}'],
    ['{"name":"x","age":1}', '{"name":"x","age":1,"odd \\"name\\"":{"a":[1,"é"]}}'],
    ['{"odd \\"name\\"":null,"name":"\\"}{"}', '{"odd \\"name\\"":null,"name":"\\"}{","age":18}'],
    ['{"age":null,"odd \\"name\\"":1}', ': expected integer'],
  ])('are filled in after what was sent: %s', (sent, expected) => {
    if (expected.startsWith(':')) expect(problem(schema, sent)).toContain('expected integer');
    else expect(encoded(schema, sent)).toBe(expected);
  });

  it('keep the spelling of their numbers', () => {
    const text =
      '{"properties":{"a":{"default":1.10},"b":{"default":12345678901234567890},"c":{"default":[1e2,{"x":-0.0}]}}}';
    expect(encoded(text, '{}')).toBe('{"a":1.10,"b":12345678901234567890,"c":[1e2,{"x":-0.0}]}');
  });

  it('are filled in wherever the object is', () => {
    const item = { properties: { n: { default: 0 } } };
    const nested = {
      definitions: { item },
      properties: {
        list: { items: { $ref: '#/definitions/item' } },
        map: { additionalProperties: { $ref: '#/definitions/item' } },
        deep: {
          properties: { er: item, gone: { default: { n: 'as it is' }, properties: { m: { default: 1 } } } },
        },
      },
      allOf: [{ properties: { all: { default: true } } }],
    };
    const sent =
      '{"list":[{"a":[1,"]"]},{"n":1},{}],"map":{"x":{},"1":{"z":"}"}},"deep":{"er":{"\\\\":-1.5e3}}}';
    expect(encoded(nested, sent)).toBe(
      '{"list":[{"a":[1,"]"],"n":0},{"n":1},{"n":0}],"map":{"x":{"n":0},"1":{"z":"}","n":0}},"deep":{"er":{"\\\\":-1.5e3,"n":0},"gone":{"n":"as it is"}},"all":true}',
    );
  });

  it('of branches that do not match are left out', () => {
    const branches = {
      oneOf: [
        { type: 'null' },
        { type: 'object', properties: { kind: { const: 'a' }, a: { default: 1 } }, required: ['kind'] },
        { $ref: '#/definitions/b' },
        {
          type: 'object',
          allOf: [{ properties: { c: { default: 4 }, x: { properties: { z: { default: 5 } } } } }],
          properties: { kind: { const: 'c' } },
        },
      ],
      definitions: {
        b: {
          type: 'object',
          properties: { kind: { const: 'b' }, b: { default: 2 }, x: { properties: { y: { default: 3 } } } },
          required: ['kind'],
          additionalProperties: false,
        },
      },
      not: { type: 'object', properties: { never: { default: 1 } }, required: ['forbidden'] },
    };
    expect(encoded(branches, '{"kind":"a"}')).toBe('{"kind":"a","a":1}');
    expect(encoded(branches, '{"kind":"b","x":{}}')).toBe('{"kind":"b","x":{"y":3},"b":2}');
    expect(encoded(branches, '{"kind":"c","x":{}}')).toBe('{"kind":"c","x":{"z":5},"c":4}');
    expect(encoded(branches, 'null')).toBe('null');
  });

  it('of the branch of a condition that holds are filled in', () => {
    const conditional =
      '{"if":{"properties":{"country":{"const":"US"},"wrong":{"default":1}},"required":["country"]},' +
      '"then":{"properties":{"state":{"default":"NY"}}},"else":{"properties":{"region":{"default":"EU"}}}}';
    expect(encoded(conditional, '{"country":"DE"}')).toBe('{"country":"DE","region":"EU"}');
    expect(encoded(conditional, '{"country":"US","wrong":0}')).toBe(
      '{"country":"US","wrong":0,"state":"NY"}',
    );
  });

  it('do not make up for what is required, and are not checked', () => {
    const strict = {
      properties: { a: { type: 'string', default: 5 }, b: { type: 'string', default: null } },
      maxProperties: 1,
    };
    expect(encoded(strict, '{"c":1}')).toBe('{"c":1,"a":5}');
    expect(problem({ ...schema, required: ['age'] }, '{}')).toContain('the member "age" is missing');
  });

  it('are of the first to name a member', () => {
    const twice = {
      properties: { a: { default: 1 } },
      allOf: [{ properties: { a: { default: 2 }, b: { default: 3 } } }],
    };
    expect(JSON.parse(encoded(twice, '{}'))).toEqual({ a: 2, b: 3 });
  });

  it('are found for members by any name, and pollute nothing', () => {
    const names =
      '{"properties":{"toString":{"default":1},"constructor":{"default":{"__proto__":{"x":1}}},"__proto__":{"default":2}}}';
    expect(encoded(names, '{}')).toBe('{"toString":1,"constructor":{"__proto__":{"x":1}},"__proto__":2}');
    expect(encoded(names, '{"__proto__":{"x":1},"toString":0,"constructor":0}')).toBe(
      '{"__proto__":{"x":1},"toString":0,"constructor":0}',
    );
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  it('are those of one record only', () => {
    const codec = codecOf(schema);
    const header = Buffer.alloc(0);
    expect(() => codec.encode(Buffer.from('{"name":1}'), header)).toThrow();
    expect(codec.encode(Buffer.from('{"name":"x","age":1,"odd \\"name\\"":1}'), header).toString()).toBe(
      '{"name":"x","age":1,"odd \\"name\\"":1}',
    );
  });

  it('are not filled in by the newer drafts, as in Confluent’s clients', () => {
    for (const draft of ['2019-09', '2020-12']) {
      const newer = { $schema: `https://json-schema.org/draft/${draft}/schema`, ...schema };
      expect(encoded(newer, '{}')).toBe('{}');
    }
  });

  it('go to the last of members with one name', () => {
    const nested = { properties: { a: { properties: { n: { default: 0 } } } } };
    expect(encoded(nested, '{"a":{"x":1},"a":{"y":{}}}')).toBe('{"a":{"x":1},"a":{"y":{},"n":0}}');
  });
});
