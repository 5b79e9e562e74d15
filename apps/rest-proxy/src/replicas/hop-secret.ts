import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { RestError } from '#libs/errors/rest-error.ts';

export const secretHeader = 'x-krest-secret';

/** Tells whether a request on an internal listener comes from another replica. */
export class HopSecret {
  readonly #digest: Buffer | undefined;
  /** What connections have proved before. */
  readonly #proved = new WeakMap<Socket, string>();

  /**
   * @param secret empty: there is none
   * @param mutualTls a certificate that the listener trusts will do
   */
  constructor(
    secret: string,
    private readonly mutualTls: boolean,
  ) {
    this.#digest = secret === '' ? undefined : digestOf(secret);
  }

  /** @throws {RestError} 403 */
  check(req: IncomingMessage): void {
    const { socket } = req;
    if (this.mutualTls && socket instanceof TLSSocket && socket.authorized) return;
    const header = req.headers[secretHeader];
    const given = typeof header === 'string' ? header : '';
    // Whoever has the secret learns nothing from how long a comparison takes.
    if (this.#digest !== undefined && this.#proved.get(socket) === given) return;
    if (this.#digest === undefined || !timingSafeEqual(digestOf(given), this.#digest)) {
      throw new RestError(403, 403, 'Not a replica of this proxy');
    }
    this.#proved.set(socket, given);
  }
}

/** All digests have the same length, so that a comparison tells nothing of it. */
const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');
