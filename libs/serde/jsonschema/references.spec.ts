import { describe, expect, it } from 'vitest';
import { codecOf, compile, problem } from '../../../test/support/json-schema-fixture.ts';
import { SchemaParseError } from '../schema/schema-parse-error.ts';

const text = (schema: unknown): string => JSON.stringify(schema);
const zip = { type: 'integer' };

describe('references', () => {
  it.each([
    ['by its name', {}, 'address.json', 'address.json', {}],
    [
      'below the id of the schema',
      { $id: 'http://a.example/order.json' },
      'address.json',
      'address.json',
      {},
    ],
    ['by a full name', {}, 'http://a.example/address.json', 'http://a.example/address.json', {}],
    ['by its id', {}, 'http://b.example/x', 'address.json', { $id: 'http://b.example/x' }],
    ['by its name though it has an id', {}, 'address.json', 'address.json', { $id: 'http://b.example/x#' }],
    ['by a path', {}, './address.json', 'address.json', {}],
    ['by a name of its own making', {}, 'com.example.Address', 'com.example.Address', {}],
  ])('are found %s', (_, order, $ref, name, address) => {
    const references = [{ name, text: text({ ...address, properties: { zip }, definitions: { zip } }) }];
    const schema = {
      ...order,
      properties: { a: { $ref }, b: { $ref: `${$ref}#/definitions/zip` } },
    };
    expect(problem(schema, '{"a":{"zip":1},"b":2}', references)).toBe('');
    expect(problem(schema, '{"a":{"zip":"x"}}', references)).toContain(
      '.a.zip: expected integer, got string',
    );
    expect(problem(schema, '{"b":"x"}', references)).toContain('.b: expected integer, got string');
  });

  it('are followed through other references, each beside its own', () => {
    const references = [
      { name: 'zip.json', text: text(zip) },
      { name: 'http://a.example/zip.json', text: text({ type: 'string' }) },
      { name: 'address.json', text: text({ properties: { zip: { $ref: 'zip.json' } } }) },
      {
        name: 'http://a.example/address.json',
        text: text({ $id: 'http://a.example/address.json', properties: { zip: { $ref: 'zip.json' } } }),
      },
    ];
    const schema = {
      properties: { a: { $ref: 'address.json' }, b: { $ref: 'http://a.example/address.json' } },
    };
    expect(problem(schema, '{"a":{"zip":1},"b":{"zip":"x"}}', references)).toBe('');
    expect(problem(schema, '{"a":{"zip":"x"}}', references)).toContain('.a.zip: expected integer');
    expect(problem(schema, '{"b":{"zip":1}}', references)).toContain('.b.zip: expected string');
  });

  it('may be the same under two names, or two versions with one id', () => {
    const address = text({ $id: 'http://a.example/address', properties: { zip } });
    const older = text({ $id: 'http://a.example/address', properties: { zip: { type: 'string' } } });
    const references = [
      { name: 'old', text: older },
      { name: 'one', text: address },
      { name: 'two', text: address },
    ];
    const schema = { properties: { a: { $ref: 'one' }, b: { $ref: 'two' }, c: { $ref: 'old' } } };
    expect(problem(schema, '{"a":{"zip":1},"b":{"zip":1},"c":{"zip":"x"}}', references)).toBe('');
    expect(problem(schema, '{"c":{"zip":1}}', references)).toContain('.c.zip: expected string');
  });

  it('prefer what the schema itself calls by a name', () => {
    const references = [
      { name: 'x', text: text({ type: 'string' }) },
      { name: 'y', text: text({}) },
      { name: 'x', text: text(zip) },
    ];
    expect(problem({ $ref: 'x' }, '1', references)).toBe('');
  });

  it.each([
    [
      'http://nowhere.example/schema.json',
      'It refers to http://nowhere.example/schema.json, which is not among its',
    ],
    ['file:///etc/passwd', 'file:///etc/passwd, which is not among its references'],
    ['other.json', 'other.json, which is not among its references'],
    ['#/definitions/none', '#/definitions/none, which is not among its references'],
    ['constructor', '"constructor" cannot be referred to'],
    ['x/../toString', '"toString" cannot be referred to'],
  ])('to %s are refused', ($ref, message) => {
    const codec = codecOf({ properties: { a: { $ref } } }, [{ name: 'address.json', text: '{}' }]);
    expect(() => compile(codec)).toThrow(SchemaParseError);
    expect(() => compile(codec)).toThrow(message);
  });

  it.each([
    [{ $ref: '#' }, /nested too deeply/],
    [{ allOf: [{ $ref: '#' }] }, /too many steps|nested too deeply/],
    [
      { definitions: { a: { anyOf: [{ $ref: '#/definitions/a' }] } }, $ref: '#/definitions/a' },
      /too many steps|nested too deeply/,
    ],
  ])('in a circle end: %j', (schema, message) => {
    expect(problem(schema, '1')).toMatch(message);
  });

  it('in a circle of nothing but references are refused', () => {
    const codec = codecOf({
      definitions: { a: { $ref: '#/definitions/b' }, b: { $ref: '#/definitions/a' } },
      allOf: [{ $ref: '#/definitions/a' }],
    });
    expect(() => compile(codec)).toThrow(SchemaParseError);
  });

  it('to the schema of a draft mean it', () => {
    const schema = { properties: { schema: { $ref: 'http://json-schema.org/draft-07/schema#' } } };
    expect(problem(schema, '{"schema":{"type":"string"}}')).toBe('');
    expect(problem(schema, '{"schema":{"type":1}}')).toContain('.schema.type');
  });

  it.each([
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $defs: { a: { $dynamicAnchor: 'x' }, b: { $dynamicAnchor: 'x' } },
      items: { $dynamicRef: '#x' },
    },
    {
      $schema: 'https://json-schema.org/draft/2019-09/schema',
      $recursiveAnchor: true,
      $defs: { a: { $id: 'http://a.example/', $recursiveAnchor: true } },
      items: { $recursiveRef: '#' },
    },
  ])('that depend on where the schema is used are refused: $$schema', (schema) => {
    expect(() => compile(codecOf(schema))).toThrow(/not supported/);
  });
});
