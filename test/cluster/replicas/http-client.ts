import { connect } from 'node:net';
import { Agent } from 'undici';
import type { Outcome } from './history.ts';

export interface HttpAnswer {
  readonly outcome: Outcome;
  /** 0 without an answer. */
  readonly status: number;
  readonly text: string;
  readonly servedBy: readonly number[];
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Called once, when the first bytes of the body have come; what follows is read when it resolves.
   *
   * @param length of the body, if it is known by then
   */
  readonly onFirstBytes?: (length: number | undefined) => Promise<void>;
}

/** Longer than any answer may take: then it is no answer. */
const limitMs = 60_000;

/** Sends requests and keeps apart what came whole, what came as an error, and what broke. */
export class HttpClient {
  readonly #agent = new Agent({ headersTimeout: limitMs, bodyTimeout: limitMs, pipelining: 1 });

  /** Never rejects. */
  async send(url: string, request: HttpRequest): Promise<HttpAnswer> {
    const { origin, pathname, search } = new URL(url);
    let status = 0;
    let servedBy: readonly number[] = [];
    try {
      const answer = await this.#agent.request({
        origin,
        path: pathname + search,
        method: request.method,
        headers: { ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      status = answer.statusCode;
      servedBy = portsOf(answer.headers['x-served-by'], url);
      const given = answer.headers['content-length'];
      const length = given === undefined ? undefined : Number(given);
      const chunks: Buffer[] = [];
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        if (chunks.length === 0) await request.onFirstBytes?.(length);
        chunks.push(chunk);
      }
      const text = Buffer.concat(chunks).toString();
      return { outcome: status < 300 ? 'received' : 'refused', status, text, servedBy };
    } catch (error) {
      return { outcome: 'broken', status, text: reasonOf(error), servedBy };
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** nginx separates by `, ` what it asked one after another; a replica that was asked itself is in the URL. */
function portsOf(header: string | string[] | undefined, url: string): readonly number[] {
  if (header === undefined) return [Number(new URL(url).port)];
  return [...String(header).matchAll(/:(\d+)/g)].map(([, port]) => Number(port));
}

/** The beginning of a body that says what is wrong; of a page of nginx its title. */
export function briefly(text: string): string {
  return (/<title>(.*)<\/title>/.exec(text)?.[1] ?? text).slice(0, 300);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? `${String(error.code)} ${error.message}` : error.message;
}

/**
 * Asks a replica itself, and hangs up when the first bytes have come: by a reset when `abruptly`, else as a process
 * that ends. An answer so small that it was complete by then has been received.
 */
export function hangUp(
  port: number,
  path: string,
  accept: string,
  abruptly: boolean,
): Promise<Pick<HttpAnswer, 'outcome' | 'status' | 'text'>> {
  return new Promise((resolve) => {
    let outcome: Outcome = 'broken';
    let status = 0;
    let text = 'no answer';
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(limitMs, () => socket.destroy());
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: ${accept}\r\n\r\n`);
    socket.once('data', (data) => {
      const [head = ''] = data.toString().split('\r\n\r\n', 1);
      const body = data.subarray(Buffer.byteLength(head) + 4);
      status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0);
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      const isWhole = length !== undefined && body.length >= Number(length);
      outcome = isWhole ? (status < 300 ? 'received' : 'refused') : 'hung up';
      text = isWhole ? body.toString() : '';
      if (isWhole || !abruptly) socket.destroy();
      else socket.resetAndDestroy();
    });
    socket.on('error', (error) => {
      if (status === 0) text = reasonOf(error);
    });
    socket.once('close', () => resolve({ outcome, status, text }));
  });
}
