import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';

/** Answers a request. What it throws is answered as an error, as long as the answer has not begun. */
export type InternalHandler = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

/** Whoever takes connections over from HTTP. */
export interface InternalUpgrade {
  readonly path: string;
  /** The connection is the taker's unless this throws: that is answered as an error. */
  take(req: IncomingMessage, socket: Socket): void;
  /** Ends the connections that it has taken, each when it can. */
  end(): void;
}

/**
 * What the internal listeners serve. Who has something to serve registers it while the application starts.
 *
 * Paths are compared as they are: no parameters, no decoding; the query does not count. One handler may take all else.
 */
@Injectable()
export class InternalRoutes {
  readonly #routes = new Map<string, Map<string, InternalHandler>>();
  #fallback: InternalHandler = () => {
    throw restErrors.notFound();
  };

  /** @param method upper case; GET answers HEAD as well */
  register(method: string, path: string, handler: InternalHandler): void {
    const ofPath = this.#routes.get(path) ?? new Map<string, InternalHandler>();
    if (ofPath.has(method)) throw new Error(`${method} ${path} is registered already`);
    this.#routes.set(path, ofPath.set(method, handler));
  }

  /** Takes the requests whose path nobody has registered; 404 until somebody does. */
  set fallback(handler: InternalHandler) {
    this.#fallback = handler;
  }

  /** The one path whose connections can be taken over; none until somebody does. */
  upgrade: InternalUpgrade | undefined;

  /** @returns what answers the request, also when that is an error. */
  handlerOf({ method = '', url = '' }: Pick<IncomingMessage, 'method' | 'url'>): InternalHandler {
    const query = url.indexOf('?');
    const ofPath = this.#routes.get(query === -1 ? url : url.slice(0, query));
    if (ofPath === undefined) return this.#fallback;
    return ofPath.get(method === 'HEAD' ? 'GET' : method) ?? wrongMethod([...ofPath.keys()]);
  }
}

const wrongMethod =
  (methods: readonly string[]): InternalHandler =>
  (_req, res) => {
    res.setHeader('Allow', methods.join(','));
    throw restErrors.methodNotAllowed();
  };
