import type { ServerResponse } from 'node:http';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { RestError } from '#libs/errors/rest-error.ts';
import { decompress, decompressorOf } from './content-encoding.ts';
import { RequestAbortedError } from './request-aborted.error.ts';
import type { HttpRequest } from './rest-request.ts';

/** A request with its response, which Express adds. */
type WithResponse = HttpRequest & { readonly res?: ServerResponse | undefined };

/** A body must be complete this long after its request began, however steadily it trickles. */
const longestUploadMs = 300_000;
const nothing = Buffer.alloc(0);

/**
 * The whole body, decompressed; empty when there is none.
 *
 * @param maxBytes after decompression; `max.request.body.bytes` when absent
 * @throws {RestError} 413, 415 (unknown Content-Encoding), 400 (not what the encoding says), 408, 503
 * @throws {RequestAbortedError} when the client goes away
 */
export async function readBody(
  req: WithResponse,
  maxBytes = req.context.server.http.maxRequestBodyBytes,
): Promise<Buffer> {
  const { routed } = req.context;
  const receive = routed === undefined ? receiveNow : receiveOnce;
  const encoding = req.headers['content-encoding'];
  if (encoding === undefined) return receive(req, maxBytes);
  const decompressor = decompressorOf(encoding);
  const received = await receive(req, maxBytes);
  if (decompressor === undefined || received.length === 0) return received;
  return decompress(received, decompressor, maxBytes, (bytes) => req.context.hold(bytes));
}

/**
 * The body as it came over the wire, for whoever sends it on. It is received once: whoever asks later gets the same.
 *
 * @throws as readBody
 */
export function receiveOnce(
  req: WithResponse,
  maxBytes = req.context.server.http.maxRequestBodyBytes,
): Promise<Buffer> {
  return (req.context.received ??= receiveNow(req, maxBytes));
}

/** The error for a body beyond the limit. */
export function bodyTooLarge(maxBytes: number): RestError {
  return restErrors.bodyTooLarge(`The request body is larger than ${maxBytes} bytes`);
}

/** Bytes that the client says it sends; undefined for a chunked body, 0 for none. */
export function declaredLength(req: HttpRequest): number | undefined {
  const { 'content-length': length, 'transfer-encoding': chunked } = req.headers;
  if (chunked !== undefined) return undefined;
  return length === undefined ? 0 : Number(length);
}

/** The body as it comes over the wire. Most bodies are one chunk, which is handed on as it is. */
function receiveNow(req: WithResponse, maxBytes: number): Promise<Buffer> {
  const declared = declaredLength(req);
  if (declared === 0) return Promise.resolve(nothing);
  if (declared !== undefined && declared > maxBytes) return Promise.reject(bodyTooLarge(maxBytes));
  const { context } = req;
  if (context.expectsContinue) {
    context.expectsContinue = false;
    req.res?.writeContinue();
  }
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let length = 0;
    // Listeners stay: taking them away costs as much as the body, and what comes after a failure is thrown away.
    let settled = false;
    const fail = (error: unknown): void => {
      if (settled) return;
      settled = true;
      chunks = undefined;
      context.bytesIn = length;
      reject(error instanceof Error ? error : new Error('The body cannot be read', { cause: error }));
    };
    req.on('data', (chunk: Buffer) => {
      if (settled) return;
      length += chunk.length;
      if (length > maxBytes) return fail(bodyTooLarge(maxBytes));
      if (first === undefined) first = chunk;
      else if (chunks === undefined) chunks = [first, chunk];
      else chunks.push(chunk);
      try {
        context.hold(chunk.length);
      } catch (error) {
        return fail(error);
      }
      if (performance.now() - context.startedAt > longestUploadMs) fail(restErrors.requestTimeout());
    });
    req.on('end', () => {
      if (settled) return;
      settled = true;
      context.bytesIn = length;
      resolve(chunks === undefined ? (first ?? nothing) : Buffer.concat(chunks, length));
    });
    req.on('close', () =>
      fail(new RequestAbortedError('The client went away before its request was complete')),
    );
    req.on('timeout', () => fail(restErrors.requestTimeout()));
  });
}
