import type { ServerState } from './server-state.ts';

/** What the proxy knows of one request besides HTTP: made at its start, read by the log line at its end. */
export class RequestContext {
  /** The endpoint's ResourceName once it is known, e.g. `api.v2.topics.list`. */
  endpoint: string | undefined;
  /** The negotiated type of the answer; errors carry it too. */
  contentType: string | undefined;
  /** Records written or read, for the log line. */
  records = 0;
  /** Bytes of the body as received. */
  bytesIn = 0;
  /** Bytes of the answer's body. */
  bytesOut = 0;
  /** The client waits for "100 Continue" before it sends its body. */
  expectsContinue = false;
  query: URLSearchParams | undefined;

  constructor(
    readonly server: ServerState,
    readonly requestId: string,
    /** From `performance.now()`. */
    readonly startedAt: number,
  ) {}
}
