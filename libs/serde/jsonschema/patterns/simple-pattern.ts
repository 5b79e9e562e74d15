/** A pattern whose worst case the engine of the language can be trusted with, for short texts. */
export class SimplePattern {
  constructor(
    private readonly expression: RegExp,
    /** How many parts may match more or less of a text: the worst case is its length to this power. */
    private readonly variableParts: number,
  ) {}

  isFastFor(text: string): boolean {
    return text.length ** this.variableParts <= mostSteps;
  }

  test(text: string): boolean {
    return this.expression.test(text);
  }
}

/**
 * Takes patterns of characters and classes in a row, from the beginning of the text (`^[A-Z]{3}-\d+$`); what they match
 * is the same in every engine.
 *
 * @returns undefined for all others
 */
export function simplePattern(source: string): SimplePattern | undefined {
  if (!row.test(source)) return undefined;
  let variableParts = 0;
  for (const [, quantifier = ''] of source.matchAll(part)) {
    if (quantifier !== '' && !/^\{\d+\}$/.test(quantifier)) variableParts++;
  }
  try {
    return new SimplePattern(new RegExp(source, 'u'), variableParts);
  } catch {
    return undefined;
  }
}

const atom = String.raw`(?:[\w \-@:;,#%&~=!"'<>/]|\\[dwDW.\/\\+*?()[\]{}|^$]|\[\^?(?:[\w .:;,@#%~=!+*?()/-]|\\[dw.\/\\\-\]])+\])`;
const quantifiers = String.raw`(?:[*+?]|\{\d{1,3}\}|\{\d{1,3},\d{0,3}\})?`;
const row = new RegExp(String.raw`^\^(?:${atom}${quantifiers})*\$?$`);
const part = new RegExp(`${atom}(${quantifiers})`, 'g');
const mostSteps = 16_384;
