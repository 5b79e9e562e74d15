import { describe, expect, it } from 'vitest';
import { DeserializationError } from '../serde.ts';
import { JsonSerde } from './json-serde.ts';

const serde = new JsonSerde();

function serialize(json: string, isKey: boolean): string | undefined {
  return serde.serializer({ topic: 't', isKey, schema: {} }).serialize(Buffer.from(json))?.toString();
}

describe('JsonSerde', () => {
  it('writes null as null and everything else as its text', () => {
    expect(serde.serializer({ topic: 't', isKey: true, schema: {} }).serialize(null)).toBe(null);
    expect(serde.serializer({ topic: 't', isKey: false, schema: {} }).serialize(null)).toBe(null);
    for (const json of ['""', '0', 'false', '{}', '[]', '1.10', '123456789012345678901234567890', '"é"']) {
      expect(serialize(json, true)).toBe(json);
      expect(serialize(json, false)).toBe(json);
    }
  });

  it('writes keys as the original does, values as they are', () => {
    expect(serialize('{"😀":"é😀"}', true)).toBe(String.raw`{"\uD83D\uDE00":"é\uD83D\uDE00"}`);
    expect(serialize('{"😀":"é😀"}', false)).toBe('{"😀":"é😀"}');
  });

  it('reads JSON, white space around it and a byte order mark', () => {
    expect(serde.deserialize(Buffer.from('\ufeff {"a" : 1.10}\n')).toString()).toBe('{"a":1.10}');
    expect(serde.deserialize(Buffer.from('null')).toString()).toBe('null');
  });

  it.each([
    ['', 'Unexpected end-of-input: expected a value (line 1, column 1)'],
    [
      '{"a":1}{"a":2}',
      "Unexpected character ('{' (code 123)): expected nothing after the value (line 1, column 8)",
    ],
    ['foo', /^Unrecognized token 'foo'/],
  ])('says why %j cannot be read', (text, message) => {
    expect(() => serde.deserialize(Buffer.from(text))).toThrow(DeserializationError);
    expect(() => serde.deserialize(Buffer.from(text))).toThrow(message);
  });
});
