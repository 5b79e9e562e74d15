import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { RestError } from '#libs/errors/rest-error.ts';

export const secretHeader = 'x-krest-secret';

/** Tells whether a request on an internal listener comes from another replica. */
export class HopSecret {
  readonly #digests: readonly Buffer[];
  /** What connections have proved before. */
  readonly #proved = new WeakMap<Socket, string>();

  /**
   * @param accepted any of them will do; empty: none does
   * @param mutualTls a certificate that the listener trusts will do
   */
  constructor(
    accepted: readonly string[],
    private readonly mutualTls: boolean,
  ) {
    this.#digests = accepted.map(digestOf);
  }

  /** @throws {RestError} 403 */
  check(req: IncomingMessage): void {
    const { socket } = req;
    if (this.mutualTls && socket instanceof TLSSocket && socket.authorized) return;
    const header = req.headers[secretHeader];
    const given = typeof header === 'string' ? header : '';
    // Whoever has the secret learns nothing from how long a comparison takes.
    if (this.#proved.get(socket) === given) return;
    if (!this.#isAccepted(digestOf(given))) {
      throw new RestError(403, 403, 'Not a replica of this proxy');
    }
    this.#proved.set(socket, given);
  }

  /** Compares with all of them, so that the time does not say which one it is. */
  #isAccepted(given: Buffer): boolean {
    return this.#digests.filter((digest) => timingSafeEqual(given, digest)).length > 0;
  }
}

/** All digests have the same length, so that a comparison tells nothing of it. */
const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');
