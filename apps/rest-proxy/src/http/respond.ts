import { gzip } from 'node:zlib';
import { acceptsGzip } from './accept-encoding.ts';
import { RequestAbortedError } from './request-aborted.error.ts';
import type { HttpRequest, HttpResponse } from './rest-request.ts';

/** Smaller answers go out as they are: compression would cost more than it saves. */
const worthCompressing = 1024;
/** Answers below this leave at once with the socket's buffer; they are not counted as bytes in flight. */
const worthCounting = 64 * 1024;
/** Speed before size: the level costs half of zlib's default. */
const compressionLevel = 1;

/** Headers that every answer has, for `writeHead`: name, value, name, value, … Append your own. */
export function baseHeaders(req: HttpRequest): string[] {
  return ['Vary', req.context.vary, 'X-Request-Id', req.context.requestId];
}

/**
 * Answers with a body, compressed when the client asks for it and it is worthwhile.
 *
 * @param moreHeaders name, value, name, value, …
 * @throws {RestError} 503 when too many bytes wait for slow readers already; nothing was sent then
 * @throws {RequestAbortedError} when there is nobody to answer; nothing was sent then
 */
export function sendJson(
  res: HttpResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
  moreHeaders: readonly string[] = [],
): void {
  const { req } = res;
  const length = Buffer.byteLength(body);
  if (length >= worthCounting && !req.context.answerReserved) {
    requireUnanswered(res);
    req.context.hold(length);
  }
  const headers = beginAnswer(res);
  headers.push('Content-Type', contentType, ...moreHeaders);
  if (length < worthCompressing || !req.context.server.http.compressionEnable || !acceptsGzip(req)) {
    finish(res, status, headers, body, length);
  } else if (req.method === 'HEAD') {
    headers.push('Content-Encoding', 'gzip');
    finish(res, status, headers, '', undefined);
  } else {
    gzip(body, { level: compressionLevel }, (error, compressed) => {
      if (error !== null) {
        finish(res, status, headers, body, length);
        return;
      }
      headers.push('Content-Encoding', 'gzip');
      finish(res, status, headers, compressed, compressed.length);
    });
  }
}

/**
 * Makes room for an answer before the work that it tells of: what was done must not be answered with 503.
 *
 * @param bytes about what the body will have
 * @throws {RestError} 503
 */
export function reserveAnswer(req: HttpRequest, bytes: number): void {
  if (bytes >= worthCounting) req.context.hold(bytes);
  req.context.answerReserved = true;
}

/** 204. @throws {RequestAbortedError} as sendJson */
export function sendNoContent(res: HttpResponse): void {
  res.writeHead(204, beginAnswer(res));
  res.end();
}

/** An answer without a body that is not 204. @param moreHeaders name, value, … @throws {RequestAbortedError} as sendJson */
export function sendEmpty(res: HttpResponse, status: number, moreHeaders: readonly string[]): void {
  res.writeHead(status, [...beginAnswer(res), ...moreHeaders, 'Content-Length', '0']);
  res.end();
}

/**
 * True once the answer was handed over completely to the connection; false when the connection broke before.
 *
 * Ask it right after the answer was sent.
 */
export function responseWritten(res: HttpResponse): Promise<boolean> {
  if (res.writableFinished) return Promise.resolve(true);
  if (res.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    res.once('finish', () => resolve(true));
    res.once('close', () => resolve(res.writableFinished));
  });
}

/**
 * Marks the request as answered: for controllers that write their answer themselves.
 *
 * @returns the headers that every answer has, to append to
 * @throws {RequestAbortedError} when there is nobody to answer
 */
export function beginAnswer(res: HttpResponse): string[] {
  requireUnanswered(res);
  const { context } = res.req;
  context.answered = true;
  if (context.server.draining && !context.isForwarded) res.shouldKeepAlive = false;
  // What every answer has, the replica with the client's connection adds.
  return context.isForwarded ? [] : baseHeaders(res.req);
}

function requireUnanswered(res: HttpResponse): void {
  if (res.req.context.answered) throw new RequestAbortedError('The request was answered already');
  if (res.destroyed) throw new RequestAbortedError('The client is gone');
}

function finish(
  res: HttpResponse,
  status: number,
  headers: string[],
  body: string | Buffer,
  length: number | undefined,
): void {
  if (res.destroyed) return;
  if (length !== undefined) {
    headers.push('Content-Length', String(length));
    if (res.req.method !== 'HEAD') res.req.context.bytesOut = length;
  }
  res.writeHead(status, headers);
  res.end(body);
}
