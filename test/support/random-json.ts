/** An integer from 0 to below the limit. */
export type Random = (limit: number) => number;

/** The same numbers for the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed * 0x9e3779b9;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Valid JSON text in odd spellings: escapes, white space, big and exact numbers, doubles among members. */
export function randomJson(random: Random, depth = 4): string {
  const space = (): string => (random(4) === 0 ? pick(random, [' ', '\n', '\t\r\n', '  ']) : '');
  const value = (): string => space() + randomValue(random, depth) + space();
  return value();
}

function randomValue(random: Random, depth: number): string {
  switch (random(depth === 0 ? 5 : 8)) {
    case 0:
      return pick(random, ['null', 'true', 'false']);
    case 1:
      return pick(random, [
        '0',
        '-0',
        '-0.0',
        '1.10',
        '1e400',
        '1E-7',
        '-1.5e+3',
        '12345678901234567890123',
        '0.1234567890123456789',
        String(random(1_000_000)),
      ]);
    case 2:
    case 3:
    case 4:
      return randomString(random);
    case 5:
    case 6: {
      const members = Array.from(
        { length: random(5) },
        () => `${padded(random, randomString(random))}:${randomJson(random, depth - 1)}`,
      );
      return `{${members.length === 0 ? padded(random, '') : members.join(',')}}`;
    }
    default: {
      const elements = Array.from({ length: random(5) }, () => randomJson(random, depth - 1));
      return `[${elements.length === 0 ? padded(random, '') : elements.join(',')}]`;
    }
  }
}

function padded(random: Random, text: string): string {
  return random(4) === 0 ? ` ${text}\n` : text;
}

function randomString(random: Random): string {
  const pieces = Array.from({ length: random(6) }, () =>
    pick(random, [
      'a',
      'key',
      ' ',
      '/',
      'é',
      '中',
      '😀',
      '\u2028',
      '\u007f',
      String.raw`\"`,
      String.raw`\\`,
      String.raw`\/`,
      String.raw`\n`,
      String.raw`\b`,
      String.raw`\u0041`,
      String.raw`\u001f`,
      String.raw`\u0009`,
      String.raw`\u0022`,
      String.raw`\u005C`,
      String.raw`\u00e9`,
      String.raw`\u4E2d`,
      String.raw`\ud83d\uDE00`,
      String.raw`\ud83d`,
      String.raw`\ude00`,
    ]),
  );
  return `"${pieces.join('')}"`;
}

function pick(random: Random, choices: readonly string[]): string {
  return choices[random(choices.length)] ?? '';
}
