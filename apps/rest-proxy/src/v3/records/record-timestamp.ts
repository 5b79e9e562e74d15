import { excerptOf } from '#libs/serde/json-text/excerpt.ts';
import { JsonMappingError } from '#libs/serde/json-text/json-mapping-error.ts';
import type { JsonScanner } from '#libs/serde/json-text/json-scanner.ts';
import { stringOf } from '#libs/serde/json-text/json-string.ts';

/**
 * Reads a record's time: ISO-8601 with any offset, or seconds since the epoch, fractions allowed.
 *
 * @returns milliseconds since the epoch; what is finer is cut off
 * @throws {JsonMappingError}
 */
export function readTimestamp(scanner: JsonScanner): bigint | undefined {
  const kind = scanner.peek();
  const json = scanner.compactValue();
  switch (kind) {
    case 'null':
      return undefined;
    case 'number': {
      const ms = millisOfSeconds(json.toString('latin1'));
      if (ms === undefined) throw new JsonMappingError(`Timestamp (${excerptOf(json)}) is out of range`);
      return ms;
    }
    case 'string': {
      const text = stringOf(json).trim();
      const ms = /^[+-]?\d+(\.\d*)?$/.test(text) ? millisOfSeconds(text) : millisOfIso(text);
      if (ms === undefined) throw JsonMappingError.wrongText('Instant', excerptOf(json));
      return ms;
    }
    case 'boolean':
    case 'object':
    case 'array':
      throw JsonMappingError.wrongKind('Instant', kind);
  }
}

function millisOfSeconds(text: string): bigint | undefined {
  const plain = /^([+-]?)(\d{1,16})(?:\.(\d*))?$/.exec(text);
  if (plain !== null) {
    const [, sign = '', seconds = '', fraction = ''] = plain;
    const ms = BigInt(seconds) * 1000n + BigInt(fraction.slice(0, 3).padEnd(3, '0'));
    if (sign !== '-') return ms;
    return /[1-9]/.test(fraction.slice(3)) ? -ms - 1n : -ms;
  }
  const ms = Math.floor(Number(text) * 1000);
  return Number.isSafeInteger(ms) ? BigInt(ms) : undefined;
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)$/i;

function millisOfIso(text: string): bigint | undefined {
  const found = iso.exec(text);
  if (found === null) return undefined;
  const part = (index: number): number => Number(found[index] ?? 0);
  const [hour, minute, second] = [part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59 || part(9) > 18 || part(10) > 59 || part(11) > 59) {
    return undefined;
  }
  const date = new Date(0);
  date.setUTCFullYear(part(1), part(2) - 1, part(3));
  // A day that the month does not have has become one of the next.
  if (date.getUTCMonth() !== part(2) - 1 || date.getUTCDate() !== part(3)) return undefined;
  date.setUTCHours(hour, minute, second, Number((found[7] ?? '').slice(0, 3).padEnd(3, '0')));
  const offset = ((part(9) * 60 + part(10)) * 60 + part(11)) * 1000;
  return BigInt(date.getTime() - (found[8] === '-' ? -offset : offset));
}

/**
 * A time as the original writes it: to the second where there are no milliseconds.
 *
 * @param ms since the epoch
 * @returns undefined for none (negative) and for what no calendar reaches
 */
export function timestampText(ms: bigint): string | undefined {
  if (ms < 0n || ms > lastMs) return undefined;
  const text = new Date(Number(ms)).toISOString();
  const short = text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
  return short.startsWith('+') ? short.replace(/^\+0*/, '+') : short;
}

const lastMs = 8_640_000_000_000_000n;
