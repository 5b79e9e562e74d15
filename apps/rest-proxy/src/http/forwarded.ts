import type { IncomingHttpHeaders } from 'node:http';
import { isAuthority } from './authority.ts';

/** What a proxy in front says of the request as it came to it. What makes no sense is left out. */
export interface Forwarded {
  readonly proto?: 'http' | 'https';
  /** With the port where one was given. */
  readonly host?: string;
  readonly port?: number;
  /** Starts with a slash and does not end with one. */
  readonly prefix?: string;
}

/**
 * Reads `Forwarded` (RFC 7239), or else `X-Forwarded-Proto`, `-Host`, `-Port`, and `X-Forwarded-Prefix` in any case.
 *
 * Of several hops the first counts, the one nearest to the client: so the outermost proxy must replace what its client
 * sends.
 */
export function forwardedOf(headers: IncomingHttpHeaders): Forwarded {
  const standard = first(headers['forwarded']);
  const pairs = new Map(
    (standard ?? '').split(';').map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [
        name.trim().toLowerCase(),
        value
          .join('=')
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      ] as const;
    }),
  );
  const own = standard === undefined;
  const proto = (own ? first(headers['x-forwarded-proto']) : pairs.get('proto'))?.toLowerCase();
  const host = own ? first(headers['x-forwarded-host']) : pairs.get('host');
  const port = own ? first(headers['x-forwarded-port']) : undefined;
  const prefix = first(headers['x-forwarded-prefix'])?.replace(/\/+$/, '');
  return {
    ...(proto === 'http' || proto === 'https' ? { proto } : {}),
    ...(host !== undefined && isAuthority(host) ? { host } : {}),
    ...(port !== undefined && /^\d{1,5}$/.test(port) ? { port: Number(port) } : {}),
    ...(prefix !== undefined && /^(?:\/[\w.~%-]+)+$/.test(prefix) ? { prefix } : {}),
  };
}

function first(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : header?.[0];
  return text?.split(',')[0]?.trim();
}
