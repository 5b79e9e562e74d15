import { beforeAll, describe, expect, it } from 'vitest';

import { kubernetesTools } from '../../scripts/stack/kubernetes-tools.ts';
import { at, rendered, theOne } from '../support/deploy/kubernetes-objects.ts';

// The programs are fetched the first time.
beforeAll(() => kubernetesTools(), 300_000);

const kafka = ['--set', 'bootstrapServers=kafka:9092'];

describe('pods that are replaced all at once', () => {
  it('have no rolling update beside it, which Kubernetes would refuse', async () => {
    const objects = await rendered(...kafka, '--set', 'updateStrategy.type=Recreate');

    expect(at(theOne(objects, 'Deployment'), 'spec.strategy')).toEqual({ type: 'Recreate' });
  });
});

describe('nodes that are set apart', () => {
  it('are those of the test, too', async () => {
    const objects = await rendered(
      ...kafka,
      '--set',
      'nodeSelector.pool=streams,tolerations[0].key=dedicated,tolerations[0].operator=Exists,priorityClassName=p',
    );

    const expected = {
      nodeSelector: { pool: 'streams' },
      tolerations: [{ key: 'dedicated', operator: 'Exists' }],
      priorityClassName: 'p',
    };
    expect(at(theOne(objects, 'Pod'), 'spec')).toMatchObject(expected);
    expect(at(theOne(objects, 'Deployment'), 'spec.template.spec')).toMatchObject(expected);
  });
});

describe('the ServiceMonitor', () => {
  const monitored = [...kafka, '--set', 'metrics.serviceMonitor.enabled=true'];
  const tls = ['--set', 'internal.tls.existingSecret=certificates'];
  const endpointOf = async (...args: readonly string[]): Promise<unknown> =>
    at(theOne(await rendered(...args), 'ServiceMonitor'), 'spec.endpoints.0');

  it('looks at certificates where it is told how', async () => {
    const serverName = 'metrics.serviceMonitor.tlsConfig.serverName=peers';

    expect(await endpointOf(...monitored)).not.toHaveProperty('tlsConfig');
    expect(await endpointOf(...monitored, ...tls)).toMatchObject({
      scheme: 'https',
      tlsConfig: { insecureSkipVerify: true },
    });
    expect(await endpointOf(...monitored, ...tls, '--set', serverName)).toMatchObject({
      scheme: 'https',
      tlsConfig: { serverName: 'peers' },
    });
  });
});
