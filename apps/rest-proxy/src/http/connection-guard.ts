import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { HttpConfig } from '../config/config.ts';
import type { HttpRequest, HttpResponse } from './rest-request.ts';

/** Watches over connections: how many, how long silent, and what they say that is not HTTP. */
export class ConnectionGuard {
  #connections = 0;
  /** Answers that are under way, a connection. Pipelining makes several. */
  readonly #busy = new WeakMap<Socket, Set<HttpResponse>>();

  constructor(private readonly config: Pick<HttpConfig, 'connectionLimit' | 'idleTimeoutMs'>) {}

  watch(server: Server): void {
    server.timeout = this.config.idleTimeoutMs;
    server.on('connection', (socket: Socket) => this.#count(socket));
    server.on('request', (req: HttpRequest, res: HttpResponse) => this.#follow(req, res));
    server.on('checkContinue', (req: HttpRequest, res: HttpResponse) => this.#follow(req, res));
    server.on('timeout', (socket: Socket) => this.#silent(socket));
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      this.#malformed(error, socket),
    );
  }

  #count(socket: Socket): void {
    const { connectionLimit } = this.config;
    if (connectionLimit > 0 && this.#connections >= connectionLimit) {
      socket.destroy();
      return;
    }
    this.#connections++;
    socket.once('close', () => this.#connections--);
  }

  #follow(req: HttpRequest, res: HttpResponse): void {
    const { socket } = req;
    const begun = this.#busy.get(socket) ?? new Set();
    this.#busy.set(socket, begun.add(res));
    res.once('close', () => begun.delete(res));
  }

  /** Nothing moved for a while. A client that waits for our answer may wait; one that does not read it may not. */
  #silent(socket: Socket): void {
    const begun = this.#busy.get(socket);
    if (begun === undefined || begun.size === 0 || socket.writableLength > 0) socket.destroy();
  }

  /** What came is not a request: the answer is written by hand, and the connection ends. */
  #malformed(error: NodeJS.ErrnoException, socket: Socket): void {
    const begun = [...(this.#busy.get(socket) ?? [])].some((res) => res.headersSent);
    if (!socket.writable || begun || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const answer = answers.get(error.code)?.() ?? malformed(error);
    const body = JSON.stringify({ error_code: answer.errorCode, message: answer.message });
    socket.end(
      `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      () => socket.destroy(),
    );
  }
}

/** The parser says in a few words of its own what it did not like. */
function malformed(error: NodeJS.ErrnoException & { readonly reason?: unknown }): RestError {
  return typeof error.reason === 'string' ? restErrors.badRequest(error.reason) : restErrors.malformedHttp();
}

const answers = new Map<string | undefined, () => RestError>([
  ['HPE_HEADER_OVERFLOW', restErrors.headerTooLarge],
  ['ERR_HTTP_REQUEST_TIMEOUT', restErrors.requestTimeout],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', () => restErrors.bodyTooLarge('The chunk extensions are too large')],
]);
