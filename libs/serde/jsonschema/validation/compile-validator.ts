import { MissingRefError, type AnySchema } from 'ajv';
import uri from 'ajv/dist/runtime/uri.js';
import { excerptOfString } from '../../json-text/excerpt.ts';
import type { SchemaSource } from '../../schema/schema-language.ts';
import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import { dialectOf } from '../draft.ts';
import { NumberSpellings } from '../numbers/number-spellings.ts';
import { compilingAjv } from './compiling-ajv.ts';
import { JsonSchemaValidator } from './json-schema-validator.ts';
import { requireSchema } from './meta-schemas.ts';
import { SchemaPreparation } from './prepared-schema.ts';
import { SchemaDocuments } from './schema-documents.ts';
import { parseSchema } from './schema-text.ts';
import { ValidationRun } from './validation-run.ts';

/**
 * Makes of a schema what checks its data. Nothing is fetched: what is not among the references is refused.
 *
 * @throws {SchemaParseError} when it is no schema, or not within bounds
 */
export function compileValidator({ text, references }: SchemaSource): JsonSchemaValidator {
  const root = parseSchema(text, new NumberSpellings());
  const dialect = dialectOf(root.value);
  const run = new ValidationRun();
  try {
    requireSchema(root.value, dialect.draft);
    const idKeyword = dialect.draft === '4' ? 'id' : '$id';
    const documents = new SchemaDocuments(root, references, uri.default.resolve, idKeyword);
    const preparation = new SchemaPreparation(dialect);
    for (const document of documents.all) preparation.add(document);
    preparation.finish();
    const ajv = compilingAjv(dialect, { run, spellings: root.spellings }, preparation);
    for (const { name, value } of documents.references) ajv.addSchema(value as AnySchema, name);
    return new JsonSchemaValidator(ajv.compile(root.value as AnySchema), run, {
      steps: STEPS_A_RECORD + preparation.size * STEPS_A_PART,
      namesInherited: preparation.namesInherited,
    });
  } catch (error) {
    throw parseError(error);
  }
}

function parseError(error: unknown): unknown {
  if (error instanceof SchemaParseError) return error;
  if (error instanceof MissingRefError) {
    const missing = excerptOfString(error.missingRef);
    return new SchemaParseError(`It refers to ${missing}, which is not among its references`, {
      cause: error,
    });
  }
  if (error instanceof RangeError) {
    return new SchemaParseError('It is nested too deeply', { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new SchemaParseError(`It cannot be used: ${excerptOfString(message)}`, { cause: error });
}

/** Whatever a record is. */
const STEPS_A_RECORD = 20_000;
const STEPS_A_PART = 4;
