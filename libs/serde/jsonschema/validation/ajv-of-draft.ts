import { Ajv, type Options } from 'ajv';
import Ajv4 from 'ajv-draft-04';
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Draft } from '../draft.ts';

/** What the classes of Ajv for the different drafts have in common. */
export type AnyAjv = Pick<
  Ajv,
  'addKeyword' | 'addSchema' | 'compile' | 'getKeyword' | 'getSchema' | 'opts' | 'removeKeyword'
>;

/** The keywords of a draft, without its own schema if `options.meta` is false. */
export function ajvOf(draft: Draft, options: Options): AnyAjv {
  switch (draft) {
    case '4':
      return without(sinceDraft6, new Ajv4.default(options));
    case '6':
      return without(sinceDraft7, draft6Ajv(options));
    case '7':
      return new Ajv(options);
    case '2019-09':
      return new Ajv2019(options);
    case '2020-12':
      return new Ajv2020(options);
  }
}

function draft6Ajv(options: Options): AnyAjv {
  const ajv = new Ajv(options);
  if (options.meta !== false) ajv.addMetaSchema(draft6);
  return ajv;
}

function without(keywords: readonly string[], ajv: AnyAjv): AnyAjv {
  for (const keyword of keywords) ajv.removeKeyword(keyword);
  return ajv;
}

const sinceDraft7 = ['if', 'then', 'else'];
const sinceDraft6 = [...sinceDraft7, 'const', 'contains', 'propertyNames'];

/** The address of a draft's own schema. */
export const metaSchemaUris: Readonly<Record<Draft, string>> = {
  '4': 'http://json-schema.org/draft-04/schema',
  '6': 'http://json-schema.org/draft-06/schema',
  '7': 'http://json-schema.org/draft-07/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};
