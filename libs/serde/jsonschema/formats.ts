import type { FormatDefinition } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import type { Spending } from './numbers/canonical-key.ts';

/** Checks of the formats by their names; only those of the names that there is a check for. */
export function formatChecks(
  names: readonly string[],
  spending: Spending,
): Readonly<Record<string, FormatDefinition<string>>> {
  return Object.fromEntries(
    names.map((name) => {
      const check = checkOf(name);
      const validate = (text: string): boolean => {
        if (text.length > shortText) spending.spend(text.length);
        return check(text);
      };
      return [name, { type: 'string', validate }] as const;
    }),
  );
}

function checkOf(name: string): (text: string) => boolean {
  if (name === 'uri-template') return (text) => uriTemplate.test(text);
  const check = knownCheck(name);
  // Fractions of a second are read as doubles: with many nines they are another second.
  return name === 'date-time' || name === 'time'
    ? (text) => check(text.length > 18 ? text.replace(/(\.\d{9})\d+/, '$1') : text)
    : check;
}

function knownCheck(name: string): (text: string) => boolean {
  const format: unknown = Object.entries(fullFormats).find(([known]) => known === name)?.[1];
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return (text) => format(text) === true;
  if (typeof format === 'object' && format !== null && 'validate' in format) {
    const { validate } = format;
    if (typeof validate === 'function') return (text) => validate(text) === true;
  }
  throw new TypeError(`There is no check for the format ${name}`);
}

const shortText = 100;
const variable = String.raw`(?:\w|%[\da-f]{2})(?:\.?(?:\w|%[\da-f]{2}))*(?::[1-9]\d{0,3}|\*)?`;
/** RFC 6570. */
const uriTemplate = new RegExp(
  String.raw`^(?:[^\x00-\x20\x7f"<>%\\^\x60{|}]|%[\da-f]{2}|\{[+#./;?&=,!@|]?${variable}(?:,${variable})*\})*$`,
  'i',
);
