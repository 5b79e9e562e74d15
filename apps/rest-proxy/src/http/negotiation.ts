import { restErrors } from '#libs/errors/rest-errors.ts';
import type { Endpoint } from './media-types.ts';
import { Negotiator, type Outcome } from './negotiator.ts';
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
 * @throws {RestError} 415, 406, 400; 404 or 405 when the operator has blocked the endpoint
 */
export function negotiate(req: RestRequest, endpoint: Endpoint): Negotiated {
  let negotiator = negotiators.get(endpoint);
  if (negotiator === undefined) {
    negotiator = new Negotiator([endpoint]);
    negotiators.set(endpoint, negotiator);
  }
  return settle(req, negotiator.negotiate(req.headers['content-type'], req.headers.accept), endpoint);
}

/**
 * The same where one route has an endpoint a format (produce, `/records`): picks one by Content-Type and Accept.
 *
 * @param endpoints one constant object, in the original's order of methods: the first is taken when the request leaves
 *   it open
 * @throws {RestError} as `negotiate`
 */
export function negotiateFormat<Format extends string>(
  req: RestRequest,
  endpoints: Readonly<Record<Format, Endpoint>>,
): NegotiatedFormat<Format> {
  let known = formatNegotiators.get(endpoints);
  if (known === undefined) {
    known = {
      negotiator: new Negotiator(Object.values<Endpoint>(endpoints)),
      formats: Object.keys(endpoints),
    };
    formatNegotiators.set(endpoints, known);
  }
  const outcome = known.negotiator.negotiate(req.headers['content-type'], req.headers.accept);
  const { contentType } = settle(req, outcome, undefined);
  const format = 'variant' in outcome ? known.formats[outcome.variant] : undefined;
  if (!isKeyOf(endpoints, format)) throw new TypeError('A negotiated format is one of the endpoints');
  return { format, contentType };
}

const negotiators = new WeakMap<Endpoint, Negotiator>();
const formatNegotiators = new WeakMap<
  object,
  { readonly negotiator: Negotiator; readonly formats: readonly string[] }
>();

function settle(req: RestRequest, outcome: Outcome, fallback: Endpoint | undefined): Negotiated & Outcome {
  const { context } = req;
  if ('refused' in outcome) {
    context.endpoint = fallback?.name;
    switch (outcome.refused) {
      case 'unsupported':
        throw restErrors.unsupportedMediaType();
      case 'not acceptable':
        throw restErrors.notAcceptable();
      case 'malformed Content-Type':
        throw restErrors.badRequest('The Content-Type header is not a media type');
      case 'malformed Accept':
        throw restErrors.badRequest('The Accept header is not a list of media types');
    }
  }
  context.endpoint = outcome.endpoint.name;
  context.contentType = outcome.contentType;
  if (context.server.isBlocked(outcome.endpoint.name)) {
    throw req.method === 'GET' || req.method === 'HEAD'
      ? restErrors.notFound()
      : restErrors.methodNotAllowed();
  }
  return outcome;
}

function isKeyOf<Key extends string>(
  object: Readonly<Record<Key, unknown>>,
  key: string | undefined,
): key is Key {
  return key !== undefined && Object.hasOwn(object, key);
}
