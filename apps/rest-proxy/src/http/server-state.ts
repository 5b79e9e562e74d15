import type { HttpConfig } from '../config/config.ts';

/** What all requests share: the limits, and how much of them is in use. */
export class ServerState {
  /** Set once the proxy is shutting down: answers end their connection. */
  draining = false;
  requestsInFlight = 0;
  /** Bytes of bodies held in memory, received or waiting to be sent. */
  bytesInFlight = 0;

  constructor(readonly http: HttpConfig) {}
}
