import type { RestRequest } from './rest-request.ts';

/** Scheme, authority and path prefix under which the client reached us, e.g. `http://proxy:8082`; no slash at the end. */
export function baseUrl(req: RestRequest): string {
  return `http://${req.headers.host ?? 'localhost'}`;
}

/** An absolute URL. @param segments not encoded yet */
export function link(req: RestRequest, ...segments: readonly string[]): string {
  return `${baseUrl(req)}/${segments.map(encodeURIComponent).join('/')}`;
}
