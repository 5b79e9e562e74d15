import type { CodeKeywordDefinition, KeywordDefinition } from 'ajv';
import uri from 'ajv/dist/runtime/uri.js';
import type { Dialect } from '../draft.ts';
import { formatChecks } from '../formats.ts';
import { constKeyword, enumKeyword, uniqueItemsKeyword } from '../keywords/equality-keywords.ts';
import { lengthKeyword } from '../keywords/length-keywords.ts';
import { costKeyword, defaultsKeyword, flat, forgetting } from '../keywords/marks.ts';
import {
  integerKeyword,
  limitKeyword,
  multipleOfKeyword,
  type NumberContext,
} from '../keywords/number-keywords.ts';
import { LinearPattern } from '../patterns/linear-pattern.ts';
import { ajvOf, type AnyAjv } from './ajv-of-draft.ts';
import type { SchemaPreparation } from './prepared-schema.ts';

/** An Ajv for one schema, with keywords that are exact for all numbers and whose time is bounded. */
export function compilingAjv(
  dialect: Dialect,
  context: NumberContext,
  schema: Pick<SchemaPreparation, 'size' | 'hasDefaults' | 'refersToMetaSchemas'>,
): AnyAjv {
  const { run } = context;
  const regExp = Object.assign((pattern: string) => new LinearPattern(pattern, run), {
    code: 'new LinearPattern',
  });
  const ajv = ajvOf(dialect.draft, {
    strict: false,
    logger: false,
    meta: schema.refersToMetaSchemas,
    validateSchema: false,
    inlineRefs: dialect.hasDynamicReferences ? false : SMALL_SCHEMA,
    ignoreKeywordsWithRef: dialect.refStandsAlone,
    formats: formatChecks(dialect.formats, run),
    code: { regExp, optimize: schema.size < largeSchema },
    uriResolver: { ...uri.default, resolve },
  });
  // In drafts that have no id, it is any unknown keyword.
  if (dialect.draft !== '4') ajv.removeKeyword('id');
  replace(ajv, numberKeywords(dialect, context));
  replace(ajv, [
    enumKeyword(context),
    uniqueItemsKeyword(context),
    lengthKeyword('minLength', run),
    lengthKeyword('maxLength', run),
    ...(dialect.draft === '4' ? [] : [constKeyword(context)]),
  ]);
  ajv.addKeyword(costKeyword(run));
  ajv.addKeyword(defaultsKeyword(run));
  rewrite(ajv, ['properties', 'patternProperties', 'allOf'], flat);
  if (schema.hasDefaults) {
    rewrite(ajv, ['not', 'anyOf', 'oneOf', 'if', 'contains'], (definition) => forgetting(definition, run));
  }
  return ajv;
}

function numberKeywords({ draft, integersBySpelling }: Dialect, context: NumberContext): KeywordDefinition[] {
  return [
    limitKeyword('minimum', context),
    limitKeyword('maximum', context),
    // In draft 4 they are flags of the other two.
    ...(draft === '4'
      ? []
      : [limitKeyword('exclusiveMinimum', context), limitKeyword('exclusiveMaximum', context)]),
    multipleOfKeyword(context),
    integerKeyword(context, integersBySpelling),
  ];
}

function replace(ajv: AnyAjv, definitions: readonly KeywordDefinition[]): void {
  for (const definition of definitions) {
    for (const keyword of [definition.keyword].flat()) ajv.removeKeyword(keyword);
    ajv.addKeyword(definition);
  }
}

function rewrite(
  ajv: AnyAjv,
  keywords: readonly string[],
  change: (definition: CodeKeywordDefinition) => CodeKeywordDefinition,
): void {
  for (const keyword of keywords) {
    const definition = ajv.getKeyword(keyword);
    // In place: the order of keywords matters.
    if (isOfCode(definition)) Object.assign(definition, change({ ...definition }));
  }
}

function isOfCode(definition: unknown): definition is CodeKeywordDefinition {
  return typeof definition === 'object' && definition !== null && 'code' in definition;
}

/** As Ajv's own, except for names that Ajv would look for in vain and find: those of every object. */
function resolve(base: string, path: string): string {
  const resolved = uri.default.resolve(base, path);
  if (resolved in Object.prototype) throw new Error(`"${resolved}" cannot be referred to`);
  return resolved;
}

/** In keywords: referred to, it is written out in place. */
const SMALL_SCHEMA = 8;
/** From so many parts on it takes longer to make the code better than it is worth. */
const largeSchema = 1000;
