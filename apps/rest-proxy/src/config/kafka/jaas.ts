import { InvalidValue } from '../schema/setting.ts';

/** The one entry of a `sasl.jaas.config`. */
export interface JaasModule {
  /** The class, without its package. */
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
}

/**
 * Reads `package.Module required key="value" …;`, with the quotes, escapes and comments of Java.
 *
 * @throws {InvalidValue} without any part of the text, which holds secrets
 */
export const parseJaas = (given: string): JaasModule => {
  const tokens = [...given.matchAll(token)].map(([whole, comment, double, single]) => ({
    text: double ?? single ?? whole,
    quoted: double !== undefined || single !== undefined,
    skipped: comment !== undefined || whole.trim() === '',
  }));
  const words = tokens.filter(({ skipped }) => !skipped);
  if (words.at(-1)?.quoted !== false || words.at(-1)?.text !== ';') throw new InvalidValue('must end with ;');
  const entry = words.slice(0, -1);
  if (entry.some(({ text, quoted }) => text === ';' && !quoted)) {
    throw new InvalidValue('must have one login module');
  }
  const [module, flag, ...rest] = entry;
  if (module === undefined || flag === undefined || !flags.has(flag.text.toLowerCase())) {
    throw new InvalidValue('must be "<login module> required <key>=<value> …;"');
  }
  return { name: module.text.slice(module.text.lastIndexOf('.') + 1), options: optionsOf(rest) };
};

const flags: ReadonlySet<string> = new Set(['required', 'requisite', 'sufficient', 'optional']);

/** A comment, a text in quotes, a sign, or a word. */
const token =
  /(\/\/[^\n]*|\/\*.*?\*\/)|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|[=;]|(?:(?!\/\/|\/\*)[^\s=;"'])+|\s+|./gs;

const optionsOf = (
  words: readonly { readonly text: string; readonly quoted: boolean }[],
): ReadonlyMap<string, string> => {
  const options = new Map<string, string>();
  for (let at = 0; at < words.length; at += 3) {
    const [key, equals, value] = words.slice(at, at + 3);
    if (key === undefined || equals?.text !== '=' || value === undefined) {
      throw new InvalidValue('must have options of the form key="value"');
    }
    options.set(key.text, value.quoted ? unescape(value.text) : value.text);
  }
  return options;
};

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  b: '\b',
  a: '\u0007',
  v: '\u000b',
};

/** As java.io.StreamTokenizer: the letters above, up to three octal digits, and every other character itself. */
const unescape = (text: string): string =>
  text.replaceAll(/\\([0-3][0-7]{0,2}|[4-7][0-7]?|.)/gs, (_, escape: string) =>
    /^[0-7]/.test(escape) ? String.fromCharCode(Number.parseInt(escape, 8)) : (escapes[escape] ?? escape),
  );
