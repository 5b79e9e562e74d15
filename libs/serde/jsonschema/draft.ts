import { isObject, type JsonValue } from './json-value.ts';

/** The drafts of JSON Schema that the proxy knows. */
export type Draft = '4' | '6' | '7' | '2019-09' | '2020-12';

/** In what drafts differ here, beside their keywords. */
export interface Dialect {
  readonly draft: Draft;
  /** 1.0 is no integer. */
  readonly integersBySpelling: boolean;
  /** Members that are missing and have a default are written. */
  readonly fillsDefaults: boolean;
  /** The formats that are checked; others say nothing. */
  readonly formats: readonly string[];
  /** Keywords beside `$ref` do not count. */
  readonly refStandsAlone: boolean;
  /** `$dynamicRef`, `$recursiveRef`. */
  readonly hasDynamicReferences: boolean;
}

const draft4Formats = ['date-time', 'email', 'hostname', 'ipv4', 'ipv6', 'uri'];
const draft6Formats = [...draft4Formats, 'uri-reference', 'uri-template', 'json-pointer'];
const draft7Formats = [...draft6Formats, 'date', 'time', 'regex', 'relative-json-pointer'];
const older = {
  integersBySpelling: true,
  fillsDefaults: true,
  refStandsAlone: true,
  hasDynamicReferences: false,
};
/**
 * Confluent has another validator for these: it reads them as their standard says (`format` only describes, 1.0 is an
 * integer) and knows no defaults.
 */
const newer = {
  integersBySpelling: false,
  fillsDefaults: false,
  refStandsAlone: false,
  hasDynamicReferences: true,
  formats: [],
};

const dialects: Readonly<Record<Draft, Dialect>> = {
  '4': { draft: '4', ...older, formats: draft4Formats },
  '6': { draft: '6', ...older, formats: draft6Formats },
  '7': { draft: '7', ...older, formats: draft7Formats },
  '2019-09': { draft: '2019-09', ...newer },
  '2020-12': { draft: '2020-12', ...newer },
};

/** By its `$schema`; draft 7 for a schema that names none or one that nobody knows, as in Confluent's clients. */
export function dialectOf(schema: JsonValue): Dialect {
  const uri = isObject(schema) ? schema['$schema'] : undefined;
  const draft = typeof uri === 'string' ? drafts.get(uri.replace(/^https?:\/\//, '').replace(/#$/, '')) : '7';
  return dialects[draft ?? '7'];
}

const drafts = new Map<string, Draft>([
  ['json-schema.org/draft-04/schema', '4'],
  ['json-schema.org/draft-06/schema', '6'],
  ['json-schema.org/draft-07/schema', '7'],
  ['json-schema.org/draft/2019-09/schema', '2019-09'],
  ['json-schema.org/draft/2020-12/schema', '2020-12'],
]);
