import { describe, expect, it } from 'vitest';
import { canonicalText } from './canonical-text.ts';
import { AvroSchemaParser } from './schema-parser.ts';

describe('canonicalText', () => {
  // What Java's `Schema.toString()` gives.
  it.each([
    ['{"type":"string"}', '"string"'],
    ['{ "avro.java.string": "String", "type" : "string" }', '{"type":"string","avro.java.string":"String"}'],
    ['["null",{"type":"int"}]', '["null","int"]'],
    [
      '{"namespace":"a.b","type":"record","name":"R","doc":"doc","aliases":["Q","a.b.P","o.P"],"prop":"x","fields":[{"default":1.0,"x":1,"name":"f","type":{"type":"double","logicalType":"foo"},"doc":"d\\u0007\\u007f\\u00e9","order":"descending","aliases":["q"]}]}',
      '{"type":"record","name":"R","namespace":"a.b","doc":"doc","fields":[{"name":"f","type":{"type":"double","logicalType":"foo"},"doc":"d\\u0007\u007fé","default":1.0,"order":"descending","aliases":["q"],"x":1}],"prop":"x","aliases":["Q","P","o.P"]}',
    ],
    [
      '{"type":"enum","symbols":["A","B"],"name":"c.E","default":"A","aliases":["Old","z.Old"],"p":{"k":[1,2.50,null]}}',
      '{"type":"enum","name":"E","namespace":"c","symbols":["A","B"],"default":"A","p":{"k":[1,2.5,null]},"aliases":["Old","z.Old"]}',
    ],
    [
      '{"type":"record","name":"a.R","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":1}},{"name":"g","type":{"type":"F"}},{"name":"h","type":"a.F"},{"name":"i","type":{"type":"array","items":{"type":"record","name":"I","namespace":"","fields":[{"name":"x","type":["null","I","a.F"]}]}}},{"name":"j","type":{"type":"map","values":"R"}}]}',
      '{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":1}},{"name":"g","type":"F"},{"name":"h","type":"F"},{"name":"i","type":{"type":"array","items":{"type":"record","name":"I","namespace":"","fields":[{"name":"x","type":["null","I","a.F"]}]}}},{"name":"j","type":{"type":"map","values":"R"}}]}',
    ],
    [
      '{"type":"record","name":"R","fields":[{"name":"a","type":"long","default":9007199254740993},{"name":"b","type":"double","default":1e10},{"name":"c","type":"double","default":0.00001}]}',
      '{"type":"record","name":"R","fields":[{"name":"a","type":"long","default":9007199254740993},{"name":"b","type":"double","default":1.0E10},{"name":"c","type":"double","default":1.0E-5}]}',
    ],
  ])('writes %s as Java does', (schema, text) => {
    expect(canonicalText(new AvroSchemaParser().parse(schema))).toBe(text);
    expect(canonicalText(new AvroSchemaParser().parse(text))).toBe(text);
  });
});
