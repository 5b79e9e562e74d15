import type { IncomingHttpHeaders } from 'node:http';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { acceptsGzip } from '../http/accept-encoding.ts';
import { confirmAnswer } from '../http/broken-answers.ts';
import { beginAnswer, sendJson } from '../http/respond.ts';
import type { AnswerFate } from '../http/routed.ts';
import type { HttpResponse } from '../http/rest-request.ts';
import { answerHeaders, endpointHeader, headerOf, recordsHeader } from './hop-headers.ts';

/** An answer that makes progress keeps its records for so long. */
const holdMs = 5_000;
const holdEveryMs = 1_000;
/** As respond.ts and records-response.ts do it. */
const worthCompressing = 1024;
const compressionLevel = 1;

/** Writes the answer of another replica to the client, as if it were ours, and says what became of it. */
export class ForwardedAnswer {
  readonly #contentType: string | undefined;
  #out: Writable;
  #waits = false;
  #bytes = 0;
  #heldAt = performance.now();

  /** @param fate of the records in the answer, if there are any */
  constructor(
    private readonly res: HttpResponse,
    private readonly status: number,
    private readonly headers: IncomingHttpHeaders,
    private readonly fate: AnswerFate | undefined,
  ) {
    const { context } = res.req;
    this.#out = res;
    this.#contentType = headers['content-type'];
    context.contentType = this.#contentType;
    context.endpoint = headerOf(headers, endpointHeader) || undefined;
    // Whoever collected it has counted its bytes.
    context.answerReserved = true;
    context.records = Number(headerOf(headers, recordsHeader) ?? 0);
  }

  /**
   * Sends a whole answer.
   *
   * @throws {RequestAbortedError} when there is nobody to answer
   */
  send(body: Buffer): void {
    const { res, status } = this;
    const { context } = res.req;
    const more = answerHeaders(this.headers);
    this.#bytes = body.length;
    if (status >= 400) context.errorCode = errorCodeOf(body);
    if (this.#contentType === undefined || res.req.method === 'HEAD') this.#sendHead(more);
    else sendJson(res, status, this.#contentType, body, more);
    this.#follow();
  }

  /** Begins an answer that comes in pieces. @throws {RequestAbortedError} when there is nobody to answer */
  begin(): void {
    const { res } = this;
    const { context } = res.req;
    const headers = [...beginAnswer(res), ...this.#typed(answerHeaders(this.headers))];
    const compress = context.server.http.compressionEnable && acceptsGzip(res.req);
    if (compress) headers.push('Content-Encoding', 'gzip');
    else if (this.headers['content-length'] !== undefined) {
      headers.push('Content-Length', this.headers['content-length']);
    }
    res.writeHead(this.status, headers);
    this.#follow();
    if (!compress) return;
    const gzip = createGzip({ level: compressionLevel });
    gzip.on('error', () => res.destroy());
    res.once('close', () => gzip.destroy());
    gzip.on('data', (chunk: Buffer) => (context.bytesOut += chunk.length));
    gzip.pipe(res);
    this.#out = gzip;
  }

  /** @returns false when `goOn` is called once there is room for more */
  write(chunk: Buffer, goOn: () => void): boolean {
    const { res } = this;
    if (res.destroyed) return true;
    this.#bytes += chunk.length;
    const now = performance.now();
    if (now - this.#heldAt >= holdEveryMs) {
      this.#heldAt = now;
      this.fate?.hold(holdMs);
    }
    if (this.#out === res) res.req.context.bytesOut += chunk.length;
    if (this.#out.write(chunk)) return true;
    if (!this.#waits) {
      this.#waits = true;
      this.#out.once('drain', () => {
        this.#waits = false;
        goOn();
      });
    }
    return false;
  }

  end(): void {
    if (!this.res.destroyed) this.#out.end();
  }

  #sendHead(more: string[]): void {
    const { res } = this;
    const headers = [...beginAnswer(res), ...this.#typed(more)];
    const length = this.headers['content-length'];
    const { compressionEnable } = res.req.context.server.http;
    if (Number(length ?? 0) >= worthCompressing && compressionEnable && acceptsGzip(res.req)) {
      headers.push('Content-Encoding', 'gzip');
    } else if (length !== undefined) {
      headers.push('Content-Length', length);
    }
    res.writeHead(this.status, headers);
    res.end();
  }

  #typed(more: readonly string[]): readonly string[] {
    return this.#contentType === undefined ? more : ['Content-Type', this.#contentType, ...more];
  }

  /** Tells what becomes of the answer. */
  #follow(): void {
    const { res, fate } = this;
    if (fate === undefined) return;
    const { socket } = res.req;
    res.once('finish', () => confirmAnswer(socket, fate, this.#bytes));
    res.once('close', () => {
      if (!res.writableFinished) fate.abandon();
    });
  }
}

/** `error_code` of an error, for the log. */
function errorCodeOf(body: Buffer): number | undefined {
  const [, digits] = /^\{"error_code":(\d+),/.exec(body.toString('latin1', 0, 40)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
