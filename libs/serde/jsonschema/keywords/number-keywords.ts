import { _, str, type CodeKeywordDefinition, type FuncKeywordDefinition } from 'ajv';
import { Decimal } from '../numbers/decimal.ts';
import type { NumberSpellings } from '../numbers/number-spellings.ts';
import type { ValidationRun } from '../validation/validation-run.ts';

/** Spellings in the schema and in the value. */
export interface NumberContext {
  readonly run: ValidationRun;
  readonly spellings: NumberSpellings;
}

const limits = {
  minimum: { sign: 1, exclusive: false, okText: '>=' },
  maximum: { sign: -1, exclusive: false, okText: '<=' },
  exclusiveMinimum: { sign: 1, exclusive: true, okText: '>' },
  exclusiveMaximum: { sign: -1, exclusive: true, okText: '<' },
} as const;

type LimitKeyword = keyof typeof limits;

/** `minimum` and its like, exact where two numbers share a double. */
export function limitKeyword(keyword: LimitKeyword, context: NumberContext): CodeKeywordDefinition {
  const { sign, exclusive, okText } = limits[keyword];
  /** What decides when doubles do not: negative when the number is beyond the limit. */
  const compareExactly = (
    number: number,
    container: unknown,
    place: string | number | undefined,
    limit: string | null,
  ): number => {
    const spelling = context.run.spellings?.at(container, place);
    if (spelling === undefined && limit === null) return 0;
    const exact = Decimal.of(spelling ?? String(number));
    return sign * exact.compare(Decimal.of(limit ?? String(number)));
  };
  return {
    keyword,
    type: 'number',
    schemaType: 'number',
    error: {
      message: (cxt) => str`must be ${exclusiveHere(cxt) ? okText[0] : okText} ${cxt.schemaCode}`,
    },
    code(cxt) {
      const { gen, data, schemaCode, it } = cxt;
      const spelling = context.spellings.at(cxt.parentSchema, keyword);
      const compare = gen.scopeValue('keyword', { ref: compareExactly });
      const tie = _`${compare}(${data}, ${it.parentData}, ${it.parentDataProperty}, ${spelling ?? null})`;
      const beyond = sign > 0 ? _`${data} < ${schemaCode}` : _`${data} > ${schemaCode}`;
      const tieFails = exclusiveHere(cxt) ? _`${tie} <= 0` : _`${tie} < 0`;
      cxt.fail(_`${beyond} || (${data} === ${schemaCode} && ${tieFails})`);
    },
  };

  /** In draft 4 the exclusive keywords are flags. */
  function exclusiveHere({ parentSchema }: { readonly parentSchema?: object }): boolean {
    if (exclusive) return true;
    const flag = keyword === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum';
    return Object.entries(parentSchema ?? {}).some(([name, value]) => name === flag && value === true);
  }
}

/** In decimals: 1.10 is a multiple of 0.01. */
export function multipleOfKeyword(context: NumberContext): FuncKeywordDefinition {
  const { run, spellings } = context;
  return {
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    error: { message: ({ schemaCode }) => str`must be multiple of ${schemaCode}` },
    compile(divisor: number, parentSchema) {
      const exactDivisor = Decimal.of(spellings.at(parentSchema, 'multipleOf') ?? String(divisor));
      return (number: number, place) => {
        const spelling = run.spellings?.at(place?.parentData, place?.parentDataProperty);
        if (spelling === undefined && Number.isSafeInteger(number) && Number.isSafeInteger(divisor)) {
          return number % divisor === 0;
        }
        run.spend(EXACT_DIVISION);
        return Decimal.of(spelling ?? String(number)).isMultipleOf(exactDivisor);
      };
    },
  };
}

/**
 * Completes `type` for integers, whose doubles are integers already.
 *
 * @param bySpelling whether 1.0 is none
 */
export function integerKeyword({ run }: NumberContext, bySpelling: boolean): CodeKeywordDefinition {
  const isNone = (container: unknown, place: string | number | undefined): boolean => {
    const spelling = run.spellings?.at(container, place);
    if (spelling === undefined) return false;
    return bySpelling ? /[.eE]/.test(spelling) : !Decimal.of(spelling).isInteger;
  };
  return {
    keyword: 'type',
    schemaType: ['string', 'array'],
    error: { message: 'must be integer', params: ({ schemaCode }) => _`{type: ${schemaCode}}` },
    code(cxt) {
      const types: unknown[] = [cxt.schema].flat();
      if (!types.includes('integer') || types.includes('number')) return;
      const { gen, data, it } = cxt;
      const test = gen.scopeValue('keyword', { ref: isNone });
      cxt.fail(_`typeof ${data} == "number" && ${test}(${it.parentData}, ${it.parentDataProperty})`);
    },
  };
}

const EXACT_DIVISION = 20;
