import { STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { HttpConfig } from '../config/config.ts';

/** Watches over connections: how many, how long silent, and what they say that is not HTTP. */
export class ConnectionGuard {
  /** By remote address and port. A TLS socket takes the place of the one that it was made of. */
  readonly #sockets = new Map<string, Socket>();
  /** Answers that are under way, a connection. Pipelining makes several. */
  readonly #busy = new WeakMap<Socket, ServerResponse[]>();

  constructor(private readonly config: Pick<HttpConfig, 'connectionLimit' | 'idleTimeoutMs'>) {}

  watch(server: Server): void {
    server.timeout = this.config.idleTimeoutMs;
    server.on('connection', (socket: Socket) => this.#admit(socket));
    server.on('secureConnection', (socket: Socket) => this.#sockets.set(keyOf(socket), socket));
    server.on('timeout', (socket: Socket) => this.#silent(socket));
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      this.#malformed(error, socket),
    );
  }

  /** An answer is to come on the connection. @param socket the request's */
  begin(socket: Socket, res: ServerResponse): void {
    const begun = this.#busy.get(socket);
    if (begun === undefined) this.#busy.set(socket, [res]);
    else begun.push(res);
  }

  /** The answer is over, one way or the other. */
  end(socket: Socket, res: ServerResponse): void {
    const begun = this.#busy.get(socket);
    begun?.splice(begun.indexOf(res), 1);
  }

  /** Ends the connections that wait for no answer of ours: idle ones, and those that have not asked anything yet. */
  closeIdle(): void {
    for (const socket of this.#sockets.values()) {
      if (!this.#isBusy(socket)) socket.destroy();
    }
  }

  closeAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  #admit(socket: Socket): void {
    const { connectionLimit } = this.config;
    if (connectionLimit > 0 && this.#sockets.size >= connectionLimit) {
      socket.destroy();
      return;
    }
    const key = keyOf(socket);
    this.#sockets.set(key, socket);
    socket.once('close', () => {
      // The same address may be in use again already.
      if (this.#sockets.get(key)?.destroyed === true) this.#sockets.delete(key);
    });
  }

  #isBusy(socket: Socket): boolean {
    return (this.#busy.get(socket)?.length ?? 0) > 0;
  }

  /** Nothing moved for a while. A client that waits for our answer may wait; one that does not read it may not. */
  #silent(socket: Socket): void {
    if (!this.#isBusy(socket) || socket.writableLength > 0) socket.destroy();
  }

  /** What came is not a request: the answer is written by hand, and the connection ends. */
  #malformed(error: NodeJS.ErrnoException, socket: Socket): void {
    const begun = this.#busy.get(socket)?.some((res) => res.headersSent) === true;
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

const keyOf = ({ remoteAddress, remotePort, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localPort}`;

/** The parser says in a few words of its own what it did not like. */
function malformed(error: NodeJS.ErrnoException & { readonly reason?: unknown }): RestError {
  return typeof error.reason === 'string' ? restErrors.badRequest(error.reason) : restErrors.malformedHttp();
}

const answers = new Map<string | undefined, () => RestError>([
  ['HPE_HEADER_OVERFLOW', restErrors.headerTooLarge],
  ['ERR_HTTP_REQUEST_TIMEOUT', restErrors.requestTimeout],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', () => restErrors.bodyTooLarge('The chunk extensions are too large')],
]);
