import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const groups: Readonly<Record<string, readonly (readonly [plural: string, kind: string])[]>> = {
  '/api/v1': [
    ['secrets', 'Secret'],
    ['services', 'Service'],
    ['configmaps', 'ConfigMap'],
    ['serviceaccounts', 'ServiceAccount'],
    ['pods', 'Pod'],
  ],
  '/apis/apps/v1': [['deployments', 'Deployment']],
  '/apis/policy/v1': [['poddisruptionbudgets', 'PodDisruptionBudget']],
  '/apis/networking.k8s.io/v1': [['networkpolicies', 'NetworkPolicy']],
};

/** As much of an API server as Helm asks for `lookup`: what there is, and the objects that it is given. */
export class FakeApiServer {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param objects by path, for example `/api/v1/namespaces/default/secrets/name` */
  static async start(objects: Readonly<Record<string, unknown>>): Promise<FakeApiServer> {
    const server = createServer((req, res) => {
      const path = (req.url ?? '').split('?')[0] ?? '';
      const found = objects[path] ?? discovery(path);
      res.writeHead(found === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
      res.end(JSON.stringify(found ?? { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeApiServer(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function discovery(path: string): unknown {
  if (path === '/version') return { major: '1', minor: '37', gitVersion: 'v1.37.0' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    const names = Object.keys(groups).flatMap((group) => /^\/apis\/(.*)\/v1$/.exec(group)?.[1] ?? []);
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: names.map((name) => {
        const version = { groupVersion: `${name}/v1`, version: 'v1' };
        return { name, versions: [version], preferredVersion: version };
      }),
    };
  }
  const kinds = groups[path];
  return (
    kinds && {
      kind: 'APIResourceList',
      groupVersion: path.replace(/^\/apis?\//, ''),
      resources: kinds.map(([name, kind]) => ({ name, kind, namespaced: true, verbs: ['get', 'list'] })),
    }
  );
}
