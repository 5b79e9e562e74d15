import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch as fetchBy } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { buildWhenStale } from '../../scripts/build.ts';
import { serveArguments } from '../../scripts/serve-command.ts';
import { projectDir } from '../../scripts/stack/cache.ts';
import { CertificateAuthority } from '../../scripts/stack/certificates.ts';
import { kubernetesTools } from '../../scripts/stack/kubernetes-tools.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { waitFor } from '../../scripts/stack/wait.ts';
import {
  at,
  environmentOf,
  type KubernetesObject,
  rendered,
  textAt,
  theOne,
} from '../support/deploy/kubernetes-objects.ts';
import { sharedKafka, sharedRedis } from '../support/shared-servers.ts';
import { uniqueName } from '../support/unique-name.ts';

/** A process with the flags of the image and the environment of a pod, on this machine. */
interface Pod {
  readonly child: ChildProcess;
  readonly url: string;
  readonly internalUrl: string;
}

const dir = mkdtempSync(join(tmpdir(), 'pods-'));
/** As a kubelet that probes: it does not look at the certificate. */
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });

beforeAll(async () => {
  await kubernetesTools();
  if (!buildWhenStale()) throw new Error('the build fails');
  const authority = new CertificateAuthority(dir);
  const { certificate, key } = authority.issue('pod', ['DNS:kafka-rest-proxy-peers']);
  copyFileSync(authority.certificate, join(dir, 'ca.crt'));
  copyFileSync(certificate, join(dir, 'tls.crt'));
  copyFileSync(key, join(dir, 'tls.key'));
}, 300_000);

afterAll(async () => {
  await dispatcher.close();
  rmSync(dir, { recursive: true });
});

async function startPod(environment: Readonly<Record<string, string>>, scheme: string): Promise<Pod> {
  const [port, internalPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, serveArguments(), {
    cwd: projectDir,
    env: {
      ...environment,
      KAFKA_REST_LISTENERS: `http://127.0.0.1:${port}`,
      KAFKA_REST_INTERNAL_LISTENERS: `${scheme}://127.0.0.1:${internalPort}`,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return {
    child,
    url: `http://127.0.0.1:${port}`,
    internalUrl: `${scheme}://127.0.0.1:${internalPort}`,
  };
}

describe.each([
  ['http', 'a secret', []],
  ['https', 'a secret', ['--set', 'internal.tls.existingSecret=certificates']],
  ['https', 'certificates', ['--set', 'internal.tls.existingSecret=certificates,internal.tls.mutual=true']],
])('the pods of the chart that speak %s and know one another by %s', (scheme, proof, values) => {
  let objects: readonly KubernetesObject[] = [];
  let pods: readonly Pod[] = [];

  beforeAll(async () => {
    objects = await rendered('--set', 'bootstrapServers=kafka:9092,redis.url=redis://redis:6379', ...values);
    const environment = Object.entries(environmentOf(objects)).map(([name, value]) => [
      name,
      value.replaceAll('/etc/kafka-rest/internal-tls', dir),
    ]);
    const ofEachPod: Readonly<Record<string, string>> = {
      ...Object.fromEntries(environment),
      POD_IP: '127.0.0.1',
      ...(proof === 'a secret' ? { KAFKA_REST_INTERNAL_SECRET: 'of the pods' } : {}),
      KAFKA_REST_BOOTSTRAP_SERVERS: await sharedKafka(),
      KAFKA_REST_REDIS_URL: await sharedRedis(),
      KAFKA_REST_REDIS_KEY_PREFIX: uniqueName('pods'),
    };
    pods = await Promise.all([startPod(ofEachPod, scheme), startPod(ofEachPod, scheme)]);
  });

  afterAll(() => pods.forEach(({ child }) => child.kill('SIGKILL')));

  it('get ready by the probes of the chart', async () => {
    const container = at(theOne(objects, 'Deployment'), 'spec.template.spec.containers.0');

    for (const { internalUrl, child } of pods) {
      for (const probe of ['startup', 'readiness', 'liveness']) {
        const path = textAt(container, `${probe}Probe.httpGet.path`);
        await waitFor(
          `${path} of a pod`,
          async () => {
            if (child.exitCode !== null) throw new Error(`the pod ended with ${child.exitCode}`);
            const answer = await fetchBy(internalUrl + path, { dispatcher }).catch(() => undefined);
            return answer?.status === 200 ? true : undefined;
          },
          60_000,
        );
      }
    }
  });

  it('share their consumers', async () => {
    const [first, second] = pods;
    const path = `/consumers/${uniqueName('pods')}`;
    const type = 'application/vnd.kafka.v2+json';
    const created = await fetch(first?.url + path, {
      method: 'POST',
      headers: { 'Content-Type': type },
      body: '{"name":"one"}',
    });

    expect(created.status).toBe(200);
    const deleted = await fetch(`${second?.url}${path}/instances/one`, {
      method: 'DELETE',
      headers: { 'Content-Type': type },
    });
    expect(deleted.status).toBe(204);
    const metrics = await fetchBy(`${second?.internalUrl}/metrics`, { dispatcher });
    expect(await metrics.text()).toContain('krest_route_total{kind="forward"} 1');
  });

  it('answer nobody else who asks for consumers', async () => {
    const url = `${pods[0]?.internalUrl}/replica/instances/g/i`;

    expect((await fetchBy(url, { dispatcher })).status).toBe(403);
    expect((await fetchBy(url, { dispatcher, headers: { 'x-krest-secret': 'wrong' } })).status).toBe(403);
  });

  it('have the heap that the chart computes', async () => {
    const child = spawn(
      process.execPath,
      [
        ...serveArguments().slice(0, -1),
        '--eval',
        'console.log(v8.getHeapStatistics().heap_size_limit / 1048576)',
      ],
      { env: { NODE_OPTIONS: environmentOf(objects)['NODE_OPTIONS'] }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [told] = await once(child.stdout, 'data');

    // The old space, and three semi-spaces of 8 MiB.
    expect(Number(told)).toBe(640 + 3 * 8);
  });

  it('end with 0, and in time', async () => {
    const graceSeconds = Number(
      at(theOne(objects, 'Deployment'), 'spec.template.spec.terminationGracePeriodSeconds'),
    );
    const ended = Promise.all(pods.map(({ child }) => once(child, 'exit')));
    for (const { child } of pods) child.kill('SIGTERM');
    const timer = AbortSignal.timeout(graceSeconds * 1000);

    const codes = await Promise.race([ended, once(timer, 'abort')]);
    expect(codes).toEqual([
      [0, null],
      [0, null],
    ]);
  }, 120_000);
});
