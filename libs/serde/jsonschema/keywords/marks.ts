import { _, type CodeKeywordDefinition, type KeywordCxt } from 'ajv';
import type { MemberDefault, ValidationRun } from '../validation/validation-run.ts';

/**
 * Keywords of our own, which schemas are marked with before they are compiled. No schema can bring them along: what
 * is at their place is overwritten or dropped.
 */
export const costMark = '$$cost';
export const defaultsMark = '$$defaults';

/** Counts the steps that a schema may take, before it takes them. */
export function costKeyword(run: ValidationRun): CodeKeywordDefinition {
  return {
    keyword: costMark,
    schemaType: 'number',
    before: '$ref',
    code({ gen, schema }) {
      const counter = gen.scopeValue('keyword', { ref: run });
      gen.if(_`(${counter}.left -= ${Number(schema)}) < 0`, _`${counter}.exhausted()`);
    },
  };
}

/** Notes which defaults an object lacks; last among what is said of objects, and no part of it. */
export function defaultsKeyword(run: ValidationRun): CodeKeywordDefinition {
  return {
    keyword: defaultsMark,
    type: 'object',
    schemaType: 'array',
    code({ gen, data, schema }) {
      const notes = gen.scopeValue('keyword', { ref: run });
      const defaults = gen.scopeValue('keyword', { ref: schema as readonly MemberDefault[] });
      gen.code(_`${notes}.lacks(${data}, ${defaults})`);
    },
  };
}

/** `properties` and its like, so that code for many of them is not nested as deeply as there are. */
export function flat(definition: CodeKeywordDefinition): CodeKeywordDefinition {
  return {
    ...definition,
    code(cxt, ruleType) {
      // A failure outside of a branch returns; inside of one it is counted, and asked for later.
      if (Object.keys(Object(cxt.schema)).length > mostNested) Object.assign(cxt, { allErrors: true });
      definition.code(cxt, ruleType);
    },
  };
}

/** `anyOf` and its like, so that the defaults of branches that do not match are forgotten. */
export function forgetting(definition: CodeKeywordDefinition, run: ValidationRun): CodeKeywordDefinition {
  return {
    ...definition,
    code(cxt, ruleType) {
      forgetInBranches(cxt, run);
      definition.code(cxt, ruleType);
    },
  };
}

function forgetInBranches(cxt: KeywordCxt, run: ValidationRun): void {
  const { gen } = cxt;
  const notes = gen.scopeValue('keyword', { ref: run });
  const subschema = cxt.subschema.bind(cxt);
  cxt.subschema = (application, valid) => {
    if (application.compositeRule !== true) return subschema(application, valid);
    const mark = gen.const('mark', _`${notes}.missing.length`);
    const branch = subschema(application, valid);
    gen.if(_`!${valid}`, _`${notes}.forget(${mark})`);
    return branch;
  };
}

const mostNested = 50;
