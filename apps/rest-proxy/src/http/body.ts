import { restErrors } from '#libs/errors/rest-errors.ts';
import type { RestRequest } from './rest-request.ts';

/** The client went away before its body was complete: nobody is left to answer. */
export class RequestAbortedError extends Error {
  override readonly name = 'RequestAbortedError';
}

/**
 * The whole body, decompressed; empty when there is none.
 *
 * @param maxBytes after decompression; `max.request.body.bytes` when absent
 * @throws {RestError} 413, 415 (unknown Content-Encoding), 400 (not what the encoding says), 408, 503
 * @throws {RequestAbortedError} when the client goes away
 */
export async function readBody(
  req: RestRequest,
  maxBytes = req.context.server.http.maxRequestBodyBytes,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw restErrors.bodyTooLarge(`The request body is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  req.context.bytesIn = length;
  return Buffer.concat(chunks, length);
}
