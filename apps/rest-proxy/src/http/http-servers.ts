import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { HttpConfig, Listener } from '../config/config.ts';
import { ConnectionGuard } from './connection-guard.ts';
import { closeServer, openListener } from './open-listener.ts';
import type { RequestEntry } from './request-entry.ts';
import type { ServerState } from './server-state.ts';

/** TLS must be agreed upon, and then the header of a request be there, this long after the connection or the first byte. */
const headersTimeoutMs = 10_000;
/** A silent connection is asked by TCP after this whether its other end is still there. */
const deadPeerCheckMs = 60_000;
/** How often connections are looked at for the time of their headers. */
const checkEveryMs = 2_000;

/** All listeners of the proxy. */
export class HttpServers {
  readonly #servers: readonly { readonly server: Server; readonly listener: Listener }[];
  readonly #guard: ConnectionGuard;

  /** @param options of every server, besides what the configuration says */
  constructor(
    entry: RequestEntry,
    private readonly state: ServerState,
    private readonly options: ServerOptions = {},
  ) {
    this.#guard = new ConnectionGuard(state.http);
    this.#servers = state.http.listeners.map((listener) => ({
      listener,
      server: this.#create(listener, entry),
    }));
  }

  /**
   * Opens all listeners, or none.
   *
   * @returns their URLs, e.g. `http://0.0.0.0:8082`
   * @throws {Error} that names the address that cannot be had
   */
  async listen(): Promise<readonly string[]> {
    const attempts = this.#servers.map(({ server, listener }) => openListener(server, listener, 'listeners'));
    const results = await Promise.allSettled(attempts);
    if (results.some(({ status }) => status === 'rejected')) await this.close(0);
    return Promise.all(attempts);
  }

  /**
   * Stops accepting, lets running requests finish, closes every connection.
   *
   * @param graceMs connections that are still busy after this are cut
   */
  async close(graceMs: number): Promise<void> {
    this.state.drain();
    const closing = Promise.all(this.#servers.map(({ server }) => closeServer(server)));
    this.#guard.closeIdle();
    const cut = setTimeout(() => this.#guard.closeAll(), graceMs);
    await closing;
    clearTimeout(cut);
  }

  #create(listener: Listener, entry: RequestEntry): Server {
    const secure = listener.protocol === 'https';
    const options = { ...this.options, ...serverOptions(this.state.http) };
    const server = secure
      ? createTlsServer({ ...listener.tls, ...options, handshakeTimeout: headersTimeoutMs })
      : createServer(options);
    entry.serve(server, secure, this.#guard);
    this.#guard.watch(server);
    return server;
  }
}

function serverOptions(config: HttpConfig): ServerOptions {
  return {
    maxHeaderSize: config.maxRequestHeaderBytes,
    headersTimeout: headersTimeoutMs,
    // Bodies have a limit of their own where they are read: a stream may be open for a day.
    requestTimeout: 0,
    keepAliveTimeout: config.keepAliveTimeoutMs,
    connectionsCheckingInterval: checkEveryMs,
    // Answered by us, with an error body.
    requireHostHeader: false,
    noDelay: true,
    // A client that is gone without a word is found out, also while it waits for records.
    keepAlive: true,
    keepAliveInitialDelay: deadPeerCheckMs,
  };
}
