import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { kubernetesTools } from '../../scripts/stack/kubernetes-tools.ts';
import {
  at,
  chartDir,
  type KubernetesObject,
  kustomized,
  rendered,
} from '../support/deploy/kubernetes-objects.ts';
import { kubeScore, scoreFindings } from '../support/deploy/kube-score.ts';

// The programs are fetched and built the first time.
beforeAll(() => Promise.all([kubernetesTools(), kubeScore()]), 600_000);

/** Findings that are meant to be, wherever they come. */
const meant: Readonly<Record<string, string>> = {
  'Deployment container-resources': 'there is no limit of CPU: a throttled process misses its lease',
  'Pod container-resources': 'as with the proxy, and it runs for seconds',
  'Deployment container-image-pull-policy':
    'a digest or a version is the same bytes for ever: a registry that is down must not keep a pod from starting',
  'Pod container-image-pull-policy': 'as with the proxy',
  'Deployment deployment-has-host-podantiaffinity':
    'topologySpreadConstraints spread the pods over nodes, each revision for itself, and leave none pending',
};

const alone = {
  'Deployment deployment-replicas': 'without Redis one pod is all that there can be',
};
const withoutEgress = {
  'Deployment pod-networkpolicy': 'egress is limited where the operator asks, who knows where Kafka is',
};

/** Findings that are meant to be in one case alone. */
const meantIn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'minimal-values.yaml': { ...alone, ...withoutEgress },
  'redis-values.yaml': withoutEgress,
  'mutual-tls-values.yaml': withoutEgress,
  'keda-values.yaml': {
    'Deployment deployment-replicas': 'KEDA decides, whose ScaledObject kube-score does not know',
    'Deployment pod-networkpolicy': 'switched off by these values',
    'Deployment deployment-has-poddisruptionbudget': 'switched off by these values',
  },
  'deploy/kustomize/base': { ...alone, ...withoutEgress },
  'deploy/kustomize/overlays/example': withoutEgress,
};

const cases: readonly (readonly [string, () => Promise<readonly KubernetesObject[]>])[] = [
  ...readdirSync(join(chartDir, 'ci')).map(
    (name) => [name, () => rendered('--values', join(chartDir, 'ci', name))] as const,
  ),
  ...['deploy/kustomize/base', 'deploy/kustomize/overlays/example'].map(
    (dir) => [dir, () => kustomized(dir)] as const,
  ),
];

describe('kube-score', () => {
  it.each(cases)('finds nothing but what is meant to be with %s', async (name, objects) => {
    const findings = await scoreFindings(await objects(), '1.30');

    const meantHere = meantIn[name] ?? {};
    expect(findings.filter((finding) => !(finding in meant || finding in meantHere))).toEqual([]);
    expect(Object.keys(meantHere).filter((finding) => !findings.includes(finding))).toEqual([]);
  });

  it('still finds all that is meant to be somewhere', async () => {
    const all = await Promise.all(cases.map(async ([, objects]) => scoreFindings(await objects(), '1.30')));

    expect(Object.keys(meant).filter((finding) => !all.flat().includes(finding))).toEqual([]);
  });

  it('finds a container that may write its file system', async () => {
    const objects = await rendered(
      '--set',
      'bootstrapServers=kafka:9092,securityContext.readOnlyRootFilesystem=false',
    );

    expect(await scoreFindings(objects, '1.30')).toContain(
      'Deployment container-security-context-readonlyrootfilesystem',
    );
  });

  it('finds a Service of nothing', async () => {
    const objects = await rendered('--set', 'bootstrapServers=kafka:9092');
    const others = objects.filter(({ kind }) => kind !== 'Deployment' && kind !== 'Pod');

    expect(at(others[0], 'kind')).toBeDefined();
    expect(await scoreFindings(others, '1.30')).toContain('Service service-targets-pod');
  });
});
