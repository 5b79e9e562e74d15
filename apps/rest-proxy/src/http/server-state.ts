import { BlockList, isIP, isIPv6 } from 'node:net';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { ApiConfig, HttpConfig, LoggingConfig } from '../config/config.ts';
import { RouteTable } from './route-table.ts';

/** What clients of an overloaded proxy are told to wait. */
const retryAfterSeconds = 1;

/** Endpoints whose class has not their name before the last dot. */
const otherClasses: ReadonlyMap<string, string> = new Map([
  ['api.v3.partitions.list.offsets', 'api.v3.partition-offsets.*'],
]);

/** What all requests share: the limits, and how much of them is in use. */
export class ServerState {
  /** The paths that exist; complete once the application has started. */
  routes = new RouteTable([]);
  /** Without the streams. */
  requestsInFlight = 0;
  /** Requests that are open for as long as their clients like. */
  openStreams = 0;
  /** Bytes of bodies held in memory, received or waiting to be sent. */
  bytesInFlight = 0;
  readonly #stop = new AbortController();
  readonly #trusted: BlockList | undefined;
  readonly #allowed: ReadonlySet<string> | undefined;
  readonly #blocked: ReadonlySet<string>;

  constructor(
    readonly http: HttpConfig,
    api: Pick<ApiConfig, 'endpointsAllowlist' | 'endpointsBlocklist'>,
    readonly logging: Pick<LoggingConfig, 'debug'>,
  ) {
    this.#allowed = api.endpointsAllowlist.length > 0 ? new Set(api.endpointsAllowlist) : undefined;
    this.#blocked = new Set(api.endpointsBlocklist);
    this.#trusted = blockListOf(http.trustedProxies);
  }

  /** Set once the proxy is shutting down: answers end their connection. */
  get draining(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Fires when shutdown begins: what waits for nothing but time should end. */
  get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  /** Begins the shutdown; harmless the second time. */
  drain(): void {
    this.#stop.abort();
  }

  /** Whether the operator has switched the endpoint of an API off. Names are literal; `<class>.*` is a name too. */
  isBlocked(endpoint: string): boolean {
    if (this.#allowed === undefined && this.#blocked.size === 0) return false;
    if (!endpoint.startsWith('api.')) return false;
    const ofClass = otherClasses.get(endpoint) ?? `${endpoint.slice(0, endpoint.lastIndexOf('.'))}.*`;
    if (this.#blocked.has(endpoint) || this.#blocked.has(ofClass)) return true;
    return this.#allowed !== undefined && !this.#allowed.has(endpoint) && !this.#allowed.has(ofClass);
  }

  /** Whether forwarded headers from this address are believed. */
  trusts(address: string | undefined): boolean {
    if (this.#trusted === undefined || address === undefined) return false;
    const plain = address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
    return this.#trusted.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  }

  /** Takes bytes out of what may be in memory at one time. @throws {RestError} 503 when there is no room */
  reserve(bytes: number): void {
    if (!this.tryReserve(bytes)) throw overloaded('too many bytes in flight');
  }

  /** The same for whoever can wait. @returns false when there is no room */
  tryReserve(bytes: number): boolean {
    const limit = this.http.maxInflightBytes;
    if (limit > 0 && this.bytesInFlight + bytes > limit) return false;
    this.bytesInFlight += bytes;
    return true;
  }

  release(bytes: number): void {
    this.bytesInFlight -= bytes;
  }

  /** @throws {RestError} 503 when there are as many streams as there may be at one time */
  admitStream(): void {
    const limit = this.http.maxOpenStreams;
    if (limit > 0 && this.openStreams >= limit) throw overloaded('too many open streams');
    this.openStreams++;
  }

  /** @throws {RestError} 503 when there are as many requests as there may be at one time */
  admit(): void {
    const limit = this.http.maxInflightRequests;
    if (limit > 0 && this.requestsInFlight > limit) throw overloaded('too many requests in flight');
  }
}

const overloaded = (detail: string): Error => restErrors.overloaded(detail, { retryAfterSeconds });

/** @param ranges addresses and CIDR ranges, checked by the configuration */
function blockListOf(ranges: readonly string[]): BlockList | undefined {
  if (ranges.length === 0) return undefined;
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
