import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Pool } from 'undici';
import type { ReplicasConfig } from '../config/config.ts';
import type { DeliveryReport } from './delivery-report.ts';
import type { RequestHead } from './hop-heads.ts';
import { secretHeader } from './hop-secret.ts';
import { PeerLink, type LinkCall, type LinkExchange } from './peer-link.ts';
import type { SilenceWatch } from './silence-watch.ts';

/** Where replicas open links to each other, and the protocol that they speak there. */
export const linkPath = '/replica/link';
export const linkProtocol = 'krest-link-1';

const connectMs = 500;
/** As many requests wait on one other replica at a time; what comes beyond is refused. */
const mostForwarded = 8_192;
/** Bytes of requests that the other replica has not taken yet; beyond this no more is sent. */
const mostBacklog = 67_108_864;
/** For what replicas ask each other besides. */
const controlConnections = 64;
/** A replica with this address that nobody asks for so long has gone. */
const forgetMs = 300_000;
/** Less than a replica keeps one without requests; it is not told anew with each answer. */
const keepMs = 60_000;

interface Peer {
  readonly control: Pool;
  readonly link: PeerLink;
  usedAt: number;
}

/** Ways to the other replicas, kept open for the next request. */
@Injectable()
export class PeerConnections {
  readonly #peers = new Map<string, Peer>();

  /** @param stillHas whether the client of an answer, confirmed a moment ago, has not gone since. Never rejects */
  constructor(
    private readonly settings: ReplicasConfig['hop'],
    private readonly silence: SilenceWatch,
    private readonly stillHas: (id: string) => Promise<boolean>,
  ) {}

  /** Requests that were sent on and have not ended. */
  get running(): number {
    return this.#sum(({ link }) => link.running);
  }

  /** Reports that nobody has heard yet. */
  get unheard(): number {
    return this.#sum(({ link }) => link.unheard);
  }

  /** Sends a client's request on. @returns undefined when too many are under way already */
  forward(address: string, head: RequestHead, body: Buffer, call: LinkCall): LinkExchange | undefined {
    const { link } = this.#peer(address);
    if (link.running >= mostForwarded || link.backlog > mostBacklog) return undefined;
    return link.send(head, body, call);
  }

  /** Tells a replica what became of an answer of its. */
  report(address: string, report: DeliveryReport): void {
    this.#peer(address).link.report(report);
  }

  /** Asks or tells a replica something else. @throws what undici throws, after `limitMs` at the latest */
  async control(
    address: string,
    method: 'GET' | 'POST',
    path: string,
    limitMs: number,
    body?: string,
  ): Promise<{ readonly status: number; readonly text: string }> {
    // AbortSignal.timeout would leave its timer behind after every request.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException('No answer', 'TimeoutError')), limitMs);
    try {
      const { statusCode, body: answer } = await this.#peer(address).control.request({
        method,
        path,
        signal: late.signal,
        headers: this.#secret,
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
    await Promise.all(peers.map(end));
  }

  get #secret(): Readonly<Record<string, string>> {
    const { secret } = this.settings;
    return secret === '' ? {} : { [secretHeader]: secret };
  }

  #sum(count: (peer: Peer) => number): number {
    let sum = 0;
    for (const peer of this.#peers.values()) sum += count(peer);
    return sum;
  }

  #peer(address: string): Peer {
    const now = performance.now();
    const known = this.#peers.get(address);
    if (known !== undefined) {
      known.usedAt = now;
      return known;
    }
    this.#forget(now);
    const control = new Pool(address, { ...this.#options(), connections: controlConnections });
    const link = new PeerLink({
      open: (signal) => this.#open(control, signal),
      silence: this.silence,
      stillHas: this.stillHas,
    });
    const peer: Peer = { control, link, usedAt: now };
    this.#peers.set(address, peer);
    return peer;
  }

  async #open(control: Pool, signal: AbortSignal): Promise<Socket> {
    const { socket } = await control.upgrade({
      path: linkPath,
      protocol: linkProtocol,
      headers: this.#secret,
      signal,
    });
    const connection = socket as Socket;
    connection.setNoDelay(true);
    connection.setKeepAlive(true, keepMs);
    return connection;
  }

  #options(): Pool.Options {
    const { tls, checksHost } = this.settings;
    return {
      pipelining: 1,
      keepAliveTimeout: keepMs,
      // How long a replica may be silent is watched by whoever waits for it.
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
    for (const [address, peer] of this.#peers) {
      if (peer.link.running > 0 || now - peer.usedAt < forgetMs) continue;
      this.#peers.delete(address);
      void end(peer);
    }
  }
}

async function end({ control, link }: Peer): Promise<void> {
  link.close();
  await control.destroy();
}
