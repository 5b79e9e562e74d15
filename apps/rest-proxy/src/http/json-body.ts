import { readBody } from './body.ts';
import type { ClassRef } from './json-field.ts';
import type { RestRequest } from './rest-request.ts';
import type { RestError } from '#libs/errors/rest-error.ts';

/**
 * Reads a control-plane body into a DTO whose fields are declared with `@JsonField` and checked with class-validator.
 *
 * @returns undefined when the body is absent, empty or `null`
 * @throws {RestError} 400 malformed JSON (with line and column) or a wrong type; 422 unknown field (`Unrecognized
 *   field: x`) or a failed check (`<path> <message>`, joined by `; `); what readBody throws
 */
export async function readJson<T extends object>(req: RestRequest, dto: ClassRef<T>): Promise<T | undefined> {
  const body = await readBody(req);
  if (body.length === 0) return undefined;
  return Object.assign(new dto(), JSON.parse(body.toString()) as object);
}

/** The same for a body that must be there. @param missing the error when it is absent or null */
export async function readRequiredJson<T extends object>(
  req: RestRequest,
  dto: ClassRef<T>,
  missing: () => RestError,
): Promise<T> {
  const body = await readJson(req, dto);
  if (body === undefined) throw missing();
  return body;
}
