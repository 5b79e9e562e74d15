import type { RestError } from '#libs/errors/rest-error.ts';
import { beginAnswer, sendJson } from './respond.ts';
import type { HttpRequest, HttpResponse } from './rest-request.ts';

/** What is left of a body that nobody reads: beyond this the connection ends instead of reading it to the end. */
const worthReadingToTheEnd = 64 * 1024;
/** How long a client that is still sending may take to see our answer before the connection breaks. */
const lingerMs = 1_000;

/**
 * Answers with an error.
 *
 * A client that is in the middle of a large upload gets the answer at once, too; what it goes on sending is thrown
 * away for a while, because a connection that is closed with unread bytes takes the answer with it.
 *
 * @throws {RequestAbortedError} when there is nobody to answer
 */
export function sendError(res: HttpResponse, error: RestError, moreHeaders: readonly string[] = []): void {
  const { req } = res;
  const { context } = req;
  context.errorCode = error.errorCode;
  const headers = [...moreHeaders];
  if (error.retryAfterSeconds !== undefined) headers.push('Retry-After', String(error.retryAfterSeconds));
  const contentType = context.contentType ?? unnegotiatedType(req);
  const body = JSON.stringify({ error_code: error.errorCode, message: error.message });
  if (isUploading(req)) {
    res.shouldKeepAlive = false;
    const all = [...beginAnswer(res), 'Content-Type', contentType, ...headers];
    res.writeHead(error.status, [...all, 'Content-Length', String(Buffer.byteLength(body))]);
    res.write(body);
    context.bytesOut = body.length;
    endAfterUpload(req, res);
  } else {
    // What belongs to this body and what to the next request is not to be told apart any more.
    if (context.expectsContinue || error.errorCode === 408) res.shouldKeepAlive = false;
    sendJson(res, error.status, contentType, body, headers);
  }
}

/** The type of an error that came before negotiation: the first of Accept that the operator prefers. */
function unnegotiatedType(req: HttpRequest): string {
  const { mediaTypePreferred, mediaTypeDefault } = req.context.server.http;
  for (const item of (req.headers.accept ?? '').split(',')) {
    const type = item.trim().toLowerCase();
    if (mediaTypePreferred.includes(type)) return type;
  }
  return mediaTypeDefault;
}

function isUploading(req: HttpRequest): boolean {
  if (req.complete) return false;
  if (req.headers['transfer-encoding'] !== undefined) return true;
  return Number(req.headers['content-length'] ?? 0) - req.context.bytesIn > worthReadingToTheEnd;
}

/** Ends the answer when the client has stopped sending, or after a while. */
function endAfterUpload(req: HttpRequest, res: HttpResponse): void {
  const timer = setTimeout(end, lingerMs);
  function end(): void {
    clearTimeout(timer);
    req.off('end', end).off('close', end);
    res.end();
  }
  req.on('end', end).on('close', end).resume();
}
