/** A pattern that must, or must not, be found in a text. */
export interface LookaheadPart {
  readonly pattern: string;
  readonly expected: boolean;
}

/**
 * Takes the look-aheads at the beginning of a pattern apart: all of them look at the beginning of the text. A pattern
 * without them, or one where that is not so, comes back as it is.
 */
export function splitLookahead(source: string): readonly LookaheadPart[] {
  const whole = [{ pattern: source, expected: true }];
  if (!source.startsWith('^(?=') && !source.startsWith('^(?!')) return whole;
  const parts: LookaheadPart[] = [];
  let at = 1;
  while (source.startsWith('(?=', at) || source.startsWith('(?!', at)) {
    const end = closingParenthesis(source, at);
    if (end === undefined || isQuantifier(source[end + 1])) return whole;
    parts.push({ pattern: `^(?:${source.slice(at + 3, end)})`, expected: source[at + 2] === '=' });
    at = end + 1;
  }
  const rest = source.slice(at);
  if (hasOuterAlternative(rest)) return whole;
  return [...parts, { pattern: `^${rest}`, expected: true }];
}

function closingParenthesis(source: string, open: number): number | undefined {
  let depth = 0;
  for (const { at, token } of tokens(source, open)) {
    if (token === '(') depth++;
    else if (token === ')' && --depth === 0) return at;
  }
  return undefined;
}

function hasOuterAlternative(source: string): boolean {
  let depth = 0;
  for (const { token } of tokens(source, 0)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (token === '|' && depth === 0) return true;
  }
  return false;
}

/** Characters that are not escaped and not in a class. */
function* tokens(source: string, start: number): Generator<{ readonly at: number; readonly token: string }> {
  let inClass = false;
  for (let at = start; at < source.length; at++) {
    const token = source[at] ?? '';
    if (token === '\\') at++;
    else if (inClass) inClass = token !== ']';
    else if (token === '[') inClass = true;
    else yield { at, token };
  }
}

function isQuantifier(character: string | undefined): boolean {
  return character !== undefined && '*+?{'.includes(character);
}
