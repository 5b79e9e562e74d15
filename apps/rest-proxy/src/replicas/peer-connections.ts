import { Pool, type Dispatcher } from 'undici';
import { secretHeader } from './hop-headers.ts';
import type { ReplicasConfig } from '../config/config.ts';

const connectMs = 500;
/** As many requests wait on one other replica at a time; what comes beyond is refused. */
const mostForwarded = 8_192;
/** For what replicas tell and ask each other: it must not wait behind reads. */
const controlConnections = 64;
/** A replica with this address that nobody asks for so long has gone. */
const forgetMs = 300_000;
/** Less than a replica keeps one without requests; it is not told anew with each answer. */
const keepMs = 60_000;

interface Peer {
  readonly forwards: Pool;
  readonly control: Pool;
  running: number;
  usedAt: number;
}

/** Connections to the other replicas, kept open for the next request. */
export class PeerConnections {
  readonly #peers = new Map<string, Peer>();

  constructor(private readonly settings: ReplicasConfig['hop']) {}

  /** Requests that were sent on and have not ended. */
  get running(): number {
    let running = 0;
    for (const peer of this.#peers.values()) running += peer.running;
    return running;
  }

  /** Requests that were sent on to this replica and have not ended. */
  runningAt(address: string): number {
    return this.#peers.get(address)?.running ?? 0;
  }

  /**
   * Sends a client's request on.
   *
   * @param headers name, value, …
   * @returns what to call once it has ended; undefined when too many are under way already
   */
  forward(
    address: string,
    request: Pick<Dispatcher.DispatchOptions, 'method' | 'path' | 'body'> & { readonly headers: string[] },
    handler: Dispatcher.DispatchHandler,
  ): (() => void) | undefined {
    const peer = this.#peer(address);
    if (peer.running >= mostForwarded) return undefined;
    peer.running++;
    if (this.settings.secret !== '') request.headers.push(secretHeader, this.settings.secret);
    peer.forwards.dispatch(request, handler);
    return () => void peer.running--;
  }

  /** Asks or tells a replica something. @throws what undici throws, after `limitMs` at the latest */
  async control(
    address: string,
    method: 'GET' | 'POST',
    path: string,
    limitMs: number,
    body?: string,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { secret } = this.settings;
    // AbortSignal.timeout would leave its timer behind after every request.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException('No answer', 'TimeoutError')), limitMs);
    try {
      const { statusCode, body: answer } = await this.#peer(address).control.request({
        method,
        path,
        signal: late.signal,
        headers: secret === '' ? {} : { [secretHeader]: secret },
        ...(body === undefined ? {} : { body }),
      });
      return { status: statusCode, text: await answer.text() };
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    const peers = [...this.#peers.values()];
    this.#peers.clear();
    await Promise.all(peers.flatMap(({ forwards, control }) => [forwards.destroy(), control.destroy()]));
  }

  #peer(address: string): Peer {
    const now = performance.now();
    const known = this.#peers.get(address);
    if (known !== undefined) {
      known.usedAt = now;
      return known;
    }
    this.#forget(now);
    const peer: Peer = {
      forwards: new Pool(address, { ...this.#options(), connections: mostForwarded }),
      control: new Pool(address, { ...this.#options(), connections: controlConnections }),
      running: 0,
      usedAt: now,
    };
    this.#peers.set(address, peer);
    return peer;
  }

  #options(): Pool.Options {
    const { tls, checksHost } = this.settings;
    return {
      pipelining: 1,
      keepAliveTimeout: keepMs,
      // How long an owner may be silent is watched by whoever forwards.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        ...tls,
        ...(checksHost ? {} : { checkServerIdentity: () => undefined }),
        timeout: connectMs,
        noDelay: true,
      },
    };
  }

  /** Addresses change with every start of a replica. */
  #forget(now: number): void {
    for (const [address, { forwards, control, running, usedAt }] of this.#peers) {
      if (running > 0 || now - usedAt < forgetMs) continue;
      this.#peers.delete(address);
      void forwards.destroy();
      void control.destroy();
    }
  }
}
