import { _, str, type CodeKeywordDefinition } from 'ajv';
import type { ValidationRun } from '../validation/validation-run.ts';

/** `minLength` and `maxLength`, in characters; counts only where the number of UTF-16 units leaves it open. */
export function lengthKeyword(keyword: 'minLength' | 'maxLength', run: ValidationRun): CodeKeywordDefinition {
  const isMost = keyword === 'maxLength';
  // A character has one unit or two.
  const fits = isMost
    ? (text: string, limit: number) =>
        text.length <= limit || (text.length <= limit * 2 && charactersOf(text, run) <= limit)
    : (text: string, limit: number) =>
        text.length >= limit * 2 || (text.length >= limit && charactersOf(text, run) >= limit);
  return {
    keyword,
    type: 'string',
    schemaType: 'number',
    error: {
      message: ({ schemaCode }) =>
        str`must NOT have ${isMost ? 'more' : 'fewer'} than ${schemaCode} characters`,
    },
    code(cxt) {
      const test = cxt.gen.scopeValue('keyword', { ref: fits });
      cxt.pass(_`${test}(${cxt.data}, ${cxt.schemaCode})`);
    },
  };
}

function charactersOf(text: string, run: ValidationRun): number {
  run.spend(text.length / UNITS_A_STEP);
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdbff) continue;
    const next = text.charCodeAt(at + 1);
    if (next < 0xdc00 || next > 0xdfff) continue;
    count--;
    at++;
  }
  return count;
}

const UNITS_A_STEP = 4;
