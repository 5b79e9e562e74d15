import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { acceptsGzip } from '../http/accept-encoding.ts';
import { confirmAnswer } from '../http/broken-answers.ts';
import { beginAnswer, sendJson } from '../http/respond.ts';
import type { AnswerFate } from '../http/routed.ts';
import type { HttpResponse } from '../http/rest-request.ts';
import type { AnswerHead } from './hop-heads.ts';

/** An answer that makes progress keeps its records for so long. */
const holdMs = 5_000;
const holdEveryMs = 1_000;
/** As respond.ts and records-response.ts do it. */
const worthCompressing = 1024;
const compressionLevel = 1;

/** Writes the answer of another replica to the client, as if it were ours, and says what became of it. */
export class ForwardedAnswer {
  readonly #status: number;
  #contentType: string | undefined;
  #contentLength: string | undefined;
  /** What else is in its head: name, value, … */
  readonly #more: string[] = [];
  #out: Writable;
  #waits = false;
  #bytes = 0;
  #heldAt = performance.now();

  /** @param fate of the records in the answer, if there are any */
  constructor(
    private readonly res: HttpResponse,
    { endpoint, headers, records, status }: AnswerHead,
    private readonly fate: AnswerFate | undefined,
  ) {
    this.#status = status;
    this.#out = res;
    for (let i = 0; i + 1 < headers.length; i += 2) this.#hear(headers[i] ?? '', headers[i + 1] ?? '');
    const { context } = res.req;
    context.contentType = this.#contentType;
    context.endpoint = endpoint === '' ? undefined : endpoint;
    // Whoever collected it has counted its bytes.
    context.answerReserved = true;
    context.records = records;
  }

  /**
   * Sends a whole answer.
   *
   * @throws {RequestAbortedError} when there is nobody to answer
   */
  send(body: Buffer): void {
    const { res } = this;
    const { context } = res.req;
    this.#bytes = body.length;
    if (this.#status >= 400) context.errorCode = errorCodeOf(body);
    if (this.#contentType === undefined || res.req.method === 'HEAD') this.#sendHead();
    else sendJson(res, this.#status, this.#contentType, body, this.#more);
    this.#follow();
  }

  /** Begins an answer that comes in pieces. @throws {RequestAbortedError} when there is nobody to answer */
  begin(): void {
    const { res } = this;
    const { context } = res.req;
    const headers = this.#head();
    const compress = context.server.http.compressionEnable && acceptsGzip(res.req);
    if (compress) headers.push('Content-Encoding', 'gzip');
    else if (this.#contentLength !== undefined) headers.push('Content-Length', this.#contentLength);
    res.writeHead(this.#status, headers);
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

  #hear(name: string, value: string): void {
    if (name === 'Content-Type') this.#contentType = value;
    else if (name === 'Content-Length') this.#contentLength = value;
    else this.#more.push(name, value);
  }

  #sendHead(): void {
    const { res } = this;
    const headers = this.#head();
    const length = this.#contentLength;
    const { compressionEnable } = res.req.context.server.http;
    if (Number(length ?? 0) >= worthCompressing && compressionEnable && acceptsGzip(res.req)) {
      headers.push('Content-Encoding', 'gzip');
    } else if (length !== undefined) {
      headers.push('Content-Length', length);
    }
    res.writeHead(this.#status, headers);
    res.end();
  }

  #head(): string[] {
    const headers = beginAnswer(this.res);
    if (this.#contentType !== undefined) headers.push('Content-Type', this.#contentType);
    headers.push(...this.#more);
    return headers;
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
