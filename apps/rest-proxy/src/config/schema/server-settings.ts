import { bool, int, list, long, refused, oneOf, text } from './setting.ts';

/** Keys of the HTTP server, which the original has from rest-utils. */
export const serverSettings = {
  listeners: list([], {
    doc: 'Addresses to listen on, `http://host:port` or `NAME://host:port`. Empty: `http://0.0.0.0` with `port`.',
  }),
  'shutdown.graceful.ms': int(5000, { doc: 'Longest wait for running requests on stop, in ms.' }),
  'idle.timeout.ms': long(30_000, { doc: 'A connection that is silent this long is closed.' }),
  'request.timeout.ms': long(0, { doc: 'Longest time of a request in ms, 504 after it. 0: no limit.' }),
  'server.connection.limit': int(0, { doc: 'Connections at one time. 0: no limit.' }),
  'max.request.header.size': int(8192, { min: 1, doc: 'Bytes of request headers; 431 above.' }),
  'compression.enable': bool(true, { doc: 'Responses are compressed for who asks.' }),
  'network.forwarded.request.customizer.enable': bool(false, {
    doc: 'Believe forwarded headers of everybody where `trusted.proxies` is empty.',
  }),
  'access.control.allow.origin': list([], { doc: 'Origins for CORS. Empty: no CORS.' }),
  'access.control.allow.methods': list([], { doc: 'Methods that a preflight allows.' }),
  'access.control.allow.headers': list([], { doc: 'Headers that a preflight allows.' }),
  'access.control.expose.headers': list([], { doc: 'Response headers that a script may read.' }),
  'reject.options.request': bool(false, { doc: 'OPTIONS is answered 403.' }),
  'nosniff.prevention.enable': bool(false, { doc: '`X-Content-Type-Options: nosniff` on all responses.' }),
  'hsts.header.enable': bool(false, { doc: '`Strict-Transport-Security` on https listeners.' }),
  'authentication.method': oneOf(['NONE', 'BASIC', 'BEARER'], 'NONE', {
    doc: 'Authentication of HTTP clients.',
    stance: refused('not supported; the proxy would run unprotected'),
  }),
  debug: bool(false, { doc: 'Errors of our own carry their stack to the client.' }),
  'response.http.headers.config': text('', { doc: 'Headers on all responses.' }),
};
