import type { IncomingHttpHeaders } from 'node:http';

/** Headers of ours between replicas begin so; from clients they are never taken. */
const ours = 'x-krest-';

export const secretHeader = 'x-krest-secret';
export const epochHeader = 'x-krest-epoch';
/** What became of answers, told along with a request that goes the same way: reports with commas between. */
export const alongHeader = 'x-krest-reports';
/** Under this id what becomes of the answer is reported. */
export const deliveryHeader = 'X-Krest-Delivery';
export const recordsHeader = 'X-Krest-Records';
export const endpointHeader = 'X-Krest-Endpoint';
/** The replica is shutting down. */
export const drainingHeader = 'X-Krest-Draining';

/** They speak of one connection, or are made anew for each. */
const ofConnection = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What the replica with the client's connection does by itself. */
const ofEdge = new Set(['accept-encoding', 'x-request-id']);
const madeAnew = new Set(['content-type', 'date', 'vary', 'x-request-id']);

/** Headers of a client's request for the replica that answers it: name, value, … @param raw Node's `rawHeaders` */
export function requestHeaders(raw: readonly string[], connection: string | undefined): string[] {
  const named = namedIn(connection);
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const lower = name.toLowerCase();
    if (ofConnection.has(lower) || ofEdge.has(lower) || lower.startsWith(ours) || named.has(lower)) continue;
    headers.push(name, raw[i + 1] ?? '');
  }
  return headers;
}

/** Headers of another replica's answer that the client gets, besides those that we make: name, value, … */
export function answerHeaders(given: IncomingHttpHeaders): string[] {
  const headers: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (ofConnection.has(name) || madeAnew.has(name) || name.startsWith(ours) || value === undefined)
      continue;
    for (const text of [value].flat()) headers.push(namesAsWritten.get(name) ?? name, text);
  }
  return headers;
}

/** One header of an answer. @param name one of those above */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}

const namesAsWritten = new Map([
  ['allow', 'Allow'],
  ['retry-after', 'Retry-After'],
]);

const none: ReadonlySet<string> = new Set();

/** Headers that the Connection header declares to be of this connection only. */
function namedIn(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return none;
  return new Set(
    connection
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
}
