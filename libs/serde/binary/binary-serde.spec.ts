import { describe, expect, it } from 'vitest';
import { RestError } from '#libs/errors/rest-error.ts';
import { seededRandom } from '../../../test/support/random-json.ts';
import { BinarySerde } from './binary-serde.ts';

const serde = new BinarySerde();

function serialize(json: string): Buffer | null {
  return serde.serializer().serialize(Buffer.from(json));
}

function error(json: string): { status: number; errorCode: number; message: string } {
  try {
    serialize(json);
  } catch (thrown) {
    if (thrown instanceof RestError) {
      return { status: thrown.status, errorCode: thrown.errorCode, message: thrown.message };
    }
    throw thrown;
  }
  throw new Error(`${json} was accepted`);
}

describe('BinarySerde', () => {
  it('keeps null and empty apart', () => {
    expect(serde.serializer().serialize(null)).toBe(null);
    expect(serialize('""')).toEqual(Buffer.alloc(0));
  });

  // As Guava's BaseEncoding.base64(), which the original uses, decodes them.
  it.each([
    ['YQ', '61'],
    ['YQ==', '61'],
    ['YQ=====', '61'],
    ['abcd=', '69b71d'],
    ['====', ''],
    ['=', ''],
    ['YR==', '61'],
    ['YWJ=', '6162'],
    ['YWL', '6162'],
    ['+/8=', 'fbff'],
  ])('reads "%s" as %s', (text, hex) => {
    expect(serialize(`"${text}"`)?.toString('hex')).toBe(hex);
  });

  it.each([
    ['a'],
    ['a==='],
    ['abcde'],
    ['a b='],
    [String.raw`YQ\n`],
    ['ab-_'],
    ['A=A='],
    ['not base64!!'],
    ['é'],
  ])('refuses "%s"', (text) => {
    expect(error(`"${text}"`)).toEqual({
      status: 400,
      errorCode: 400,
      message: `Bad Request: data="${text}" is not a valid base64 string.`,
    });
  });

  it.each([['5'], ['1.10'], ['true'], ['{"a":1}'], ['[]']])('refuses %s, which is no string', (json) => {
    expect(error(json)).toEqual({
      status: 400,
      errorCode: 400,
      message: `Bad Request: data=${json} is not a base64 string.`,
    });
  });

  it('reads and writes all lengths, with and without padding', () => {
    const random = seededRandom(1);
    for (let length = 0; length < 700; length++) {
      const data = Buffer.from(Array.from({ length }, () => random(256)));
      const base64 = data.toString('base64');
      expect(serde.deserialize(data).toString()).toBe(`"${base64}"`);
      expect(serialize(`"${base64}"`)).toEqual(data);
      expect(serialize(`"${base64.replaceAll('=', '')}"`)).toEqual(data);
    }
  });

  it('refuses a wrong character wherever it stands, in short and in long data', () => {
    for (const length of [12, 128, 132, 1000]) {
      for (const wrong of ['-', '_', ' ', '=', '.', '\u0141', '\\n']) {
        for (const at of [0, 1, 5, length - 5, length - 2]) {
          const text = `${'A'.repeat(at)}${wrong}${'A'.repeat(length - at - 1)}`;
          expect(error(`"${text}"`).status, `${wrong} at ${at} of ${length}`).toBe(400);
        }
      }
    }
  });

  it('shows the beginning of long data in the message', () => {
    const { message } = error(`"${'é'.repeat(5000)}"`);
    expect(message).toBe(`Bad Request: data="${'é'.repeat(127)}… is not a valid base64 string.`);
  });
});
