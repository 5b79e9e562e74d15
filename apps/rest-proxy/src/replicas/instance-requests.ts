import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';

const shape = /^\/consumers\/([^/?]+)\/instances\/([^/?]+)([^?]*)/;

const reading = ['GET', 'HEAD'];

/** What can be done with a consumer instance: methods by what follows its path. */
const operations = new Map<string, readonly string[]>([
  ['', ['DELETE']],
  ['/records', reading],
  ['/offsets', [...reading, 'POST']],
  ['/subscription', [...reading, 'POST', 'DELETE']],
  ['/assignments', [...reading, 'POST']],
  ['/positions', ['POST']],
  ['/positions/beginning', ['POST']],
  ['/positions/end', ['POST']],
]);

/**
 * The consumer instance that a request is about, decoded; undefined for all other requests, also for those below an
 * instance that no endpoint takes: everybody can refuse them.
 *
 * @param target as the router gets it
 */
export function instanceOfRequest(
  method: string | undefined,
  target: string | undefined,
): ConsumerInstanceName | undefined {
  if (target?.startsWith('/consumers/') !== true) return undefined;
  const [, group, id, rest = ''] = shape.exec(target) ?? [];
  if (group === undefined || id === undefined) return undefined;
  const methods = operations.get(rest.endsWith('/') ? rest.slice(0, -1) : rest);
  if (methods?.includes(method ?? '') !== true) return undefined;
  try {
    return { group: decodeURIComponent(group), id: decodeURIComponent(id) };
  } catch {
    // The router says what is wrong with it.
    return undefined;
  }
}
