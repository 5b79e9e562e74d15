import type { ServerResponse } from 'node:http';
import type { RestError } from '#libs/errors/rest-error.ts';
import { json } from '../http/media-types.ts';

/** Answers a request of an internal listener with a whole body. Nobody may keep it. */
export function answer(res: ServerResponse, status: number, contentType: string, body: string): void {
  res.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  res.end(body);
}

/** Answers with an error, in the form that clients get. */
export function answerError(res: ServerResponse, error: RestError): void {
  if (error.retryAfterSeconds !== undefined) res.setHeader('Retry-After', error.retryAfterSeconds);
  const body = JSON.stringify({ error_code: error.errorCode, message: error.message });
  answer(res, error.status, json, body);
}
