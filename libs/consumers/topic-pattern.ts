import { RE2JS, RE2JSException } from 're2js';
import type { Clock } from './clock.ts';

const longestPattern = 1_000;
/** Instructions of the compiled pattern: one name then takes 25 ms at the very worst. */
const largestProgram = 1_000;
/** From so many instructions on, what a name's match came to is remembered. */
const dearProgram = 40;
const mostRemembered = 20_000;

/** How long `learn` may work in all, and at a stretch. */
const learningMs = 1_000;
const stretchMs = 10;

/** A pattern that cannot be used; the message says why, to be read after the field's name. */
export class TopicPatternError extends Error {
  override readonly name = 'TopicPatternError';
}

/**
 * A regular expression over topic names, as `java.util.regex` reads it: the whole name must match.
 *
 * Runs in linear time whatever the pattern. For that it leaves out what Java has beyond regular languages
 * (back-references, look-around, possessive quantifiers, atomic groups) and the few notations that would mean something
 * else here; each is refused.
 */
export class TopicPattern {
  readonly #expression: RE2JS;
  /** Its matches cost enough to be learnt and remembered. */
  readonly dear: boolean;
  /** A subscription asks for the same names at every refresh of the metadata. */
  readonly #known = new Map<string, boolean>();

  /** @throws {TopicPatternError} */
  constructor(readonly source: string) {
    if (source.length > longestPattern) {
      throw new TopicPatternError(`is longer than ${longestPattern} characters`);
    }
    refuseOtherMeanings(source);
    this.#expression = compile(source);
    const size = this.#expression.programSize();
    if (size > largestProgram) throw new TopicPatternError('is too complex');
    this.dear = size > dearProgram;
  }

  matches(topic: string): boolean {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const matches = this.#expression.matches(topic);
    if (this.dear) {
      if (this.#known.size >= mostRemembered) this.#known.clear();
      this.#known.set(topic, matches);
    }
    return matches;
  }

  /**
   * Matches the names beforehand, a little at a time, so that a dear pattern holds nobody up later.
   *
   * @throws {TopicPatternError} when it takes too long
   */
  async learn(topics: readonly string[], clock: Clock): Promise<void> {
    let worked = 0;
    let since = clock.now();
    for (const topic of topics.slice(0, mostRemembered)) {
      this.matches(topic);
      const stretch = clock.now() - since;
      if (stretch < stretchMs) continue;
      worked += stretch;
      if (worked > learningMs) throw new TopicPatternError('takes too long to match');
      await clock.turn();
      since = clock.now();
    }
  }
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const why = error.message.replace(/^error parsing regexp: /, '');
    throw new TopicPatternError(`cannot be used as a regular expression: ${why}`, { cause: error });
  }
}

/** Java's class operators (`[a-z&&[^x]]`, `[a[bc]]`) would be read as plain characters. */
function refuseOtherMeanings(source: string): void {
  let inClass = false;
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (character === '\\') {
      if (source[at + 1] === 'Q') {
        if (inClass) throw new TopicPatternError('quotes inside a character class, which is not supported');
        const end = source.indexOf('\\E', at + 2);
        if (end === -1) return;
        at = end;
      }
      at += 1;
    } else if (!inClass && character === '[') {
      inClass = true;
      if (source[at + 1] === '^') at += 1;
      if (source[at + 1] === ']') at += 1;
    } else if (inClass && character === ']') {
      inClass = false;
    } else if (inClass && (character === '[' || source.startsWith('&&', at))) {
      throw new TopicPatternError('joins or intersects character classes, which is not supported');
    }
  }
}
