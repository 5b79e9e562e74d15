/** A route as the router lists it. */
export interface ListedRoute {
  /** Express' notation: `/topics/:topic`. */
  readonly path: string;
  /** Upper case. */
  readonly methods: readonly string[];
}

/** The routes of an Express application. Its types do not know `listRoutes` yet. */
export function listedRoutes(app: object): readonly ListedRoute[] {
  const { router } = app as {
    readonly router: {
      listRoutes(): readonly { readonly path: unknown; readonly methods?: readonly string[] }[];
    };
  };
  return router
    .listRoutes()
    .flatMap(({ path, methods }) =>
      typeof path === 'string' && methods !== undefined ? [{ path, methods }] : [],
    );
}

const order = ['HEAD', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Which routes and methods a path has. Asked only where no route has answered: for 405, `Allow`, OPTIONS and metrics. */
export class RouteTable {
  readonly #routes: readonly { readonly pattern: RegExp; readonly route: ListedRoute }[];

  constructor(routes: readonly ListedRoute[]) {
    this.#routes = routes.map((route) => ({ pattern: patternOf(route.path), route }));
  }

  /** The route that the router would choose; undefined for none. */
  routeOf(method: string, path: string): ListedRoute | undefined {
    const asked = method === 'HEAD' ? 'GET' : method;
    return this.#routes.find(({ pattern, route }) => route.methods.includes(asked) && pattern.test(path))
      ?.route;
  }

  /** Methods of a path in the order of an `Allow` header, OPTIONS last; empty when there is no such path. */
  methodsOf(path: string): readonly string[] {
    const found = new Set<string>();
    for (const { pattern, route } of this.#routes) {
      if (!pattern.test(path)) continue;
      for (const method of route.methods) found.add(method);
    }
    if (found.size === 0) return [];
    if (found.has('GET')) found.add('HEAD');
    return [...order.filter((method) => found.has(method)), 'OPTIONS'];
  }
}

/** `:name` is a segment, `*name` the rest of the path, a backslash takes the meaning from the next character. */
function patternOf(path: string): RegExp {
  const source = path
    .replace(/\/+$/, '')
    .replaceAll(/\{?\/?\*\w+\}?|:\w+|\\(.)|[^\w/]/g, (found, escaped: string | undefined) => {
      if (escaped !== undefined) return `\\${escaped}`;
      if (found.includes('*')) return '(?:/.*)?';
      return found.startsWith(':') && found.length > 1 ? '[^/]+' : `\\${found}`;
    });
  return new RegExp(`^${source}/?$`);
}
