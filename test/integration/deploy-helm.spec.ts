import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import { settingOf } from '../../apps/rest-proxy/src/config/schema/catalogue.ts';
import { readConfig } from '../../apps/rest-proxy/src/config/read-config.ts';
import { settingsOfEnvironment } from '../../apps/rest-proxy/src/config/sources/environment.ts';
import { serveArguments } from '../../scripts/serve-command.ts';
import { CertificateAuthority } from '../../scripts/stack/certificates.ts';
import { kubernetesTools } from '../../scripts/stack/kubernetes-tools.ts';
import { pythonTool } from '../../scripts/stack/python-venv.ts';
import { customFindings, isCustom } from '../support/deploy/custom-resources.ts';
import {
  at,
  chartDir,
  environmentOf,
  isFields,
  type KubernetesObject,
  kustomized,
  listAt,
  ofKind,
  rendered,
  run,
  textAt,
  theOne,
} from '../support/deploy/kubernetes-objects.ts';
import { findingsIn } from '../support/deploy/policy.ts';

/** The oldest that Chart.yaml allows, and the newest whose schemas are to be had. */
const kubernetesVersions = ['1.30', '1.37'];

const cases = readdirSync(join(chartDir, 'ci'));
const valuesOf = (name: string): readonly string[] => ['--values', join(chartDir, 'ci', name)];
const kafka = ['--set', 'bootstrapServers=kafka:9092'];
const redis = [...kafka, '--set', 'redis.url=redis://redis:6379'];
const overlays = ['deploy/kustomize/base', 'deploy/kustomize/overlays/example'];

const dir = mkdtempSync(join(tmpdir(), 'chart-'));
afterAll(() => rmSync(dir, { recursive: true }));

// The programs are fetched the first time.
beforeAll(() => Promise.all([kubernetesTools(), pythonTool('kubernetes-validate', '1.37.0')]), 300_000);

describe('the chart', () => {
  it.each(cases)('has nothing that helm lint would improve with %s', async (name) => {
    const { helm } = await kubernetesTools();

    expect(await run(helm, ['lint', '--strict', chartDir, ...valuesOf(name)])).toContain('0 chart(s) failed');
  });

  it.each(cases)('makes objects that fit together with %s', async (name) => {
    const objects = await rendered(...valuesOf(name));

    expect(objects.length).toBeGreaterThan(4);
    expect(findingsIn(objects)).toEqual([]);
    expect(objects.filter(isCustom).flatMap(customFindings)).toEqual([]);
  });

  it.each(kubernetesVersions)('and the Kustomize overlays make what Kubernetes %s takes', async (version) => {
    const sets = await Promise.all([
      ...cases.map((name) => rendered(...valuesOf(name))),
      ...overlays.map(kustomized),
    ]);

    expect(await refusedBy(version, sets.flat())).toEqual([]);
  });

  it('is checked by a validator that finds a wrong name', async () => {
    const [object, ...rest] = ofKind(await rendered(...kafka), 'PodDisruptionBudget');
    const wrong = {
      ...object,
      spec: { ...Object(at(object, 'spec')), maxUnavailible: 1 },
    } as KubernetesObject;

    expect(rest).toEqual([]);
    expect(await refusedBy('1.37', [wrong])).toEqual([expect.stringContaining('maxUnavailible')]);
  });

  it('can be packaged', async () => {
    const { helm } = await kubernetesTools();

    expect(await run(helm, ['package', chartDir, '--destination', dir])).toContain('Successfully packaged');
  });
});

describe('the values', () => {
  const values: unknown = parse(readFileSync(join(chartDir, 'values.yaml'), 'utf8'));
  const schema: unknown = JSON.parse(readFileSync(join(chartDir, 'values.schema.json'), 'utf8'));
  const readme = readFileSync(join(chartDir, 'README.md'), 'utf8');

  it('are those of the schema, and the other way round', () => {
    // Of a parent chart, and what only some clusters have.
    const withoutDefault = new Set(['global', 'resources.claims', 'probes']);
    const inSchema = schemaPaths(schema).filter((path) => !withoutDefault.has(path));
    const inValues = valuePaths(values);

    expect(inSchema.length).toBeGreaterThan(80);
    expect(inSchema.filter((path) => at(values, path) === undefined)).toEqual([]);
    expect(
      inValues.filter((path) => !inSchema.some((known) => path === known || path.startsWith(`${known}.`))),
    ).toEqual([]);
  });

  it('are all in the README', () => {
    const told = [...readme.matchAll(/^\| `([\w.]+)`/gm)].map(([, path = '']) => path);
    const isTold = (path: string): boolean =>
      told.some((known) => path === known || path.startsWith(`${known}.`));

    expect(valuePaths(values).filter((path) => !isTold(path))).toEqual([]);
    expect(told.filter((path) => at(values, path) === undefined)).toEqual([]);
  });
});

describe('the number of pods', () => {
  const replicasOf = async (...args: readonly string[]): Promise<unknown> =>
    at(theOne(await rendered(...args), 'Deployment'), 'spec.replicas');

  it('is one without Redis and three with it', async () => {
    expect(await replicasOf(...kafka)).toBe(1);
    expect(await replicasOf(...redis)).toBe(3);
    expect(await replicasOf(...redis, '--set', 'replicas=5')).toBe(5);
  });

  it.each([
    ['replicas', 'replicas=2', /replicas is 2, and more than one pod needs Redis: set redis\.url/],
    ['an HPA', 'autoscaling.enabled=true', /autoscaling and keda need Redis: set redis\.url/],
    ['KEDA', 'keda.enabled=true', /autoscaling and keda need Redis: set redis\.url/],
  ])('is refused without Redis when %s would make it more', async (_what, value, message) => {
    await expect(rendered(...kafka, '--set', value)).rejects.toThrow(message);
  });

  it('is left to the HPA', async () => {
    const objects = await rendered(...redis, '--set', 'autoscaling.enabled=true');

    expect(theOne(objects, 'Deployment')).not.toHaveProperty('spec.replicas');
    expect(theOne(objects, 'HorizontalPodAutoscaler')).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: { minReplicas: 3, behavior: { scaleDown: { policies: [{ value: 1, periodSeconds: 120 }] } } },
    });
  });
});

describe('values that cannot work', () => {
  it.each([
    ['no Kafka', [], /bootstrapServers is empty/],
    ['two scalers', [...redis, '--set', 'autoscaling.enabled=true,keda.enabled=true'], /choose one/],
    [
      'an HPA by nothing',
      [...redis, '--set', 'autoscaling.enabled=true,autoscaling.targetCPUUtilizationPercentage=0'],
      /autoscaling\.metrics/,
    ],
    [
      'fewer pods at most than at least',
      [...redis, '--set', 'autoscaling.enabled=true,autoscaling.maxReplicas=2'],
      /autoscaling\.minReplicas is 3 and autoscaling\.maxReplicas 2/,
    ],
    ['Sentinel without a master', [...redis, '--set', 'redis.mode=sentinel'], /set redis\.sentinel\.master/],
    ['a key of no secret', [...redis, '--set', 'redis.passwordKey=p'], /redis\.passwordKey names a key/],
    [
      'SASL without a secret',
      [...kafka, '--set', 'kafka.sasl.mechanism=PLAIN'],
      /kafka\.sasl\.existingSecret/,
    ],
    ['half a certificate', [...kafka, '--set', 'kafka.tls.enabled=true,kafka.tls.certKey=c'], /go together/],
    ['pods that trust nobody', [...redis, '--set', 'internal.tls.mutual=true'], /tls\.existingSecret and/],
    [
      'pods that trust every authority',
      [...redis, '--set', 'internal.tls.mutual=true,internal.tls.existingSecret=c,internal.tls.caKey='],
      /internal\.tls\.caKey: the certificate that the pods show, and the authority that they trust/,
    ],
    ['a route to no gateway', [...kafka, '--set', 'httpRoute.enabled=true'], /httpRoute\.parentRefs/],
    ['a lease renewed too late', [...redis, '--set', 'lease.renewMs=2001'], /at most a third of lease\.ms/],
    [
      'too little time to stop',
      [...kafka, '--set', 'terminationGracePeriodSeconds=44'],
      /terminationGracePeriodSeconds is 44 and must be at least 45/,
    ],
    [
      'too little memory',
      [...kafka, '--set', 'resources.limits.memory=450Mi'],
      /leaves 66 MiB for the heap after max\.inflight\.bytes \(256 MiB\)/,
    ],
  ])('are refused: %s', async (_what, args, message) => {
    await expect(rendered(...args)).rejects.toThrow(message);
  });

  it.each([
    ['an unknown name', 'replica=3', /replica/],
    ['an unknown name inside', 'image.tags=3', /tags/],
    ['a wrong type', 'terminationGracePeriodSeconds=long', /terminationGracePeriodSeconds/],
    ['no digest', 'image.digest=abc', /digest/],
    ['a setting that the chart makes', 'config.redis\\.url=redis://other', /redis\.url/],
    ['a password in the open', 'config.client\\.ssl\\.keystore\\.password=secret', /keystore\.password/],
    ['JAAS in the open', 'config.client\\.sasl\\.jaas\\.config=secret', /jaas\.config/],
  ])('are refused by the schema: %s', async (_what, value, message) => {
    const refused = rendered(...kafka, '--set', value);

    await expect(refused).rejects.toThrow(/values don't meet the specifications of the schema/);
    await expect(refused).rejects.toThrow(message);
  });
});

describe('the settings of the pods', () => {
  it.each(cases)('are known to the proxy with %s', async (name) => {
    const environment = environmentOf(await rendered(...valuesOf(name)));
    const keys = settingsOfEnvironment(environment).map(({ key }) => key);

    expect(keys).toContain('internal.listeners');
    expect(keys.filter((key) => settingOf(key) === undefined)).toEqual([]);
  });

  it('make the connections that the values say, with certificates from mounted secrets', async () => {
    const authority = new CertificateAuthority(join(dir, 'certificates'));
    const { certificate, key } = authority.issue('pod');
    const secret = join(dir, 'secret');
    mkdirSync(secret);
    copyFileSync(authority.certificate, join(secret, 'ca.crt'));
    copyFileSync(certificate, join(secret, 'tls.crt'));
    copyFileSync(key, join(secret, 'tls.key'));
    const environment = Object.entries(environmentOf(await rendered(...valuesOf('everything-values.yaml'))));
    const mounted = environment.map(([name, value]) => [
      name,
      value.replaceAll(/\/etc\/kafka-rest\/(kafka|redis|internal)-tls/g, secret),
    ]);
    const config = readConfig(
      {
        ...Object.fromEntries(mounted),
        POD_IP: '10.0.0.7',
        KAFKA_REST_REDIS_URL: 'rediss://sentinel:26379',
        KAFKA_SASL_USERNAME: 'alice',
        KAFKA_SASL_PASSWORD: 'pa$$ word',
        KAFKA_REST_SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: 'user:info',
      },
      [],
    );

    expect(config.warnings).toEqual([]);
    expect(config.internal.listeners).toMatchObject([{ protocol: 'https', port: 8083 }]);
    expect(config.replicas).toMatchObject({ address: 'https://10.0.0.7:8083', hop: { checksHost: false } });
    expect(config.kafka.admin).toMatchObject({
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice', password: 'pa$$ word' },
      tls: { secureContext: expect.anything() },
    });
  });

  it('are read without a word with Redis', async () => {
    const environment = environmentOf(await rendered(...redis));

    expect(readConfig({ ...environment, POD_IP: '10.0.0.7' }, []).warnings).toEqual([]);
  });

  it('keep large numbers, dots, dashes and underscores', async () => {
    const file = join(dir, 'config.yaml');
    writeFileSync(
      file,
      stringify({ config: { 'max.inflight.bytes': 268435456, 'a-b.c_d': 1.5, 'log.requests': false } }),
    );

    expect(environmentOf(await rendered(...kafka, '--values', file))).toMatchObject({
      KAFKA_REST_MAX_INFLIGHT_BYTES: '268435456',
      KAFKA_REST_A___B_C__D: '1.5',
      KAFKA_REST_LOG_REQUESTS: 'false',
    });
  });

  it('start new pods when they change', async () => {
    const checksumOf = async (level: string): Promise<string> =>
      textAt(
        theOne(await rendered(...redis, '--set', `config.log\\.level=${level}`), 'Deployment')['spec'],
        'template.metadata.annotations.checksum/config',
      );

    expect(await checksumOf('debug')).toMatch(/^[0-9a-f]{64}$/);
    expect(await checksumOf('debug')).toBe(await checksumOf('debug'));
    expect(await checksumOf('debug')).not.toBe(await checksumOf('info'));
  });
});

describe('the memory of the pods', () => {
  const heapOf = async (...args: readonly string[]): Promise<string> =>
    environmentOf(await rendered(...kafka, ...args))['NODE_OPTIONS'] ?? '';

  it('is divided between heap, bodies and Node itself', async () => {
    expect(await heapOf()).toBe('--max-old-space-size=640');
    expect(await heapOf('--set', 'resources.limits.memory=512Mi')).toBe('--max-old-space-size=128');
    expect(await heapOf('--set', 'resources.limits.memory=4G')).toBe('--max-old-space-size=2860');
    expect(await heapOf('--set', 'config.max\\.inflight\\.bytes=67108864')).toBe('--max-old-space-size=768');
    expect(await heapOf('--set', 'maxOldSpaceSizeMiB=333')).toBe('--max-old-space-size=333');
  });

  it('is not divided by a flag of the image as well', () => {
    expect(serveArguments().filter((flag) => flag.includes('old-space'))).toEqual([]);
  });

  it('has no limit of CPU beside it', async () => {
    const deployment = theOne(await rendered(...kafka), 'Deployment');

    expect(at(deployment, 'spec.template.spec.containers.0.resources.limits')).toEqual({
      memory: '1Gi',
      'ephemeral-storage': '512Mi',
    });
  });
});

describe('the Kustomize base', () => {
  it.each(overlays)('has nothing that does not fit together: %s', async (overlay) => {
    const objects = await kustomized(overlay);

    expect(findingsIn(objects)).toEqual([]);
    expect(objects.filter(isCustom).flatMap(customFindings)).toEqual([]);
  });

  it('runs the pods that the chart runs', async () => {
    const pod = (objects: readonly KubernetesObject[]): unknown => {
      const { spec } = theOne(objects, 'Deployment');
      return JSON.parse(
        JSON.stringify(at(spec, 'template.spec'), (key, value: unknown) =>
          ['serviceAccountName', 'envFrom', 'labelSelector'].includes(key) ? undefined : value,
        ),
      );
    };
    const [base, chart] = [await kustomized('deploy/kustomize/base'), await rendered(...kafka)];

    expect(pod(base)).toEqual(pod(chart));
    expect(at(theOne(base, 'PodDisruptionBudget'), 'spec.maxUnavailable')).toBe(1);
    expect(environmentOf(base)).toEqual(environmentOf(chart));
  });

  it('has the HPA of the chart in its example', async () => {
    const [chart, overlay] = await Promise.all([
      rendered(...redis, '--set', 'autoscaling.enabled=true'),
      kustomized('deploy/kustomize/overlays/example'),
    ]);
    const scaling = (objects: readonly KubernetesObject[]): unknown => {
      const { spec } = theOne(objects, 'HorizontalPodAutoscaler');
      return [at(spec, 'metrics'), at(spec, 'behavior'), at(spec, 'minReplicas'), at(spec, 'maxReplicas')];
    };

    expect(scaling(overlay)).toEqual(scaling(chart));
    expect(listAt(theOne(overlay, 'HTTPRoute'), 'spec.rules')).toHaveLength(2);
  });

  it('has the ServiceMonitor of the chart in its example', async () => {
    const [chart, overlay] = await Promise.all([
      rendered(...kafka, '--set', 'metrics.serviceMonitor.enabled=true'),
      kustomized('deploy/kustomize/overlays/example'),
    ]);

    const endpoints = at(theOne(chart, 'ServiceMonitor'), 'spec.endpoints');
    expect(at(theOne(overlay, 'ServiceMonitor'), 'spec.endpoints')).toEqual(endpoints);
  });
});

/** The values that have no values in them. */
function valuePaths(values: unknown, before = ''): readonly string[] {
  if (!isFields(values) || Object.keys(values).length === 0) return [before.slice(0, -1)];
  return Object.entries(values).flatMap(([key, value]) => valuePaths(value, `${before}${key}.`));
}

/** The values that a schema names. */
function schemaPaths(schema: unknown, before = ''): readonly string[] {
  const properties = at(schema, 'properties');
  if (!isFields(properties)) return [before.slice(0, -1)];
  return Object.entries(properties).flatMap(([key, value]) => schemaPaths(value, `${before}${key}.`));
}

/** What kubernetes-validate says against the objects that it has a schema for. */
async function refusedBy(version: string, objects: readonly KubernetesObject[]): Promise<readonly string[]> {
  const bin = await pythonTool('kubernetes-validate', '1.37.0');
  const file = join(dir, `${version}.yaml`);
  const known = objects.filter((object) => !isCustom(object));
  writeFileSync(file, known.map((object) => stringify(object)).join('---\n'));
  try {
    const told = await run(join(bin, 'kubernetes-validate'), [
      '--strict',
      '--kubernetes-version',
      version,
      file,
    ]);
    const passed = told.split('\n').filter((line) => line.includes(' passed ')).length;
    return passed === known.length ? [] : [`${passed} of ${known.length} objects passed: ${told}`];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
