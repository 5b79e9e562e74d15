import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { SchemaRegistryError } from '#libs/schema-registry/schema-registry-error.ts';
import { excerptOfString } from '../json-text/excerpt.ts';
import { DataMismatchError } from './data-mismatch-error.ts';
import type { SchemaLanguage } from './schema-language.ts';
import { SchemaParseError } from './schema-parse-error.ts';

/** What was being done, in the original's words; the first line of what a client is told when it fails. */
export const doing = {
  fetchingById: (id: number): string => `Error when fetching schema by id. schemaId = ${id}`,
  fetchingVersion: (subject: string, schema: string): string =>
    `Error when fetching schema version. subject = ${subject}, schema = ${excerptOfString(schema)}`,
  registering: ({ format }: SchemaLanguage, subject: string, schema: string): string =>
    `Error when registering schema. format = ${format.toUpperCase()}, subject = ${subject}, schema = ${excerptOfString(schema)}`,
  fetchingByVersion: (subject: string, version: number): string =>
    `Error when fetching schema by version. subject = ${subject}, version = ${version}`,
  fetchingLatest: (subject: string): string =>
    `Error when fetching latest schema version. subject = ${subject}`,
  parsingRaw: ({ format }: SchemaLanguage, schema: string): string =>
    `Error when parsing raw schema. format = ${format.toUpperCase()}, schema = ${excerptOfString(schema)}`,
};

/**
 * What clients are told of a failure: 403/40301 when the registry does not allow it, 42205 when the schema cannot be
 * used, 42207 for everything else that the registry said or that kept it from answering. Other errors stay as they are.
 */
export function schemaError(what: string, error: unknown): unknown {
  if (error instanceof SchemaParseError) {
    return restErrors.invalidSchema(`${what}\n${error.message}`, { cause: error });
  }
  if (!(error instanceof SchemaRegistryError)) return error;
  if (error.forbidden) return restErrors.kafkaAuthorization(what, { cause: error });
  return restErrors.serializing(`${what}\n${error.message}`, { cause: error });
}

/** `Bad Request: value.address.zip: expected int, got string`; other errors stay as they are. */
export function dataError(part: 'key' | 'value', error: unknown): unknown {
  if (!(error instanceof DataMismatchError)) return error;
  return restErrors.badRequest(`${part}${error.path}: ${error.problem}`, { cause: error });
}

export function wrongType(id: number, language: SchemaLanguage, wanted: SchemaLanguage): RestError {
  return restErrors.invalidSchema(
    `The schema with id ${id} is of type ${language.type}, the request asks for ${wanted.type}`,
  );
}
