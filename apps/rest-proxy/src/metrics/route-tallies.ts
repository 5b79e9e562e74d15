import { RequestTally } from './request-tally.ts';

/** Requests that no route has answered: unknown paths, wrong methods, and what was refused on entry. */
const unmatched = 'none';
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** A route of the router; undefined for none. It is known by identity, which is the cheapest. */
export type RouterRoute = { readonly path: unknown } | undefined;

interface Route {
  readonly template: string;
  readonly byMethod: Map<string, RequestTally>;
}

/** The tallies of all routes: as many as there are routes and methods, whatever clients send. */
export class RouteTallies {
  readonly #byIdentity = new Map<RouterRoute, Route>();
  readonly #byTemplate = new Map<string, Route>();

  of(route: RouterRoute, method: string): RequestTally {
    const known = this.#byIdentity.get(route) ?? this.#add(route);
    return known.byMethod.get(method) ?? this.#addMethod(known, method);
  }

  *all(): Iterable<RequestTally> {
    for (const { byMethod } of this.#byTemplate.values()) yield* byMethod.values();
  }

  #add(route: RouterRoute): Route {
    const template = typeof route?.path === 'string' ? templateOf(route.path) : unmatched;
    const made = this.#byTemplate.get(template) ?? { template, byMethod: new Map<string, RequestTally>() };
    this.#byTemplate.set(template, made);
    this.#byIdentity.set(route, made);
    return made;
  }

  /** Methods that the proxy does not know are one. */
  #addMethod({ template, byMethod }: Route, method: string): RequestTally {
    const name = methods.has(method) ? method : 'other';
    const tally = byMethod.get(name) ?? new RequestTally(name, template);
    byMethod.set(name, tally);
    return tally;
  }
}

/** Express' notation in that of the documentation: `/topics/:topic` is `/topics/{topic}`. */
function templateOf(path: string): string {
  return path.replaceAll(/\\(.)|[:*](\w+)/g, (_found, escaped: string | undefined, name: string) =>
    escaped === undefined ? `{${name}}` : escaped,
  );
}
