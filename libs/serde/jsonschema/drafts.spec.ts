import { describe, expect, it } from 'vitest';
import { problem } from '../../../test/support/json-schema-fixture.ts';

const uris = {
  '4': 'http://json-schema.org/draft-04/schema#',
  '6': 'http://json-schema.org/draft-06/schema#',
  '7': 'http://json-schema.org/draft-07/schema#',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};
type Draft = keyof typeof uris;
type Case = readonly [schema: object, valid: readonly string[], invalid: readonly string[]];

function conditional(condition: unknown, holds: unknown, otherwise: unknown): object {
  return Object.fromEntries(Object.entries({ if: condition, else: otherwise }).concat([['then', holds]]));
}

const since4: readonly Case[] = [
  [{ type: 'integer' }, ['1', '-0', '123456789012345678901234567890'], ['1.5', '"1"', 'null', 'true']],
  [{ type: 'number' }, ['1', '1.0', '1e400'], ['"1"', '[]']],
  [{ type: ['string', 'null'] }, ['"a"', 'null'], ['1', '{}']],
  [{ type: 'object' }, ['{}'], ['[]', 'null']],
  [{ type: 'array' }, ['[]'], ['{}']],
  [{ type: 'boolean' }, ['true', 'false'], ['0', 'null']],
  [
    { enum: [1, 'a', null, { b: [1.0, 2] }] },
    ['1', '1.0', '"a"', 'null', '{"b":[1,2e0]}'],
    ['2', '"b"', '{"b":[2,1]}', '{}'],
  ],
  [{ enum: [[false]] }, ['[false]'], ['[0]', '[]']],
  [{ multipleOf: 0.01 }, ['1.10', '19.99', '0', '"x"', '1e300'], ['1.101', '1e-5']],
  [{ multipleOf: 3 }, ['9', '-3', '9.0'], ['10', '9.5']],
  [{ minimum: 1.5, maximum: 3 }, ['1.5', '3', '2', '3.0'], ['1.4999', '3.01']],
  [{ minLength: 2, maxLength: 3 }, ['"ab"', '"😀😀😀"', '1'], ['"a"', '"😀"', '"abcd"', '"😀😀😀😀"']],
  [{ pattern: '^a+$' }, ['"aa"', '5'], ['"b"']],
  [{ minItems: 1, maxItems: 2 }, ['[1]', '[1,2]', '{}'], ['[]', '[1,2,3]']],
  [
    { uniqueItems: true },
    ['[1,2]', '[1,"1"]', '[{"a":1},{"a":2}]', '[1,true]', '[9007199254740992,9007199254740993]'],
    ['[1,1.0]', '[{"a":1,"b":2},{"b":2,"a":1.0}]', '[null,null]'],
  ],
  [{ minProperties: 1, maxProperties: 2 }, ['{"a":1}'], ['{}', '{"a":1,"b":2,"c":3}']],
  [{ required: ['a'] }, ['{"a":null}', '[]'], ['{}', '{"b":1}']],
  [{ properties: { a: { type: 'string' } } }, ['{"a":"x","b":1}', '1'], ['{"a":1}']],
  [{ patternProperties: { '^x': { type: 'string' } } }, ['{"xa":"s","y":1}'], ['{"xa":1}']],
  [
    { properties: { a: {} }, patternProperties: { '^x': {} }, additionalProperties: false },
    ['{"a":1,"xx":2}'],
    ['{"b":1}', '{"constructor":1}', '{"__proto__":1}'],
  ],
  [{ additionalProperties: { type: 'integer' } }, ['{"a":1}'], ['{"a":"x"}']],
  [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, ['1'], ['0', '3']],
  [{ anyOf: [{ type: 'string' }, { minimum: 2 }] }, ['"x"', '3'], ['1']],
  [{ oneOf: [{ multipleOf: 2 }, { multipleOf: 3 }] }, ['2', '3'], ['6', '5']],
  [{ not: { type: 'string' } }, ['1'], ['"x"']],
  [{ items: { type: 'integer' } }, ['[1,2]', '"x"'], ['[1,"x"]']],
  [
    { definitions: { a: { type: 'string' } }, properties: { b: { $ref: '#/definitions/a' } } },
    ['{"b":"x"}'],
    ['{"b":1}'],
  ],
  [
    { properties: { child: { $ref: '#' }, n: { type: 'integer' } }, additionalProperties: false },
    ['{"child":{"child":{"n":1}}}'],
    ['{"child":{"child":{"n":"x"}}}', '{"child":{"x":1}}'],
  ],
  [{ maximum: '@9007199254740993' }, ['9007199254740993', '9007199254740992'], ['9007199254740994']],
];
const upTo7: readonly Case[] = [
  [{ type: 'integer' }, ['10'], ['1.0', '1e2', '10.00']],
  [
    { items: [{ type: 'string' }], additionalItems: { type: 'integer' } },
    ['["a",1]', '[]'],
    ['[1]', '["a","b"]'],
  ],
  [
    { dependencies: { a: ['b'], c: { required: ['d'] } } },
    ['{"a":1,"b":2}', '{"c":1,"d":1}', '{}'],
    ['{"a":1}', '{"c":1}'],
  ],
  [{ format: 'email' }, ['"a@b.example"', '1'], ['"a"']],
  [
    { format: 'date-time' },
    ['"2024-02-29T12:00:00Z"', '"2024-01-01T00:00:00.999999999999+01:00"'],
    ['"2023-02-29T12:00:00Z"', '"x"'],
  ],
  [{ format: 'ipv4' }, ['"1.2.3.4"'], ['"1.2.3.256"']],
  [{ format: 'ipv6' }, ['"::1"'], ['"12345::"']],
  [{ format: 'hostname' }, ['"a.example"'], ['"-a"']],
  [{ format: 'uri' }, ['"http://a.example/b"'], ['"a b"']],
  [{ format: 'unheard-of' }, ['"x"'], []],
  [{ $ref: '#/definitions/a', maximum: 1, definitions: { a: { type: 'integer' } } }, ['2'], ['"x"']],
];
const only4: readonly Case[] = [
  [{ minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: true }, ['1.1', '2'], ['1', '3']],
  [{ const: 1 }, ['2'], []],
  [{ contains: { type: 'string' } }, ['[]'], []],
  [
    {
      id: 'http://x.example/a',
      properties: { b: { $ref: '#/definitions/c' } },
      definitions: { c: { type: 'null' } },
    },
    ['{"b":null}'],
    ['{"b":1}'],
  ],
  [{ format: 'uuid' }, ['"x"'], []],
  [{ format: 'date' }, ['"x"'], []],
];
const since6: readonly Case[] = [
  [{ exclusiveMinimum: 1, exclusiveMaximum: 3 }, ['1.1'], ['1', '3', '1.0']],
  [{ const: { a: 1 } }, ['{"a":1.0}'], ['{"a":2}', '{}']],
  [{ const: null }, ['null'], ['0', '""']],
  [{ const: '@9007199254740993' }, ['9007199254740993'], ['9007199254740992', '9007199254740994']],
  [{ contains: { type: 'string' } }, ['[1,"a"]'], ['[]', '[1]']],
  [{ propertyNames: { maxLength: 2 } }, ['{"ab":1}'], ['{"abc":1}']],
  [{ properties: { a: true, b: false } }, ['{"a":1}'], ['{"b":1}']],
  [
    { $id: 'http://x.example/a', id: 5, properties: { b: { $ref: 'a#/properties/c' }, c: { type: 'null' } } },
    ['{"b":null}'],
    ['{"b":1}'],
  ],
  [{ exclusiveMaximum: '@9007199254740993' }, ['9007199254740992'], ['9007199254740993']],
];
const only6and7: readonly Case[] = [
  [{ format: 'json-pointer' }, ['"/a/0"'], ['"a"']],
  [{ format: 'uri-template' }, ['"/a/{b.c}"'], ['"/a/{"']],
  [{ format: 'uri-reference' }, ['"/a"'], ['"\\\\\\\\a"']],
  [{ format: 'uuid' }, ['"x"'], []],
  [{ minContains: 2, contains: { const: 1 } }, ['[1]'], ['[2]']],
  [{ unevaluatedProperties: false }, ['{"a":1}'], []],
];
const only6: readonly Case[] = [
  [conditional({ const: 1 }, false, true), ['1'], []],
  [{ format: 'date' }, ['"x"'], []],
];
const since7: readonly Case[] = [
  [conditional({ minimum: 5 }, { multipleOf: 2 }, { multipleOf: 3 }), ['6', '3'], ['7', '4']],
];
const only7: readonly Case[] = [
  [{ format: 'date' }, ['"2024-02-29"'], ['"2024-02-30"']],
  [{ format: 'time' }, ['"12:00:00Z"', '"12:00:59.999999999999999Z"'], ['"25:00:00Z"']],
  [{ format: 'regex' }, ['"a+"'], ['"("']],
  [{ format: 'relative-json-pointer' }, ['"1/a"'], ['"/a"']],
];
const since2019: readonly Case[] = [
  [{ type: 'integer' }, ['1.0', '1e2'], ['1.5', '12345678901234567890.5']],
  [{ dependentRequired: { a: ['b'] } }, ['{"a":1,"b":2}', '{}'], ['{"a":1}']],
  [{ dependentSchemas: { a: { required: ['b'] } } }, ['{"a":1,"b":2}'], ['{"a":1}']],
  [{ contains: { const: 1 }, minContains: 2, maxContains: 3 }, ['[1,1]'], ['[1]', '[1,1,1,1]']],
  [
    { allOf: [{ properties: { a: {} } }], properties: { b: {} }, unevaluatedProperties: false },
    ['{"a":1,"b":2}'],
    ['{"c":1}'],
  ],
  [{ $defs: { a: { $anchor: 'x', type: 'string' } }, $ref: '#x', maxLength: 1 }, ['"a"'], ['1', '"ab"']],
  [{ format: 'email' }, ['"only described"'], []],
];
const only2019: readonly Case[] = [
  [{ items: [{ type: 'string' }], additionalItems: false }, ['["a"]'], ['[1]', '["a",1]']],
  [
    { $recursiveAnchor: true, properties: { a: { $recursiveRef: '#' } }, additionalProperties: false },
    ['{"a":{"a":{}}}'],
    ['{"a":{"b":1}}'],
  ],
];
const only2020: readonly Case[] = [
  [{ prefixItems: [{ type: 'string' }], items: false }, ['["a"]', '[]'], ['[1]', '["a",1]']],
  [
    { type: 'array', items: { $dynamicRef: '#x' }, $defs: { a: { $dynamicAnchor: 'x', type: 'string' } } },
    ['["a"]'],
    ['[1]'],
  ],
  [{ prefixItems: [{}], unevaluatedItems: false }, ['[1]'], ['[1,2]']],
];

const cases: Readonly<Record<Draft, readonly (readonly Case[])[]>> = {
  '4': [since4, upTo7, only4],
  '6': [since4, upTo7, since6, only6and7, only6],
  '7': [since4, upTo7, since6, only6and7, since7, only7],
  '2019-09': [since4, since6, since7, since2019, only2019],
  '2020-12': [since4, since6, since7, since2019, only2020],
};

describe.each(Object.entries(cases))('draft %s', (draft, groups) => {
  const $schema = Object.entries(uris).find(([name]) => name === draft)?.[1];
  const all = groups.flat().map((each) => ({ schema: each[0], valid: each[1], invalid: each[2] }));

  it.each(all)('$schema', ({ schema, valid, invalid }) => {
    const inDraft = JSON.stringify({ $schema, ...schema }).replaceAll(/"@(\d+)"/g, '$1');
    expect(valid.map((json) => problem(inDraft, json)).filter((said) => said !== '')).toEqual([]);
    expect(invalid.filter((json) => problem(inDraft, json) === '')).toEqual([]);
  });
});

describe('the draft of a schema', () => {
  it.each([
    [undefined, '7'],
    ['http://json-schema.org/draft-07/schema', '7'],
    ['https://json-schema.org/draft-07/schema#', '7'],
    ['http://json-schema.org/draft-06/schema', '6'],
    ['http://example.com/my-own', '7'],
    ['http://json-schema.org/schema#', '7'],
  ])('that says %s is %s', ($schema, draft) => {
    const schema = { $schema, ...conditional(true, false, true), type: 'integer' };
    expect(problem(schema, '1')).toContain(draft === '7' ? 'nothing is allowed here' : '');
    expect(problem({ ...schema, if: false }, '1.0')).toContain('expected integer, got number 1.0');
  });
});
