import { beforeAll, describe, expect, it } from 'vitest';

import { kubernetesTools } from '../../scripts/stack/kubernetes-tools.ts';
import { customFindings } from '../support/deploy/custom-resources.ts';
import { isFields, type KubernetesObject, rendered, theOne } from '../support/deploy/kubernetes-objects.ts';
import { findingsIn } from '../support/deploy/policy.ts';

let objects: readonly KubernetesObject[] = [];

// The programs are fetched the first time.
beforeAll(async () => {
  await kubernetesTools();
  objects = await rendered(
    '--set',
    'bootstrapServers=kafka:9092,redis.url=redis://redis:6379,metrics.serviceMonitor.enabled=true',
    '--set',
    'ingress.enabled=true,ingress.hosts[0].host=a,httpRoute.enabled=true,httpRoute.parentRefs[0].name=g',
    '--set',
    'podLabels.a=b,extraEnv[0].name=A,extraEnv[0].value=b',
  );
}, 300_000);

/** The object with another value, or none, at a path. */
function changed(value: unknown, [key = '', ...rest]: readonly string[], to: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item, place) =>
      String(place) !== key ? item : rest.length === 0 ? to : changed(item, rest, to),
    );
  }
  const fields = isFields(value) ? value : {};
  if (rest.length > 0) return { ...fields, [key]: changed(fields[key], rest, to) };
  const { [key]: _, ...others } = fields;
  return to === undefined ? others : { ...fields, [key]: to };
}

function broken(kind: string, path: string, to: unknown): readonly KubernetesObject[] {
  return objects.map((object) =>
    object.kind === kind && !object.metadata.name.endsWith('-peers')
      ? (changed(object, path.split('/'), to) as KubernetesObject)
      : object,
  );
}

const pod = 'spec/template/spec';
const proxy = `${pod}/containers/0`;

describe('the rules for what is rendered', () => {
  it('find nothing as it is', () => {
    expect(findingsIn(objects)).toEqual([]);
  });

  it.each([
    ['Deployment', `${pod}/automountServiceAccountToken`, undefined, 'token is mounted'],
    ['Deployment', `${pod}/enableServiceLinks`, undefined, 'variables of services'],
    ['Deployment', `${pod}/securityContext/runAsNonRoot`, false, 'may run as root'],
    ['Deployment', `${pod}/securityContext/seccompProfile`, undefined, 'no seccomp'],
    ['Deployment', `${pod}/hostNetwork`, true, 'shares the host'],
    ['Deployment', `${pod}/volumes/0`, { name: 'tmp', hostPath: { path: '/tmp' } }, 'volume of the host'],
    ['Deployment', `${pod}/volumes/0/name`, 'other', 'no volume tmp'],
    ['Deployment', `${pod}/terminationGracePeriodSeconds`, 30, 'too little time to stop'],
    ['Deployment', `${proxy}/securityContext`, undefined, 'may gain privileges'],
    ['Deployment', `${proxy}/securityContext/readOnlyRootFilesystem`, false, 'may write its file system'],
    ['Deployment', `${proxy}/securityContext/capabilities/drop`, [], 'keeps capabilities'],
    ['Deployment', `${proxy}/resources/limits`, {}, 'no limit of memory'],
    ['Deployment', `${proxy}/resources/limits/ephemeral-storage`, undefined, 'no limit of storage'],
    ['Deployment', `${proxy}/resources/requests/cpu`, undefined, 'no request of CPU'],
    ['Deployment', `${proxy}/image`, 'kafka-rest-proxy', 'image without version'],
    ['Deployment', `${proxy}/image`, 'kafka-rest-proxy:latest', 'image without version'],
    ['Deployment', `${proxy}/livenessProbe`, undefined, 'no liveness probe'],
    ['Deployment', `${proxy}/readinessProbe/httpGet/port`, 'http', 'no readiness probe on the internal port'],
    ['Deployment', `${proxy}/env/0`, { name: 'A', value: 'x' }, 'no POD_IP'],
    ['Deployment', `${proxy}/env/0/name`, 'A', 'A twice'],
    ['Deployment', `${proxy}/env/0`, { name: 'REDIS_PASSWORD', value: 'x' }, 'REDIS_PASSWORD is in the open'],
    ['Deployment', 'spec/replicas', undefined, 'neither replicas nor a scaler'],
    ['Deployment', 'spec/template/metadata/labels', { a: 'b' }, 'chooses other pods'],
    ['Deployment', `${proxy}/ports/0/name`, 'web', 'no port http in the pods'],
    ['ConfigMap', 'data/KAFKA_REST_REDIS_URL', undefined, 'several pods without Redis'],
    [
      'PodDisruptionBudget',
      'spec/selector',
      {},
      'PodDisruptionBudget release-kafka-rest-proxy chooses other',
    ],
    ['NetworkPolicy', 'spec/podSelector', {}, 'NetworkPolicy release-kafka-rest-proxy chooses other pods'],
    [
      'NetworkPolicy',
      'spec/podSelector/matchLabels',
      { a: 'b' },
      'NetworkPolicy release-kafka-rest-proxy-test chooses other pods',
    ],
    ['Service', 'spec/selector', { a: 'c' }, 'Service release-kafka-rest-proxy chooses other pods'],
    ['Service', 'metadata/name', 'web', 'route to release-kafka-rest-proxy:8082, which is not there'],
    ['Service', 'spec/ports/0/name', 'web', 'route to release-kafka-rest-proxy:http, which is not there'],
    ['Service', 'metadata/namespace', 'other', 'objects in several namespaces'],
    ['ServiceMonitor', 'spec/endpoints/0/port', 'http', 'the monitor asks a port that is not there'],
    ['ServiceMonitor', 'spec/selector/matchLabels', {}, 'the monitor does not choose one service'],
    ['Pod', 'spec/containers/0/securityContext/allowPrivilegeEscalation', true, 'may gain privileges'],
  ])('find a %s with a wrong %s', (kind, path, to, finding) => {
    expect(findingsIn(broken(kind, path, to))).toContainEqual(expect.stringContaining(finding));
  });

  it('find a number of pods beside an HPA', () => {
    const scaler = {
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'a', namespace: 'streams' },
      spec: { scaleTargetRef: { name: 'release-kafka-rest-proxy' } },
    };

    expect(findingsIn([...objects, scaler])).toEqual(['replicas and a scaler']);
    expect(
      findingsIn([...objects, changed(scaler, ['spec', 'scaleTargetRef', 'name'], 'b') as typeof scaler]),
    ).toEqual(['HorizontalPodAutoscaler of nothing']);
  });
});

describe('the schemas of what Kubernetes itself does not know', () => {
  it.each([
    ['HTTPRoute', 'spec/rules/0/timeouts/request', '1.5s'],
    ['HTTPRoute', 'spec/rules/0/backendRefs/0/port', undefined],
    ['HTTPRoute', 'spec/rules/0/matches/0/path/type', 'Prefix'],
    ['HTTPRoute', 'spec/rule', []],
    ['ServiceMonitor', 'spec/endpoints/0/interval', '15'],
    ['ServiceMonitor', 'spec/endpoints/0/ports', 'internal'],
  ])('find a %s with a wrong %s', (kind, path, to) => {
    expect(customFindings(theOne(objects, kind))).toEqual([]);
    expect(customFindings(theOne(broken(kind, path, to), kind))).not.toEqual([]);
  });
});
