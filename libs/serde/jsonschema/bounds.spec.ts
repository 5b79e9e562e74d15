import { describe, expect, it } from 'vitest';
import { codecOf, compile, problem } from '../../../test/support/json-schema-fixture.ts';
import { SchemaParseError } from '../schema/schema-parse-error.ts';

/** Of the processor: the machine may have other things to do. */
const soonMs = 4_000;

function quickly<T>(work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(soonMs);
  return result;
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

describe('hostile schemas', () => {
  const tooMany = /too many steps/;
  const doubling = {
    definitions: Object.fromEntries([
      ...times(
        40,
        (i) => [`d${i}`, { allOf: times(2, () => ({ $ref: `#/definitions/d${i + 1}` })) }] as const,
      ),
      ['d40', { type: 'number' }],
    ]),
    allOf: [{ $ref: '#/definitions/d0' }],
  };

  it('cannot multiply the work', () => {
    expect(quickly(() => problem(doubling, '1'))).toMatch(tooMany);
    expect(quickly(() => problem({ ...doubling, $$cost: -1e15 }, '1'))).toMatch(tooMany);
  });

  it('cannot multiply the work with the depth of the data', () => {
    const schema = {
      properties: { a: { anyOf: [{ $ref: '#' }, { $ref: '#' }, { type: 'string' }] } },
      type: 'object',
    };
    const data = `${'{"a":'.repeat(900)}1${'}'.repeat(900)}`;
    expect(quickly(() => problem(schema, data))).toMatch(tooMany);
  });

  it('cannot hide steps where nobody looks for schemas', () => {
    const hidden = {
      default: { $$cost: -1e15, ...doubling },
      $ref: '#/default/definitions/d0',
      definitions: doubling.definitions,
    };
    expect(quickly(() => problem(hidden, '1'))).toMatch(tooMany);
  });

  it.each([
    [
      'many properties',
      { properties: Object.fromEntries(times(5_000, (i) => [`p${i}`, {}])) },
      /more than 4000 parts/,
    ],
    ['many alternatives', { oneOf: times(600, (i) => ({ const: i })) }, /more than 500 alternatives/],
    ['depth', `${'{"not":'.repeat(990)}{}${'}'.repeat(990)}`, /nested too deeply|^$/],
    ['more depth', `${'{"not":'.repeat(50_000)}{}${'}'.repeat(50_000)}`, /nesting depth exceeds/],
    ['a pattern out of bounds', { pattern: '((((a{9}){9}){9}){9}){9}' }, /cannot be used/],
  ])('are refused for %s', (_, schema, message) => {
    const refused = quickly(() => {
      try {
        compile(codecOf(schema));
        return '';
      } catch (error) {
        expect(error).toBeInstanceOf(SchemaParseError);
        return String(error);
      }
    });
    expect(refused).toMatch(message);
  });

  it('may be large', () => {
    const wide = codecOf({
      properties: Object.fromEntries(times(3_000, (i) => [`p${i}`, { type: 'integer', minimum: i }])),
      additionalProperties: { enum: times(20_000, (i) => `value ${i}`) },
    });
    quickly(() => compile(wide));
    quickly(() => wide.encode(Buffer.from('{"p7":7,"x":"value 19999"}'), Buffer.alloc(5)));
    expect(() => wide.encode(Buffer.from('{"p2999":2998}'), Buffer.alloc(5))).toThrow(/must be >= 2999/);
  });

  it('fail fast the second time', () => {
    const codec = codecOf({ properties: { a: { $ref: 'nowhere' } } });
    const first = catching(() => compile(codec));
    expect(catching(() => compile(codec))).toBe(first);
  });

  it.each([{ $async: true }, { properties: { a: { $async: true, type: 'string' } } }])(
    'cannot make it asynchronous: %j',
    (schema) => {
      expect(problem({ ...schema, maximum: 1 }, '2')).toMatch(/must be <= 1/);
    },
  );

  it('mean nothing by words of Ajv', () => {
    expect(problem({ type: 'string', nullable: true }, 'null')).toMatch(/got null/);
    expect(problem({ nullable: false, discriminator: { propertyName: 1 } }, '1')).toBe('');
    expect(() => problem({ maximum: { $data: '/x' } }, '1')).toThrow(/maximum must be number/);
  });

  it('cannot run code', () => {
    const words = [
      '"];globalThis.ran=1;//',
      "'+(globalThis.ran=1)+'",
      '`${globalThis.ran=1}`',
      '*/globalThis.ran=1/*',
      '\u2028globalThis.ran=1',
    ];
    const schema = {
      $id: words[3],
      properties: Object.fromEntries(
        words.map((word) => [word, { const: word, default: word, title: word }]),
      ),
      patternProperties: { 'globalThis\\.ran': { enum: words } },
      required: words.slice(0, 1),
      format: words[2],
    };
    const data = JSON.stringify(Object.fromEntries(words.map((word) => [word, word])));
    problem(schema, data);
    problem(schema, '{}');
    expect('ran' in globalThis).toBe(false);
  });
});

describe('hostile data', () => {
  it.each([
    ['unique objects', { uniqueItems: true }, JSON.stringify(times(50_000, (i) => ({ i }))), ''],
    [
      'nested arrays',
      { uniqueItems: true, items: { $ref: '#' } },
      `${'['.repeat(900)}${'['.repeat(9)}${times(20_000, String).join()}${']'.repeat(909)}`,
      /^$|too many steps/,
    ],
    ['long text', { pattern: '^(a|aa)+$' }, JSON.stringify(`${'a'.repeat(500_000)}b`), /must match pattern/],
    [
      'long text for many',
      { allOf: times(3_000, (i) => ({ maxLength: 300_000 + i })) },
      JSON.stringify('x'.repeat(500_000)),
      /must NOT have more/,
    ],
    [
      'many members',
      { additionalProperties: { type: 'integer' } },
      JSON.stringify(Object.fromEntries(times(50_000, (i) => [`k${i}`, i]))),
      '',
    ],
    ['a large number', { multipleOf: 7 }, '7e999999999999', ''],
    ['long digits', { type: 'number' }, '1'.repeat(100_000), /more than 1000 characters/],
    [
      'depth',
      { properties: { a: { $ref: '#' } }, additionalProperties: false },
      `${'{"a":'.repeat(990)}{}${'}'.repeat(990)}`,
      '',
    ],
  ])('%s', (_, schema, json, expected) => {
    expect(quickly(() => problem(schema, json))).toMatch(expected === '' ? /^$/ : expected);
  });

  it.each([
    'email',
    'uri',
    'hostname',
    'date-time',
    'uri-template',
    'json-pointer',
    'ipv6',
    'uri-reference',
    'time',
    'regex',
  ])('is no trouble for the format %s', (format) => {
    const codec = codecOf({ format });
    for (const piece of ['a', 'a.', 'a@', 'a-', '/', ':', 'a:', 'T', '{a,', '%41', '[', '(']) {
      for (const text of [`a@${piece.repeat(50_000)}`, `http://${piece.repeat(50_000)}\n`]) {
        const error = quickly(() =>
          catching(() => codec.encode(Buffer.from(JSON.stringify(text)), Buffer.alloc(0))),
        );
        expect(String(error)).toMatch(/^undefined$|must match format/);
      }
    }
  });

  it('finds members that every object has by nature only where they were sent', () => {
    const schema = {
      properties: { constructor: { type: 'string' }, valueOf: { type: 'integer' } },
      required: ['toString'],
    };
    expect(problem(schema, '{"toString":1}')).toBe('');
    expect(problem(schema, '{}')).toContain('the member "toString" is missing');
    expect(problem(schema, '{"toString":1,"valueOf":"x"}')).toContain('.valueOf: expected integer');
    expect(problem({ required: ['__proto__'] }, '{}')).toContain('is missing');
    expect(problem({ required: ['__proto__'] }, '{"__proto__":1}')).toBe('');
  });
});

function catching(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}
