import { restErrors } from '#libs/errors/rest-errors.ts';

/**
 * Makes a request target ready for the router.
 *
 * Matrix parameters (`;a=b`) are dropped, the absolute form loses its authority.
 *
 * @throws {RestError} 400 for what the original's server refuses: an empty segment, a `%` that starts no byte, a byte
 *   of zero; and for bytes that are not UTF-8
 */
export function routable(target: string): string {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  if (!unusual.test(path)) return target;
  return cleaned(path) + (query === -1 ? '' : target.slice(query));
}

const unusual = /^[^/]|\/\/|[;%]/;

function cleaned(path: string): string {
  const local = path.replace(/^https?:\/\/[^/]*/i, '') || '/';
  if (!local.startsWith('/')) throw restErrors.malformedUri('The request target is not a path');
  if (local.includes('//')) throw restErrors.malformedUri('Ambiguous URI empty segment');
  const plain = local.replaceAll(/;[^/]*/g, '');
  if (/%(?![0-9a-f]{2})/i.test(plain)) throw restErrors.malformedUri('Bad percent-encoding in the path');
  if (plain.includes('%00')) throw restErrors.malformedUri('Illegal character 0x00 in the path');
  try {
    decodeURIComponent(plain);
  } catch (cause) {
    throw restErrors.malformedUri('The path is not UTF-8', { cause });
  }
  return plain;
}
