import { str, type FuncKeywordDefinition } from 'ajv';
import type { ValidationRun } from '../validation/validation-run.ts';

/** `minLength` and `maxLength`, in characters; counts only where the number of UTF-16 units leaves it open. */
export function lengthKeyword(keyword: 'minLength' | 'maxLength', run: ValidationRun): FuncKeywordDefinition {
  const isMost = keyword === 'maxLength';
  return {
    keyword,
    type: 'string',
    schemaType: 'number',
    error: {
      message: ({ schemaCode }) =>
        str`must NOT have ${isMost ? 'more' : 'fewer'} than ${schemaCode} characters`,
    },
    compile: (limit: number) => (text: string) => {
      const units = text.length;
      // A character has one unit or two.
      if (isMost ? units <= limit : units >= limit * 2) return true;
      if (isMost ? units > limit * 2 : units < limit) return false;
      run.spend(units / UNITS_A_STEP);
      return isMost ? characters(text) <= limit : characters(text) >= limit;
    },
  };
}

function characters(text: string): number {
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
