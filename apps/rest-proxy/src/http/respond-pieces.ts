import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { acceptsGzip } from './accept-encoding.ts';
import { beginAnswer } from './respond.ts';
import type { HttpResponse } from './rest-request.ts';

/** Speed before size. */
const compressionLevel = 1;

/**
 * Answers 200 with a body that is made piece by piece, each when the connection has taken the one before.
 *
 * Resolves when the last piece was written, or the client went away.
 *
 * @throws what the first piece fails with, nothing was sent then; a later failure breaks the connection
 */
export async function sendPieces(
  res: HttpResponse,
  contentType: string,
  pieces: AsyncIterable<string>,
): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  let piece = await iterator.next();
  const { context } = res.req;
  const headers = [...beginAnswer(res), 'Content-Type', contentType];
  const gzip =
    context.server.http.compressionEnable && acceptsGzip(res.req)
      ? createGzip({ level: compressionLevel })
      : undefined;
  if (gzip !== undefined) {
    headers.push('Content-Encoding', 'gzip');
    gzip.on('error', () => res.destroy());
    res.once('close', () => gzip.destroy());
  }
  res.writeHead(200, headers);
  if (res.req.method === 'HEAD') {
    res.end();
    await iterator.return?.();
    return;
  }
  gzip?.pipe(res);
  const out: Writable = gzip ?? res;
  for (; piece.done !== true; piece = await iterator.next()) {
    if (res.destroyed) {
      await iterator.return?.();
      return;
    }
    context.bytesOut += Buffer.byteLength(piece.value);
    if (!out.write(piece.value)) await drained(out, res);
  }
  out.end();
}

function drained(out: Writable, res: HttpResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      out.off('drain', go);
      res.off('close', go);
      resolve();
    };
    out.once('drain', go);
    res.once('close', go);
  });
}
