import type { CorsConfig } from '../config/config.ts';
import type { HttpRequest, HttpResponse } from './rest-request.ts';

const defaultMethods = ['GET', 'POST', 'HEAD'];
const defaultHeaders = ['X-Requested-With', 'Content-Type', 'Accept', 'Origin'];
/** Seconds that a browser may remember a preflight; Jetty's. */
const maxAge = '1800';

/** CORS as Jetty's filter does it. */
export class CrossOrigin {
  readonly #any: boolean;
  readonly #origins: readonly RegExp[];
  readonly #methods: readonly string[];
  readonly #headers: readonly string[];
  readonly #exposed: string;

  constructor(config: CorsConfig) {
    this.#any = config.allowOrigin.includes('*');
    this.#origins = config.allowOrigin.map(patternOf);
    this.#methods = config.allowMethods.length > 0 ? config.allowMethods : defaultMethods;
    this.#headers = config.allowHeaders.length > 0 ? config.allowHeaders : defaultHeaders;
    this.#exposed = config.exposeHeaders.join(',');
  }

  /**
   * Adds the headers that let a script of an allowed origin see the answer.
   *
   * @returns true for a preflight: its headers are complete, the answer has no body
   */
  apply(req: HttpRequest, res: HttpResponse): boolean {
    if (!this.#any) req.context.vary = 'Accept-Encoding, Origin';
    const { origin } = req.headers;
    const wanted = req.headers['access-control-request-method'];
    const preflight = req.method === 'OPTIONS' && origin !== undefined && wanted !== undefined;
    if (origin === undefined || !this.#allows(origin)) return preflight;
    if (preflight && !this.#allowsRequest(wanted, req.headers['access-control-request-headers'])) return true;
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Allow-Credentials', 'true');
    if (preflight) {
      res.setHeader('Access-Control-Max-Age', maxAge);
      res.setHeader('Access-Control-Allow-Methods', this.#methods.join(','));
      res.setHeader('Access-Control-Allow-Headers', this.#headers.join(','));
    } else if (this.#exposed !== '') {
      res.setHeader('Access-Control-Expose-Headers', this.#exposed);
    }
    return preflight;
  }

  /** An Origin header may name several. */
  #allows(origin: string): boolean {
    return origin.split(' ').some((each) => this.#any || this.#origins.some((pattern) => pattern.test(each)));
  }

  #allowsRequest(method: string, headers: string | undefined): boolean {
    if (!this.#methods.includes(method)) return false;
    if (this.#headers.includes('*')) return true;
    const allowed = this.#headers.map((name) => name.toLowerCase());
    const asked = (headers ?? '').split(',').map((name) => name.trim().toLowerCase());
    return asked.every((name) => name === '' || simpleHeaders.includes(name) || allowed.includes(name));
  }
}

/** What browsers may send unasked. */
const simpleHeaders = ['accept', 'accept-language', 'content-language'];

function patternOf(origin: string): RegExp {
  const source = origin.split('*').map((text) => text.replaceAll(/[^\w]/g, String.raw`\$&`));
  return new RegExp(`^${source.join('.*')}$`);
}
