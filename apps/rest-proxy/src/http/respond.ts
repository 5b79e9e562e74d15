import type { RestRequest, RestResponse } from './rest-request.ts';

/** Headers that every answer has, for `writeHead`: name, value, name, value, … Append your own. */
export function baseHeaders(req: RestRequest): string[] {
  return ['Vary', 'Accept-Encoding', 'X-Request-Id', req.context.requestId];
}

/**
 * Answers with a body, compressed when the client asks for it and it is worthwhile.
 *
 * @throws {RestError} 503 when too many bytes wait for slow readers already; nothing was sent then
 */
export function sendJson(
  res: RestResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
): void {
  const headers = baseHeaders(res.req);
  headers.push('Content-Type', contentType, 'Content-Length', String(Buffer.byteLength(body)));
  res.writeHead(status, headers);
  res.end(body);
}

/** 204. */
export function sendNoContent(res: RestResponse): void {
  res.writeHead(204, baseHeaders(res.req));
  res.end();
}

/** True once the answer was handed over completely to the connection; false when the connection broke before. */
export function responseWritten(res: RestResponse): Promise<boolean> {
  if (res.writableFinished) return Promise.resolve(true);
  return new Promise((resolve) => {
    res.once('finish', () => resolve(true));
    res.once('close', () => resolve(false));
  });
}
