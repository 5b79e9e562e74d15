import { createGzip } from 'node:zlib';
import type { Writable } from 'node:stream';
import type { Delivery } from '#libs/consumers/delivery.ts';
import { acceptsGzip } from '../../http/accept-encoding.ts';
import { confirmAnswer } from '../../http/broken-answers.ts';
import { beginAnswer, sendJson } from '../../http/respond.ts';
import type { RestResponse } from '../../http/rest-request.ts';
import { RecordsEncoder, type RecordExtensions } from './records-encoder.ts';

/** An answer that makes progress keeps its records for so long; then the next read may take them back. */
const holdMs = 5_000;
/** Speed before size. */
const compressionLevel = 1;

/**
 * Answers a read, and sees to it that the delivery is confirmed when the answer was written completely, and abandoned
 * when it was not.
 *
 * A large answer goes out in pieces, each when the connection has taken the one before.
 *
 * @throws {RestError} 503 when too many bytes wait for slow readers already; the records are delivered again then
 */
export function sendRecords(
  res: RestResponse,
  contentType: string,
  delivery: Delivery,
  extensions: RecordExtensions,
): void {
  const { context } = res.req;
  const count = delivery.records.length;
  context.records = count;
  const entrust = count === 0 ? undefined : context.routed?.entrust;
  entrust?.(delivery);
  const encoder = new RecordsEncoder(delivery, extensions);
  let bytes = Infinity;
  try {
    delivery.hold(holdMs);
    const first = encoder.next() ?? Buffer.alloc(0);
    const second = encoder.next();
    if (second === undefined) {
      bytes = first.length;
      sendJson(res, 200, contentType, first);
    } else {
      context.hold(bytesOf(delivery));
      stream(res, ['Content-Type', contentType], delivery, [first, second], encoder);
    }
  } catch (error) {
    delivery.abandon();
    throw error;
  }
  if (count === 0) return;
  if (entrust === undefined) {
    const { socket } = res.req;
    res.once('finish', () => confirmAnswer(socket, delivery, bytes));
  }
  res.once('close', () => {
    if (!res.writableFinished) delivery.abandon();
  });
}

function stream(
  res: RestResponse,
  head: readonly string[],
  delivery: Delivery,
  begun: readonly Buffer[],
  encoder: RecordsEncoder,
): void {
  const { context } = res.req;
  const headers = [...beginAnswer(res), ...head];
  const compress = context.server.http.compressionEnable && acceptsGzip(res.req);
  if (compress) headers.push('Content-Encoding', 'gzip');
  res.writeHead(200, headers);
  if (!compress) {
    void pump(res, res, delivery, begun, encoder);
    return;
  }
  const gzip = createGzip({ level: compressionLevel });
  gzip.on('error', () => res.destroy());
  res.once('close', () => gzip.destroy());
  gzip.on('data', (chunk: Buffer) => (context.bytesOut += chunk.length));
  gzip.pipe(res);
  void pump(gzip, res, delivery, begun, encoder);
}

/** Never rejects: a connection that breaks ends it, and `close` of the answer tells the rest. */
async function pump(
  out: Writable,
  res: RestResponse,
  delivery: Delivery,
  begun: readonly Buffer[],
  encoder: RecordsEncoder,
): Promise<void> {
  const ready = [...begun];
  for (;;) {
    const chunk = ready.shift() ?? encoder.next();
    if (res.destroyed) return;
    if (chunk === undefined) break;
    delivery.hold(holdMs);
    if (out === res) res.req.context.bytesOut += chunk.length;
    if (!out.write(chunk)) await drained(out, res);
  }
  out.end();
}

function drained(out: Writable, res: RestResponse): Promise<void> {
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

function bytesOf({ keys, values }: Delivery): number {
  let bytes = 0;
  for (const key of keys) bytes += key?.length ?? 0;
  for (const value of values) bytes += value?.length ?? 0;
  return bytes;
}
