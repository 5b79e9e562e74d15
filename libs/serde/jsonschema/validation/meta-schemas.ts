import type { ValidateFunction } from 'ajv';
import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import type { Draft } from '../draft.ts';
import type { JsonValue } from '../json-value.ts';
import { uniqueItemsKeyword } from '../keywords/equality-keywords.ts';
import { NumberSpellings } from '../numbers/number-spellings.ts';
import { ajvOf, metaSchemaUris } from './ajv-of-draft.ts';
import { placeOf } from './problem.ts';
import { ValidationRun } from './validation-run.ts';

const unlimited = new ValidationRun();
unlimited.left = Infinity;
const metaSchemas = new Map<Draft, ValidateFunction>();

/** @throws {SchemaParseError} when a value is no schema of a draft; says where */
export function requireSchema(value: JsonValue, draft: Draft): void {
  const validate = metaSchemaOf(draft);
  if (validate(value)) return;
  const [error] = validate.errors ?? [];
  const place = error === undefined ? '' : placeOf(value, error.instancePath);
  throw new SchemaParseError(`It is no schema of draft ${draft}: schema${place} ${error?.message ?? ''}`);
}

function metaSchemaOf(draft: Draft): ValidateFunction {
  const known = metaSchemas.get(draft);
  if (known !== undefined) return known;
  const ajv = ajvOf(draft, { strict: false, validateFormats: false, logger: false });
  // Ajv's own takes time that grows with the square of an array.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword(uniqueItemsKeyword({ run: unlimited, spellings: new NumberSpellings() }));
  const validate = ajv.getSchema(metaSchemaUris[draft]);
  if (validate === undefined) throw new TypeError(`There is no schema of draft ${draft}`);
  metaSchemas.set(draft, validate);
  return validate;
}
