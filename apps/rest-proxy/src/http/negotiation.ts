import type { Endpoint } from './media-types.ts';
import type { RestRequest } from './rest-request.ts';

export interface Negotiated {
  /** For the answer's Content-Type, parameters of the Accept header included. */
  readonly contentType: string;
}

export interface NegotiatedFormat<Format extends string> extends Negotiated {
  readonly format: Format;
}

/**
 * Checks Content-Type, then Accept, and remembers endpoint and content type on the request.
 *
 * @throws {RestError} 415, 406; 404 or 405 when the operator has blocked the endpoint
 */
export function negotiate(req: RestRequest, endpoint: Endpoint): Negotiated {
  req.context.endpoint = endpoint.name;
  const contentType = endpoint.produces[0] ?? 'application/json';
  req.context.contentType = contentType;
  return { contentType };
}

/**
 * The same where one route has an endpoint a format (produce, `/records`): picks one by Content-Type and Accept.
 *
 * @param endpoints in the original's order of methods: the first is taken when the request leaves it open
 * @throws {RestError} as `negotiate`
 */
export function negotiateFormat<Format extends string>(
  req: RestRequest,
  endpoints: Readonly<Record<Format, Endpoint>>,
): NegotiatedFormat<Format> {
  for (const format in endpoints) {
    return { format, ...negotiate(req, endpoints[format]) };
  }
  throw new TypeError('no endpoints');
}
