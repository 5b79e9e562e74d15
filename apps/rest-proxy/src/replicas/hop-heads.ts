import { validateHeaderName, validateHeaderValue, type IncomingHttpHeaders } from 'node:http';

/** Neither a header nor a request target can have it. */
const separator = '\0';

/** They speak of one connection, or are made anew for each. */
const ofConnection = new Set([
  'connection',
  'content-length',
  'expect',
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

/** What a replica needs to know of a client's request besides its body. */
export interface RequestHead {
  readonly method: string;
  /** As the client has asked the other replica. */
  readonly target: string;
  readonly requestId: string;
  /** Of the instance, as far as the other replica knows. */
  readonly epoch: number;
  readonly headers: IncomingHttpHeaders;
}

/** What a replica tells of its answer besides the body. */
export interface AnswerHead {
  readonly status: number;
  /** The endpoint's ResourceName; empty when there is none. */
  readonly endpoint: string;
  /** Under this id what becomes of the answer is reported; empty when it has no records. */
  readonly delivery: string;
  readonly records: number;
  /** The replica is shutting down. */
  readonly isDraining: boolean;
  /** What the client gets besides what its replica adds: name, value, … */
  readonly headers: readonly string[];
}

/** Headers of a client's request without those of its connection are sent on as Node has read them. */
export function requestHeadText(head: RequestHead): string {
  const { connection } = head.headers;
  const named = namedIn(connection);
  const parts = [head.method, head.target, head.requestId, String(head.epoch)];
  for (const name in head.headers) {
    if (ofConnection.has(name) || ofEdge.has(name) || named.has(name)) continue;
    const value = head.headers[name];
    if (typeof value === 'string') parts.push(name, value);
  }
  return parts.join(separator);
}

/** @throws {RangeError} it is none */
export function requestHeadOf(text: string): RequestHead {
  const parts = text.split(separator);
  const [method = '', target = '', requestId = '', epochText = ''] = parts;
  const epoch = Number(epochText);
  if (parts.length < 4 || !Number.isSafeInteger(epoch)) throw new RangeError('This is no head of a request');
  const headers: IncomingHttpHeaders = {};
  for (let i = 4; i + 1 < parts.length; i += 2) headers[parts[i] ?? ''] = parts[i + 1];
  return { method, target, requestId, epoch, headers };
}

export function answerHeadText(head: AnswerHead): string {
  const { delivery, endpoint, headers, isDraining, records, status } = head;
  const parts = [String(status), endpoint, delivery, String(records), isDraining ? '1' : '', ...headers];
  return parts.join(separator);
}

/** @throws {RangeError} it is none */
export function answerHeadOf(text: string): AnswerHead {
  const parts = text.split(separator);
  const [statusText = '', endpoint = '', delivery = '', records = '', draining = ''] = parts;
  const status = Number(statusText);
  const headers = parts.slice(5);
  if (!(status >= 200 && status <= 599) || !areSendable(headers)) {
    throw new RangeError('This is no head of an answer');
  }
  const isDraining = draining !== '';
  return { status, endpoint, delivery, records: Number(records), isDraining, headers };
}

function areSendable(headers: readonly string[]): boolean {
  if (headers.length % 2 === 1) return false;
  try {
    for (let i = 0; i < headers.length; i += 2) {
      validateHeaderName(headers[i] ?? '');
      validateHeaderValue(headers[i] ?? '', headers[i + 1] ?? '');
    }
    return true;
  } catch {
    return false;
  }
}

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
