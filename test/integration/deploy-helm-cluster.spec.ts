import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { kubernetesTools } from '../../scripts/stack/kubernetes-tools.ts';
import { FakeApiServer } from '../support/deploy/fake-api-server.ts';
import { at, rendered, textAt, theOne } from '../support/deploy/kubernetes-objects.ts';

// The programs are fetched the first time.
beforeAll(() => kubernetesTools(), 300_000);

const redis = ['--set', 'bootstrapServers=kafka:9092,redis.url=redis://redis:6379'];
const path = '/api/v1/namespaces/streams/secrets/release-kafka-rest-proxy-internal';

/** The value of the secret of the pods, as Helm would install it. */
async function secretWith(server: FakeApiServer, ...args: readonly string[]): Promise<string> {
  const objects = await rendered(
    ...redis,
    '--dry-run=server',
    '--disable-openapi-validation',
    '--kube-apiserver',
    server.url,
    ...args,
  );
  return textAt(theOne(objects, 'Secret'), 'data.secret');
}

async function apiServer(objects: Readonly<Record<string, unknown>>): Promise<FakeApiServer> {
  const server = await FakeApiServer.start(objects);
  onTestFinished(() => server.stop());
  return server;
}

describe('the secret of the pods', () => {
  it('is made once', async () => {
    const server = await apiServer({});
    const made = await secretWith(server);

    expect(Buffer.from(made, 'base64').toString()).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(await secretWith(server)).not.toBe(made);
  });

  it('is kept by an upgrade', async () => {
    const kept = Buffer.from('of the first day').toString('base64');
    const server = await apiServer({
      [path]: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'release-kafka-rest-proxy-internal',
          namespace: 'streams',
          labels: { 'app.kubernetes.io/managed-by': 'Helm' },
          annotations: {
            'meta.helm.sh/release-name': 'release',
            'meta.helm.sh/release-namespace': 'streams',
          },
        },
        data: { secret: kept },
      },
    });

    expect(await secretWith(server)).toBe(kept);
    expect(await secretWith(server, '--is-upgrade')).toBe(kept);
  });

  it('is not made when the operator has one', async () => {
    const objects = await rendered(...redis, '--set', 'internal.existingSecret=mine');

    expect(objects.some(({ kind }) => kind === 'Secret')).toBe(false);
  });
});

describe('helm test', () => {
  it('passes when the service and every pod answer', async () => {
    const pod = await answering(200);

    expect(await runTest(pod, pod)).toEqual({
      code: 0,
      told: expect.stringContaining('200 http://127.0.0.1'),
    });
  });

  it('fails when a pod is not ready, and says which and why', async () => {
    const [service, pod] = [await answering(200), await answering(503)];

    expect(await runTest(service, pod)).toEqual({
      code: 1,
      told: expect.stringMatching(/http:\/\/127\.0\.0\.1:\d+\/health\/ready: 503 .*of \/health\/ready/),
    });
  });

  it('fails when nobody answers', async () => {
    const pod = await answering(200);

    expect(await runTest('127.0.0.1:1', pod)).toEqual({
      code: 1,
      told: expect.stringContaining('/topics: '),
    });
  });
});

/** Runs what the pod of `helm test` runs. */
async function runTest(
  service: string,
  pods: string,
): Promise<{ readonly code: unknown; readonly told: string }> {
  const container = at(theOne(await rendered(...redis), 'Pod'), 'spec.containers.0');
  const command = [...Object(at(container, 'command')), ...Object(at(container, 'args'))].map(String);
  const child = spawn(process.execPath, command.slice(1), {
    env: { SERVICE: `http://${service}`, PEERS: `http://${pods}` },
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (told += String(chunk)));
  const [code] = await once(child, 'close');
  return { code, told };
}

/** A server that answers everything alike. @returns its address */
async function answering(status: number): Promise<string> {
  const server: Server = createServer((req, res) => res.writeHead(status).end(`the answer of ${req.url}`));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
