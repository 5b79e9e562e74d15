import type { IncomingMessage, ServerResponse } from 'node:http';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { Request, Response } from 'express';
import type { RequestContext } from './request-context.ts';

/** A request as it enters, before routing. */
export interface HttpRequest extends IncomingMessage {
  readonly context: RequestContext;
}

export type HttpResponse = ServerResponse & { readonly req: HttpRequest };

/** A request as controllers get it. */
export interface RestRequest extends Request {
  readonly context: RequestContext;
}

export type RestResponse = Response & { readonly req: RestRequest };

const noQuery = new URLSearchParams();

/** The query, parsed once. */
export function queryOf(req: RestRequest): URLSearchParams {
  const { context, url } = req;
  if (context.query === undefined) {
    const at = url.indexOf('?');
    context.query = at === -1 ? noQuery : new URLSearchParams(url.slice(at + 1));
  }
  return context.query;
}

/** A named segment of the path, decoded. @throws {TypeError} when the route has no such segment */
export function pathParam(req: RestRequest, name: string): string {
  const value: unknown = req.params[name];
  if (typeof value !== 'string') throw new TypeError(`The route has no parameter ${name}`);
  return value;
}

const largestInt = 2 ** 31 - 1;

/**
 * A number of a path or query, as Java's Integer.
 *
 * @param _name what the number is; the answer does not say it, as the original's
 * @throws {RestError} 404 when it is none, as the original
 */
export function intParam(text: string, _name: string): number {
  const value = /^[+-]?\d{1,20}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= -largestInt - 1 && value <= largestInt)) throw restErrors.notFound();
  return value;
}
