import { validateSync, type ValidationError } from 'class-validator';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { RestError } from '#libs/errors/rest-error.ts';
import { JsonSyntaxError } from '#libs/serde/json-text/json-syntax-error.ts';
import { readBody } from './body.ts';
import { isAboutType } from './json-checks.ts';
import type { ClassRef } from './json-field.ts';
import { JsonReader } from './json-reader.ts';
import type { RestRequest } from './rest-request.ts';

/**
 * Reads a control-plane body into a DTO whose fields are declared with `@JsonField` and checked with class-validator.
 *
 * @returns undefined when the body is absent, empty or `null`
 * @throws {RestError} 400 malformed JSON (with line and column), a wrong type, or what json-checks.ts asks for; 422 unknown field (`Unrecognized
 *   field: x`) or a failed check (`<path> <message>`, joined by `; `); what readBody throws
 */
export async function readJson<T extends object>(req: RestRequest, dto: ClassRef<T>): Promise<T | undefined> {
  return parseJson(await readBody(req), dto);
}

/** The same for a body that must be there. @param missing the error when it is absent or null */
export async function readRequiredJson<T extends object>(
  req: RestRequest,
  dto: ClassRef<T>,
  missing: () => RestError = () => restErrors.unprocessable('Request body must not be null'),
): Promise<T> {
  const body = await readJson(req, dto);
  if (body === undefined) throw missing();
  return body;
}

/** `readJson` of a text that is here already. */
export function parseJson<T extends object>(text: Buffer, dto: ClassRef<T>): T | undefined {
  const object = malformedAs400(() => new JsonReader(text).read(dto));
  if (object === undefined) return undefined;
  const errors = validateSync(object, { forbidUnknownValues: false, stopAtFirstError: true });
  const malformed = errors.map((error) => malformedOf(error, '')).find((text) => text !== undefined);
  if (malformed !== undefined) throw restErrors.malformed(malformed);
  if (errors.length > 0)
    throw restErrors.unprocessable(errors.flatMap((error) => told(error, '')).join('; '));
  return object;
}

/** Reads a body that is an object of strings. @returns and throws as readJson */
export async function readStringMap(req: RestRequest): Promise<ReadonlyMap<string, string> | undefined> {
  const text = await readBody(req);
  return malformedAs400(() => new JsonReader(text).readStringMap());
}

function malformedAs400<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof JsonSyntaxError ? restErrors.malformed(cause.message, { cause }) : cause;
  }
}

/** `partitions[0].topic must not be null`, for every check that failed. */
function told(
  { property, constraints = {}, children = [] }: ValidationError,
  parent: string,
): readonly string[] {
  const path = pathOf(property, parent);
  const own = Object.values(constraints).map((message) =>
    message.startsWith(`${property} `) ? path + message.slice(property.length) : `${path} ${message}`,
  );
  return [...own, ...children.flatMap((child) => told(child, path))];
}

/** What the first check says that stands for a value of another type, with the place. */
function malformedOf(
  { property, constraints = {}, contexts = {}, children = [] }: ValidationError,
  parent: string,
): string | undefined {
  const path = pathOf(property, parent);
  for (const [check, message] of Object.entries(constraints)) {
    if (isAboutType(contexts[check])) return `${message} at ${path}`;
  }
  return children.map((child) => malformedOf(child, path)).find((text) => text !== undefined);
}

function pathOf(property: string, parent: string): string {
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return parent === '' ? property : `${parent}.${property}`;
}
