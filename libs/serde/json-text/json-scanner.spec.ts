import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { JsonScanner, maxNestingDepth } from './json-scanner.ts';
import { JsonSyntaxError } from './json-syntax-error.ts';
import { randomJson, seededRandom, type Random } from '../../../test/support/random-json.ts';

/** The one value that a text is. */
function scan(text: string | Buffer): Buffer {
  const scanner = new JsonScanner(Buffer.isBuffer(text) ? text : Buffer.from(text));
  const value = scanner.compactValue();
  scanner.finish();
  return value;
}

function accepts(text: Buffer): boolean {
  try {
    scan(text);
    return true;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

function platformAccepts(text: Buffer): boolean {
  if (!isUtf8(text)) return false;
  try {
    JSON.parse(text.toString());
    return true;
  } catch {
    return false;
  }
}

function syntaxError(text: string | Buffer): JsonSyntaxError {
  try {
    scan(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
  throw new Error(`${text.toString()} was accepted`);
}

function problem(text: string | Buffer): string {
  return syntaxError(text).message;
}

/** What compactValue promises, by other means. */
function normalForm(text: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/g) ?? [];
  return tokens
    .map((token) =>
      token.startsWith('"')
        ? JSON.stringify(JSON.parse(token)).replace(/\\(?:u[0-9a-f]{4}|.)/g, (escape) =>
            escape.length === 2 ? escape : `\\u${escape.slice(2).toUpperCase()}`,
          )
        : token,
    )
    .join('');
}

const corrupters: readonly ((text: Buffer, random: Random) => Buffer)[] = [
  (text, random) => text.subarray(0, random(text.length)),
  (text, random) => {
    const copy = Buffer.from(text);
    copy[random(copy.length)] = random(256);
    return copy;
  },
  (text, random) => {
    const copy = Buffer.from(text);
    const characters = Buffer.from('{}[]",:\\ue0123456789.+-tfn \n\u0000');
    copy[random(copy.length)] = characters[random(characters.length)] ?? 0;
    return copy;
  },
  (text, random) => {
    const at = random(text.length);
    return Buffer.concat([text.subarray(0, at), text.subarray(at + 1 + random(3))]);
  },
  (text, random) => {
    const at = random(text.length);
    return Buffer.concat([text.subarray(0, at), text.subarray(random(text.length))]);
  },
];

describe('JsonScanner', () => {
  it('accepts what JSON.parse accepts and refuses what it refuses', () => {
    let accepted = 0;
    let refused = 0;
    for (let seed = 1; seed <= 4000; seed++) {
      const random = seededRandom(seed);
      let text = Buffer.from(randomJson(random));
      expect(accepts(text), text.toString()).toBe(true);
      for (let i = 0; i < 6 && text.length > 0; i++) {
        const corrupt = corrupters[random(corrupters.length)];
        if (corrupt !== undefined) text = Buffer.from(corrupt(text, random));
        if (text[0] === 0xef) break;
        const expected = platformAccepts(text);
        if (expected) accepted++;
        else refused++;
        if (accepts(text) !== expected) expect.fail(`seed ${seed}: ${text.toString('latin1')}`);
      }
    }
    expect(accepted).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(5000);
  });

  it('accepts and refuses like JSON.parse among all short texts of some characters', () => {
    const characters = ['{', '}', '[', ']', '"', ',', ':', '\\', '-', '0', '1', '.', 'e', ' ', 'u'];
    const visit = (text: string, left: number): void => {
      const bytes = Buffer.from(text);
      if (accepts(bytes) !== platformAccepts(bytes)) expect.fail(JSON.stringify(text));
      if (left > 0) for (const character of characters) visit(text + character, left - 1);
    };
    visit('', 4);
  });

  it('sees every character of long strings', () => {
    const special = [
      '"',
      '\\\\',
      String.raw`\n`,
      String.raw`\u0041`,
      '\\x',
      '\u0000',
      '\u001f',
      '\u007f',
      'é',
      '😀',
      '\u0080',
    ];
    for (let length = 20; length < 60; length++) {
      for (let at = 0; at <= length; at++) {
        for (const character of special) {
          const text = `["${'x'.repeat(at)}${character}${'~'.repeat(length - at)}"]`;
          const bytes = Buffer.from(text);
          if (accepts(bytes) !== platformAccepts(bytes)) expect.fail(JSON.stringify(text));
          if (platformAccepts(bytes)) expect(scan(bytes).toString()).toBe(normalForm(text));
        }
      }
    }
  });

  it('keeps the meaning and every number, drops white space, normalises strings', () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const text = randomJson(seededRandom(seed));
      expect(scan(text).toString(), `seed ${seed}: ${text}`).toBe(normalForm(text));
    }
  });

  it.each([
    ['1.10'],
    ['-0'],
    ['-0.0'],
    ['1e400'],
    ['1E+2'],
    ['123456789012345678901234567890'],
    ['0.1234567890123456789'],
    ['[9007199254740993,1.0]'],
  ])('keeps %s as it is', (text) => {
    expect(scan(text).toString()).toBe(text);
  });

  it.each([
    [String.raw`"\u0041\/"`, '"A/"'],
    [
      String.raw`"\u0000\u001f\u0008\u0009\u000A\u000c\u000d\u0022\u005c\u007f"`,
      String.raw`"\u0000\u001F\b\t\n\f\r\"\\` + '\u007f"',
    ],
    [String.raw`"\u00e9\u4e2d\u2028\uD83D\ude00"`, '"é中\u2028😀"'],
    [String.raw`"\ud800x\udc00"`, String.raw`"\uD800x\uDC00"`],
    [String.raw`"\ud83d\ud83d\ude00\ud83d"`, String.raw`"\uD83D` + '😀' + String.raw`\uD83D"`],
    [String.raw`{"\u0061": 1, "a" :2}`, '{"a":1,"a":2}'],
    [' [ 1 ,\r\n\t2 ] ', '[1,2]'],
    ['{ }', '{}'],
    ['"a b\u2003c"', '"a b\u2003c"'],
  ])('writes %s as %s', (text, compact) => {
    expect(scan(text).toString()).toBe(compact);
  });

  it('gives compact text as it stands, without a copy', () => {
    const text = Buffer.from(String.raw`{"a":["x\n\"y\\",1.5e3,true,null,{}],"é😀":[]}`);
    expect(scan(text).buffer).toBe(text.buffer);
    expect(scan(text)).toEqual(text);
  });

  it('goes through members and elements', () => {
    const scanner = new JsonScanner(
      Buffer.from(String.raw`{"a" : [ 1, null ] , "\u0062":{"c" : "d"},"":false}`),
    );
    expect(scanner.peek()).toBe('object');
    scanner.begin();
    expect(scanner.nextMember()).toBe(true);
    expect([scanner.name(), scanner.nameIs('a'), scanner.nameIs('ab')]).toEqual(['a', true, false]);
    expect(scanner.peek()).toBe('array');
    scanner.begin();
    expect(scanner.nextElement()).toBe(true);
    expect(scanner.nullableValue()?.toString()).toBe('1');
    expect(scanner.nextElement()).toBe(true);
    expect(scanner.nullableValue()).toBe(null);
    expect(scanner.nextElement()).toBe(false);
    expect(scanner.nextMember()).toBe(true);
    expect([scanner.name(), scanner.nameIs('b')]).toEqual(['b', true]);
    expect(scanner.compactValue().toString()).toBe('{"c":"d"}');
    expect(scanner.nextMember()).toBe(true);
    expect(scanner.name()).toBe('');
    expect(scanner.peek()).toBe('boolean');
    scanner.value();
    expect(scanner.nextMember()).toBe(false);
    scanner.finish();
    expect(scanner.atEnd()).toBe(true);
  });

  it('walks containers as strictly as it passes over them', () => {
    const walk = (scanner: JsonScanner): void => {
      switch (scanner.peek()) {
        case 'object':
          scanner.begin();
          while (scanner.nextMember()) walk(scanner);
          break;
        case 'array':
          scanner.begin();
          while (scanner.nextElement()) walk(scanner);
          break;
        case 'null':
        case 'boolean':
        case 'number':
        case 'string':
          scanner.value();
      }
    };
    const walkable = (text: Buffer): boolean => {
      try {
        const scanner = new JsonScanner(text);
        walk(scanner);
        scanner.finish();
        return true;
      } catch (error) {
        if (error instanceof JsonSyntaxError) return false;
        throw error;
      }
    };
    const characters = ['{', '}', '[', ']', '"', ',', ':', '1', ' '];
    const visit = (text: string, left: number): void => {
      const bytes = Buffer.from(text);
      if (walkable(bytes) !== accepts(bytes)) expect.fail(JSON.stringify(text));
      if (left > 0) for (const character of characters) visit(text + character, left - 1);
    };
    visit('', 5);
  });

  it('passes over a byte order mark', () => {
    expect(scan('\ufeff{"a":1}').toString()).toBe('{"a":1}');
  });

  it(`takes ${maxNestingDepth} levels and no more`, () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(scan(nested(maxNestingDepth)).length).toBe(2 * maxNestingDepth);
    expect(problem(nested(maxNestingDepth + 1))).toBe(
      'Document nesting depth exceeds the maximum allowed (1000) (line 1, column 1001)',
    );
    expect(problem('{"a":'.repeat(100_000))).toMatch(/^Document nesting depth/);
  });

  it.each([
    [
      'foobar',
      "Unrecognized token 'foobar': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false') (line 1, column 1)",
    ],
    [
      '[tru]',
      "Unrecognized token 'tru': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false') (line 1, column 2)",
    ],
    [
      'true1',
      "Unrecognized token 'true1': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false') (line 1, column 1)",
    ],
    ['', 'Unexpected end-of-input: expected a value (line 1, column 1)'],
    ['{"a":1', 'Unexpected end-of-input in an Object, started at line 1, column 1 (line 1, column 7)'],
    ['[1,\n [2', 'Unexpected end-of-input in an Array, started at line 2, column 2 (line 2, column 4)'],
    ['[1,\n [', 'Unexpected end-of-input in an Array, started at line 2, column 2 (line 2, column 3)'],
    ['{"a"', 'Unexpected end-of-input in an Object (line 1, column 5)'],
    ['"abc', 'Unexpected end-of-input in a String, started at line 1, column 1 (line 1, column 5)'],
    [
      '[1,]',
      "Unexpected character (']' (code 93)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false') (line 1, column 4)",
    ],
    [
      '{"a":1,}',
      "Unexpected character ('}' (code 125)): was expecting double-quote to start field name (line 1, column 8)",
    ],
    [
      '{"a" 1}',
      "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value (line 1, column 6)",
    ],
    [
      '["é" 2]',
      "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries (line 1, column 6)",
    ],
    ['01', 'Invalid numeric value: Leading zeroes not allowed (line 1, column 2)'],
    [
      '1.x',
      "Unexpected character ('x' (code 120)) in numeric value: Decimal point not followed by a digit (line 1, column 3)",
    ],
    ['-', 'Unexpected end-of-input in a Number (line 1, column 2)'],
    [
      '"a\nb"',
      'Illegal unquoted character (CTRL-CHAR, code 10): has to be escaped using backslash to be included in string value (line 1, column 3)',
    ],
    [String.raw`"\x"`, "Unrecognized character escape ('x' (code 120)) (line 1, column 3)"],
    [
      String.raw`"\u12G4"`,
      "Unexpected character ('G' (code 71)): expected a hex-digit for character escape sequence (line 1, column 6)",
    ],
    ['1 2', "Unexpected character ('2' (code 50)): expected nothing after the value (line 1, column 3)"],
  ])('says what is wrong with %j', (text, message) => {
    expect(problem(text)).toBe(message);
  });

  it.each([
    [[0x22, 0xff, 0x22], 'Invalid UTF-8: unexpected byte 0xff (line 1, column 2)'],
    [[0x22, 0xc3, 0xa9, 0xc3, 0x22], 'Invalid UTF-8: unexpected byte 0xc3 (line 1, column 3)'],
    [
      [0x22, 0xef, 0xbf, 0xbd, 0xed, 0xa0, 0x80, 0x22],
      'Invalid UTF-8: unexpected byte 0xed (line 1, column 3)',
    ],
    [[0x22, 0xf0, 0x9f, 0x98], 'Invalid UTF-8: unexpected byte 0xf0 (line 1, column 2)'],
    [[0x22, 0xc0, 0x80, 0x22], 'Invalid UTF-8: unexpected byte 0xc0 (line 1, column 2)'],
  ])('says where %j is no UTF-8', (bytes, message) => {
    expect(problem(Buffer.from(bytes))).toBe(message);
  });

  it('says where any bytes stop being UTF-8', () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const random = seededRandom(seed);
      const text = Buffer.from(randomJson(random));
      text[random(text.length)] = random(256);
      if (isUtf8(text)) continue;
      // The longest beginning that is UTF-8.
      let valid = text.length;
      while (!isUtf8(text.subarray(0, valid))) valid--;
      const { offset } = syntaxError(text);
      expect(offset, `seed ${seed}`).toBe(valid);
    }
  });
});
