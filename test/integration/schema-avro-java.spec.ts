import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvroLanguage } from '#libs/serde/avro/avro-language.ts';
import { JsonScanner } from '#libs/serde/json-text/json-scanner.ts';
import { frameHeader, headerLength } from '#libs/serde/schema/wire-frame.ts';
import { randomAvro } from '../support/random-avro.ts';
import { seededRandom } from '../support/random-json.ts';
import { JavaAvro } from './schema-java-avro.ts';

const header = frameHeader(1);

function compact(json: string): Buffer {
  return new JsonScanner(Buffer.from(json)).compactValue();
}

/** With integers digit by digit, other numbers by their value, and members of maps in one order. */
function meaning(json: Buffer | string | undefined): string {
  // Java shows a whole record without fields as nothing.
  const value: unknown = JSON.parse(
    String(json) || '{}',
    (_name, member: unknown, context?: { source?: string }) => {
      if (typeof member === 'number')
        return /^-?\d+$/.test(context?.source ?? '') ? `n${context?.source}` : member;
      if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
      return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  );
  return JSON.stringify(value);
}

describe("AvroSchemaCodec, beside Java's Avro", () => {
  let java: JavaAvro;

  beforeAll(async () => {
    java = await JavaAvro.start();
  });

  afterAll(() => java.stop());

  it('reads what Java writes and writes what Java reads, whatever the schema', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const { schema, value } = randomAvro(random);
      // Java's Avro 1.12.0 keeps these as floats.
      if (schema.includes('"items":"double"')) continue;
      const codec = new AvroLanguage().compile({ text: schema, references: [] });
      for (let i = 0; i < 3; i++) {
        const json = compact(value(random));
        const bytes = codec.encode(json, header).subarray(headerLength).toString('hex');
        const answer = await java.ask({ schema, json: json.toString(), hex: bytes });
        const theirs = answer.hex ?? '';
        const readByJava = await java.ask({ schema, hex: theirs });
        const shown = `${seed}: ${schema} ${json.toString()} ${answer.error}`;
        // Java's maps forget the order.
        if (!schema.includes('"map"')) expect(theirs, shown).toBe(bytes);
        expect(meaning(answer.json), shown).toBe(meaning(codec.decode(Buffer.from(bytes, 'hex'), 0)));
        expect(meaning(readByJava.json), shown).toBe(meaning(codec.decode(Buffer.from(theirs, 'hex'), 0)));
        expect(answer.canonical, shown).toBe(codec.canonicalText);
      }
    }
  });

  it.each([
    '{"type":"string"}',
    '{"type":"string","avro.java.string":"String"}',
    '["null",{"type":"int"}]',
    '{"type":"record","name":".R","namespace":"q","fields":[{"name":"a","type":"string","default":"é\\u0007"}]}',
    '{"type":"record","name":"R","namespace":null,"fields":[{"name":"a","type":"double","default":2.50}]}',
    '{"type":"record","name":"R","fields":[{"name":"a","type":"double","default":1e10},{"name":"b","type":"double","default":0.00001}]}',
    '{"type":"record","name":"R","fields":[{"name":"a","type":"long","default":9007199254740993}]}',
    '{"type":"error","name":"x.E","aliases":["F","x.G","y.H"],"doc":"","fields":[{"name":"a","aliases":["b"],"type":["null","E"],"default":null,"order":"ignore"}]}',
    '{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":1}},{"name":"b","type":{"type":"fixed","name":"F","size":1}}]}',
    '{"type":"fixed","name":"F","size":16,"logicalType":"decimal","precision":10,"scale":2}',
  ])('knows the text under which Java registers %s', async (schema) => {
    const { canonicalText } = new AvroLanguage().compile({ text: schema, references: [] });

    expect(canonicalText).toBe((await java.ask({ schema })).canonical);
  });

  it.each([
    '{bad',
    '"strin"',
    '{"type":{"type":"string"}}',
    '{"type":"record","name":"1bad","fields":[]}',
    '{"type":"record","name":"R"}',
    '{"type":"record","name":"R","fields":[{"name":"a-b","type":"int"}]}',
    '{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}',
    '{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"S","fields":[]}},{"name":"b","type":{"type":"fixed","name":"S","size":1}}]}',
    '{"type":"enum","name":"E","symbols":["a-b"]}',
    '{"type":"enum","name":"E","symbols":["A","A"]}',
    '{"type":"enum","name":"E","symbols":["A"],"default":"B"}',
    '{"type":"record","name":"int","fields":[]}',
    '["int","int"]',
    '["int",["null"]]',
    '{"type":"fixed","name":"F"}',
    '{"type":"array"}',
  ])('takes no schema that Java does not take: %s', async (schema) => {
    expect((await java.ask({ schema })).error).toBeDefined();
    expect(() => new AvroLanguage().compile({ text: schema, references: [] })).toThrow('');
  });
});
