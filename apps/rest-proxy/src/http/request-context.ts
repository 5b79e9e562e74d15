import { RequestAbortedError } from './request-aborted.error.ts';
import type { Routed } from './routed.ts';
import type { ServerState } from './server-state.ts';

/** What the proxy knows of one request besides HTTP: made at its start, read by the log line at its end. */
export class RequestContext {
  /** The endpoint's ResourceName once it is known, e.g. `api.v2.topics.list`. */
  endpoint: string | undefined;
  /** The negotiated type of the answer; errors carry it too. */
  contentType: string | undefined;
  /** Records written or read, for the log line. Controllers count. */
  records = 0;
  /** Bytes of the body as received. */
  bytesIn = 0;
  /** Bytes of the answer's body as sent. */
  bytesOut = 0;
  /** `error_code` of an error response. */
  errorCode: number | undefined;
  /** An answer was begun: there will be no other. */
  answered = false;
  /** The client waits for "100 Continue" before it sends its body. */
  expectsContinue = false;
  /** The Vary header of the answer. */
  vary = 'Accept-Encoding';
  /** Room for the answer is held already. */
  answerReserved = false;
  query: URLSearchParams | undefined;
  /** Set where another process may have a part in the request. */
  routed: Routed | undefined;
  /** The body as it came over the wire, of a request that may be sent on. */
  received: Promise<Buffer> | undefined;
  /** The replica that the request was sent on to. */
  owner: string | undefined;
  #isStream = false;
  #isOver = false;
  #held = 0;

  constructor(
    readonly server: ServerState,
    readonly requestId: string,
    /** From `performance.now()`. */
    readonly startedAt: number,
    /** By another replica, which has the client's connection and keeps the limit of requests. */
    readonly isForwarded = false,
  ) {}

  /**
   * Counts bytes against the server's limit until the request is over.
   *
   * @throws {RestError} 503
   * @throws {RequestAbortedError} when it is over already: nobody would give them back
   */
  hold(bytes: number): void {
    if (this.#isOver) throw new RequestAbortedError('The request is over');
    this.server.reserve(bytes);
    this.#held += bytes;
  }

  /** From now on it counts as an open stream, not as a request in flight. @throws {RestError} 503 */
  becomeStream(): void {
    this.server.admitStream();
    this.server.requestsInFlight--;
    this.#isStream = true;
  }

  /** The request is over. */
  release(): void {
    this.#isOver = true;
    if (this.#isStream) this.server.openStreams--;
    else if (!this.isForwarded) this.server.requestsInFlight--;
    if (this.#held === 0) return;
    this.server.release(this.#held);
    this.#held = 0;
  }
}
