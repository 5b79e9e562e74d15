import { RE2JS } from 're2js';
import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import { excerptOfString } from '../../json-text/excerpt.ts';
import type { Spending } from '../numbers/canonical-key.ts';
import { simplePattern, type SimplePattern } from './simple-pattern.ts';
import { splitLookahead, type LookaheadPart } from './lookahead.ts';

interface Condition {
  readonly expression: RE2JS;
  readonly expected: boolean;
}

/**
 * A regular expression of a schema, in time that grows with the text alone.
 *
 * Of what goes beyond regular languages it knows look-ahead at the beginning (`^(?=.*\d)(?!admin).{8,}$`), which is
 * several expressions in one; the rest is refused.
 */
export class LinearPattern {
  readonly #conditions: readonly Condition[];
  readonly #cost: number;
  /** For short texts, where it is faster. */
  readonly #simple: SimplePattern | undefined;

  /** @throws {SchemaParseError} */
  constructor(
    private readonly source: string,
    private readonly spending: Spending,
  ) {
    if (source.length > longestPattern) {
      throw refused(source, `it is longer than ${longestPattern} characters`);
    }
    this.#conditions = splitLookahead(source).map((part) => condition(part, source));
    const size = this.#conditions.reduce((sum, { expression }) => sum + expression.programSize(), 0);
    if (size > largestProgram) throw refused(source, 'it is too complex');
    this.#cost = 0.25 + size / INSTRUCTIONS_A_STEP;
    this.#simple = simplePattern(source);
  }

  test(text: string): boolean {
    if (this.#simple?.isFastFor(text) === true) return this.#simple.test(text);
    this.spending.spend(10 + text.length * this.#cost);
    return this.#conditions.every(({ expression, expected }) => expression.test(text) === expected);
  }

  /** By which Ajv tells patterns apart. */
  toString(): string {
    return this.source;
  }
}

function condition({ pattern, expected }: LookaheadPart, source: string): Condition {
  try {
    return { expression: RE2JS.compile(RE2JS.translateRegExp(inRe2(pattern))), expected };
  } catch (error) {
    throw refused(source, error instanceof Error ? error.message : String(error), error);
  }
}

/**
 * Writes `\p{Letter}` as `\p{L}`, and `\s`, outside of classes, with all the white space that ECMAScript knows.
 */
function inRe2(pattern: string): string {
  const withShortNames = pattern.replaceAll(
    /(\\[pP]\{)(?:(?:General_Category|gc|Script|sc)=)?(\w+)\}/g,
    (_, start: string, name: string) => `${start}${categories.get(name) ?? name}}`,
  );
  return withShortNames.replaceAll(/\\[^]|\[(?:\\[^]|[^\]\\])*\]/g, (token) =>
    token === String.raw`\s` ? `[${SPACES}]` : token === String.raw`\S` ? `[^${SPACES}]` : token,
  );
}

function refused(source: string, why: string, cause?: unknown): SchemaParseError {
  return new SchemaParseError(`The pattern ${excerptOfString(source)} cannot be used: ${why}`, { cause });
}

const categories = new Map([
  ['Letter', 'L'],
  ['Lowercase_Letter', 'Ll'],
  ['Uppercase_Letter', 'Lu'],
  ['Mark', 'M'],
  ['Number', 'N'],
  ['Decimal_Number', 'Nd'],
  ['digit', 'Nd'],
  ['Punctuation', 'P'],
  ['punct', 'P'],
  ['Symbol', 'S'],
  ['Separator', 'Z'],
  ['Space_Separator', 'Zs'],
]);
const SPACES = String.raw`\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
const longestPattern = 10_000;
const largestProgram = 5_000;
/** What one character may cost at worst. */
const INSTRUCTIONS_A_STEP = 16;
