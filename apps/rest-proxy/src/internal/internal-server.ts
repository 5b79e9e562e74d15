import {
  createServer,
  ServerResponse,
  type IncomingMessage,
  type Server,
  type ServerOptions,
} from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { Logger } from '@nestjs/common';
import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { InternalConfig, Listener } from '../config/config.ts';
import { ConnectionGuard } from '../http/connection-guard.ts';
import { closeServer, openListener } from '../http/open-listener.ts';
import { answerError } from './internal-answer.ts';
import type { InternalRoutes } from './internal-routes.ts';

const key = 'internal.listeners';

/** Every forwarded read that waits has a connection. */
const mostConnections = 20_000;
const headersTimeoutMs = 10_000;
/** A whole request with its body; how long an answer may take is its handler's business. */
const requestTimeoutMs = 60_000;
const keepAliveTimeoutMs = 75_000;
const idleTimeoutMs = 90_000;
/** What is still being answered when the proxy ends. */
const closingMs = 1_000;

/** The internal listeners: for operators, probes and other replicas, never for clients. */
export class InternalServer {
  readonly #logger = new Logger(InternalServer.name);
  readonly #guard = new ConnectionGuard({ connectionLimit: mostConnections, idleTimeoutMs });
  readonly #servers: readonly { readonly server: Server; readonly listener: Listener }[];
  #closing = false;

  /** @param options of every server, besides our own */
  constructor(
    private readonly config: Pick<InternalConfig, 'listeners' | 'required'>,
    private readonly routes: InternalRoutes,
    options: ServerOptions = {},
  ) {
    this.#servers = config.listeners.map((listener) => ({
      listener,
      server: this.#create(listener, options),
    }));
  }

  /**
   * Opens all listeners, or none. Those that nobody has asked for may be missing: that is said, and the proxy goes on.
   *
   * @returns their URLs
   * @throws {Error} that names the address that cannot be had
   */
  async listen(): Promise<readonly string[]> {
    const attempts = this.#servers.map(({ server, listener }) => openListener(server, listener, key));
    const results = await Promise.allSettled(attempts);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined) return Promise.all(attempts);
    await this.close();
    const { reason } = failed as { readonly reason: unknown };
    if (this.config.required) throw reason;
    const why = reason instanceof Error ? reason.message : String(reason);
    this.#logger.warn(`${why}. The proxy goes on without: there are no metrics`);
    return [];
  }

  /** Stops accepting, gives what is being answered a little time, closes every connection. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = Promise.all(this.#servers.map(({ server }) => closeServer(server)));
    this.#guard.closeIdle();
    this.routes.upgrade?.end();
    const cut = setTimeout(() => this.#guard.closeAll(), closingMs);
    await closed;
    clearTimeout(cut);
  }

  #create({ protocol, tls }: Listener, more: ServerOptions): Server {
    const options = {
      ...more,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      noDelay: true,
      keepAlive: true,
      shouldUpgradeCallback: ({ url }: IncomingMessage) =>
        url !== undefined && url === this.routes.upgrade?.path,
    };
    const server =
      protocol === 'https'
        ? createTlsServer({ ...tls, ...options, handshakeTimeout: headersTimeoutMs })
        : createServer(options);
    server.on('request', (req, res) => void this.#serve(req, res));
    // Node says Duplex for those that make their connections themselves.
    server.on('upgrade', (req, socket) => this.#upgrade(req, socket as Socket));
    this.#guard.watch(server);
    return server;
  }

  #upgrade(req: IncomingMessage, socket: Socket): void {
    // Not idle until it ends.
    const res = new ServerResponse(req);
    this.#guard.begin(socket, res);
    socket.on('error', () => socket.destroy());
    try {
      if (this.#closing) throw restErrors.notFound();
      this.routes.upgrade?.take(req, socket);
    } catch (error) {
      this.#guard.end(socket, res);
      res.assignSocket(socket);
      res.shouldKeepAlive = false;
      res.on('finish', () => socket.destroySoon());
      this.#fail(res, error);
    }
  }

  /** Never rejects. */
  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { socket } = req;
    this.#guard.begin(socket, res);
    res.on('close', () => {
      this.#guard.end(socket, res);
      if (this.#closing) this.#guard.closeIdle();
    });
    if (this.#closing) res.shouldKeepAlive = false;
    try {
      await this.routes.handlerOf(req)(req, res);
    } catch (error) {
      this.#fail(res, error);
    }
  }

  #fail(res: ServerResponse, error: unknown): void {
    if (!(error instanceof RestError)) this.#logger.error({ err: error }, 'An internal request failed');
    if (res.headersSent) res.destroy();
    else answerError(res, error instanceof RestError ? error : restErrors.internal());
  }
}
