import { describe, expect, it } from 'vitest';
import { StringSerde } from './string-serde.ts';

describe('StringSerde', () => {
  const serializer = new StringSerde().serializer();
  const written = (json: string): string | undefined => serializer.serialize(Buffer.from(json))?.toString();

  it('writes the text that a JSON string stands for', () => {
    expect(written('"plain"')).toBe('plain');
    expect(written('""')).toBe('');
    expect(written('"\\"é\\n\\\\😀"')).toBe('"é\n\\😀');
    expect(serializer.serialize(null)).toBe(null);
  });

  it.each(['5', 'true', '{}', '["a"]'])('does not take %s', (json) => {
    expect(() => written(json)).toThrow(`Bad Request: data=${json} is not a string.`);
  });

  it('does not take what UTF-8 cannot carry', () => {
    expect(() => written('"\\uD800"')).toThrow('is not valid Unicode');
  });
});
