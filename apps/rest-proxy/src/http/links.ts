import { TLSSocket } from 'node:tls';
import type { HttpConfig } from '../config/config.ts';
import { isAuthority } from './authority.ts';
import { forwardedOf, type Forwarded } from './forwarded.ts';
import type { HttpRequest } from './rest-request.ts';

type Scheme = 'http' | 'https';

/**
 * Scheme, authority and path prefix under which the client reached us, e.g. `http://proxy:8082`; no slash at the end.
 *
 * The scheme is the request's. The authority is, in this order: the advertised listener of that scheme; `host.name`,
 * with the port of the listener of that scheme when the request had a port; the request's Host. What a trusted proxy
 * says in `Forwarded` or `X-Forwarded-*` takes the place of the request's own scheme and host, and gives the prefix.
 */
export function baseUrl(req: HttpRequest): string {
  const { http } = req.context.server;
  const forwarded = req.context.server.trusts(req.socket.remoteAddress) ? forwardedOf(req.headers) : {};
  const scheme = forwarded.proto ?? (req.socket instanceof TLSSocket ? 'https' : 'http');
  return `${scheme}://${authority(http, scheme, hostOf(req, scheme, forwarded))}${forwarded.prefix ?? ''}`;
}

/** An absolute URL. @param segments of the path, not encoded yet */
export function link(req: HttpRequest, ...segments: readonly string[]): string {
  return [baseUrl(req), ...segments.map(encodeURIComponent)].join('/');
}

/** @param own what the client called us */
function authority(http: HttpConfig, scheme: Scheme, own: string): string {
  const advertised = http.advertisedListeners.find(({ protocol }) => protocol === scheme);
  if (advertised !== undefined) return join(advertised.host, advertised.port);
  if (http.hostName === '') return own;
  const named = /:\d+$/.test(own);
  const port = http.listeners.find(({ protocol }) => protocol === scheme)?.port;
  return join(http.hostName, named ? port : undefined);
}

function hostOf(req: HttpRequest, scheme: Scheme, forwarded: Forwarded): string {
  const { host: given = '' } = req.headers;
  const { localAddress = 'localhost', localPort } = req.socket;
  const host = forwarded.host ?? (isAuthority(given) ? given : join(localAddress, localPort));
  if (forwarded.port === undefined) return host;
  const usual = forwarded.port === (scheme === 'https' ? 443 : 80);
  return host.replace(/:\d+$/, '') + (usual ? '' : `:${forwarded.port}`);
}

function join(host: string, port: number | undefined): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
