import { describe, expect, it } from 'vitest';
import { randomAvro } from '../../../test/support/random-avro.ts';
import { randomJson, seededRandom } from '../../../test/support/random-json.ts';
import { JsonScanner } from '../json-text/json-scanner.ts';
import { DataMismatchError } from '../schema/data-mismatch-error.ts';
import type { SchemaCodec } from '../schema/schema-language.ts';
import { SchemaParseError } from '../schema/schema-parse-error.ts';
import { DeserializationError } from '../serde.ts';
import { AvroLanguage } from './avro-language.ts';

const none = Buffer.alloc(0);

function codecOf(schema: unknown): SchemaCodec {
  const text = typeof schema === 'string' && schema.startsWith('{') ? schema : JSON.stringify(schema);
  return new AvroLanguage().compile({ text, references: [] });
}

/** What an attempt ends with; anything but an answer or these two errors fails the test. */
function ending(attempt: () => unknown): 'done' | 'refused' {
  try {
    attempt();
    return 'done';
  } catch (error) {
    if (error instanceof DataMismatchError || error instanceof DeserializationError) return 'refused';
    throw error;
  }
}

const node = {
  type: 'record',
  name: 'Node',
  fields: [
    { name: 'next', type: ['null', 'Node'] },
    { name: 'v', type: 'string', default: '' },
  ],
};

describe('AvroLanguage, with schemas that mean harm', () => {
  it('refuses those that nest too deep', () => {
    const schema = `${'{"type":"array","items":'.repeat(5_000)}"int"${'}'.repeat(5_000)}`;

    expect(() => codecOf(schema)).toThrow(SchemaParseError);
  });

  it('takes long chains of types that contain each other', () => {
    const records = Array.from({ length: 20_000 }, (_, i) => ({
      type: 'record',
      name: `R${i}`,
      fields: i === 0 ? [] : [{ name: 'a', type: `R${i - 1}` }],
    }));
    const codec = codecOf({
      type: 'record',
      name: 'All',
      fields: [{ name: 'u', type: { type: 'array', items: records } }],
    });

    expect(codec.decode(codec.encode(Buffer.from('{"u":[]}'), none), 0).toString()).toBe('{"u":[]}');
  });

  it('takes names that objects have anyway', () => {
    const fields = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((name) => ({
      name,
      type: { type: 'record', name, fields: [{ name: 'a', type: 'int' }] },
    }));
    const codec = codecOf({ type: 'record', name: 'valueOf', fields });
    const json = '{"__proto__":{"a":1},"constructor":{"a":2},"toString":{"a":3},"hasOwnProperty":{"a":4}}';

    expect(codec.decode(codec.encode(Buffer.from(json), none), 0).toString()).toBe(json);
    expect(Object.prototype).not.toHaveProperty('a');
  });

  it('finds one of many branches', () => {
    const branches = Array.from({ length: 20_000 }, (_, i) => ({ type: 'fixed', name: `F${i}`, size: 1 }));
    const codec = codecOf({ type: 'array', items: branches });
    const json = Buffer.from(`[${'{"F19999":"a"},'.repeat(50_000)}{"F0":"b"}]`);

    expect(codec.decode(codec.encode(json, none), 0).equals(json)).toBe(true);
  });

  it('does not let a schema make little data expensive', () => {
    const fields = Array.from({ length: 10_000 }, (_, i) => ({ name: `f${i}`, type: 'null', default: null }));
    const codec = codecOf({ type: 'array', items: { type: 'record', name: 'R', fields } });

    expect(ending(() => codec.encode(Buffer.from(`[${'{},'.repeat(500_000)}{}]`), none))).toBe('refused');
    expect(ending(() => codec.encode(Buffer.from(`[${'{"x":1},'.repeat(500_000)}{}]`), none))).toBe(
      'refused',
    );
  });

  it('does not let defaults make much of little', () => {
    const fields = (type: string): object[] => [
      { name: 'a', type, default: {} },
      { name: 'b', type, default: {} },
    ];
    const levels = Array.from({ length: 40 }, (_, i) => ({
      type: 'record',
      name: `L${i}`,
      fields: i === 0 ? [{ name: 's', type: 'string', default: 'x' }] : fields(`L${i - 1}`),
    }));
    const codec = codecOf({
      type: 'record',
      name: 'Top',
      fields: [
        { name: 'types', type: levels },
        { name: 'big', type: 'L39', default: {} },
        { name: 'self', type: ['null', 'Top'], default: null },
      ],
    });

    expect(ending(() => codec.encode(Buffer.from('{"types":{"L0":{"s":""}}}'), none))).toBe('refused');
  });
});

describe('AvroSchemaCodec, with data that mean harm', () => {
  it('refuses bytes that nest too deep', () => {
    expect(() => codecOf(node).decode(Buffer.alloc(100_000, 2), 0)).toThrow('nest deeper than 1000');
  });

  it.each<[schema: unknown, hex: string]>([
    // 2^40 nulls, which take no bytes.
    [{ type: 'array', items: 'null' }, '808080808040'],
    [{ type: 'array', items: { type: 'record', name: 'E', fields: [] } }, '808080808040'],
    [{ type: 'map', values: 'null' }, '808080808040'],
    [{ type: 'array', items: 'int' }, 'feffffffffffffffff01'],
    ['string', 'feffffffffffffffff01'],
    ['string', '01'],
    ['string', '06616'.padEnd(6, '1')],
    ['int', '8080808080'],
    ['int', 'ffffffff1f'],
    ['long', 'ffffffffffffffffff03'],
    ['long', 'ffffffffffffffffffffff01'],
    ['boolean', '02'],
    ['double', '00000000'],
    [['null', 'int'], '04'],
    [['null', 'int'], '01'],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, '02'],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, '01'],
    [{ type: 'fixed', name: 'F', size: 4 }, '000000'],
    ['int', ''],
  ])('refuses for %j the bytes %s', (schema, hex) => {
    expect(() => codecOf(schema).decode(Buffer.from(hex, 'hex'), 0)).toThrow(DeserializationError);
  });

  it('passes over what it does not need in one go, however deep it is', () => {
    const depth = 900;
    const filler = JSON.stringify('x'.repeat(4_000_000));
    // The member that comes first is the last field: on every level all the rest is passed over to find the other.
    const json = `${'{"v":"a","next":{"Node":'.repeat(depth)}{"z":${filler},"next":null}${'}}'.repeat(depth)}`;
    const codec = codecOf(node);

    expect(codec.encode(Buffer.from(json), none).length).toBeGreaterThan(depth);
  });

  it('reads every beginning of a datum, and bytes by chance, without any other error than its own', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const { schema, value } = randomAvro(random);
      const codec = codecOf(schema);
      const bytes = codec.encode(new JsonScanner(Buffer.from(value(random))).compactValue(), none);
      for (let length = 0; length < Math.min(bytes.length, 200); length++) {
        expect(ending(() => codec.decode(bytes.subarray(0, length), 0))).toBe('refused');
      }
      for (let i = 0; i < 50; i++) {
        const chance = Buffer.from(Array.from({ length: random(60) }, () => random(256)));
        ending(() => codec.decode(chance, 0));
        const changed = Buffer.from(bytes);
        if (bytes.length > 0) changed[random(bytes.length)] = random(256);
        ending(() => codec.decode(changed, 0));
      }
    }
  });

  it('takes JSON by chance without any other error than its own', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const codec = codecOf(randomAvro(random).schema);
      for (let i = 0; i < 20; i++) {
        ending(() => codec.encode(new JsonScanner(Buffer.from(randomJson(random))).compactValue(), none));
      }
    }
  });
});
