import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import { readConfig } from '../../apps/rest-proxy/src/config/read-config.ts';
import { CertificateAuthority } from '../../scripts/stack/certificates.ts';
import { kubernetesTools } from '../../scripts/stack/kubernetes-tools.ts';
import {
  at,
  chartDir,
  environmentOf,
  listAt,
  ofKind,
  rendered,
  theOne,
} from '../support/deploy/kubernetes-objects.ts';

// The programs are fetched the first time.
beforeAll(() => kubernetesTools(), 300_000);

const kafka = ['--set', 'bootstrapServers=kafka:9092'];

describe('pods that are replaced all at once', () => {
  it('have no rolling update beside it, which Kubernetes would refuse', async () => {
    const objects = await rendered(...kafka, '--set', 'updateStrategy.type=Recreate');

    expect(at(theOne(objects, 'Deployment'), 'spec.strategy')).toEqual({ type: 'Recreate' });
  });
});

describe('TLS towards clients', () => {
  const dir = mkdtempSync(join(tmpdir(), 'chart-tls-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('is as the README says, and asks nothing of those who probe', async () => {
    const authority = new CertificateAuthority(dir);
    const { certificate, key } = authority.issue('clients');
    const readme = readFileSync(join(chartDir, 'README.md'), 'utf8');
    const [, values = ''] = /TLS towards clients.*?```yaml\n(.*?)```/s.exec(readme) ?? [];
    const own: unknown = parse(values);
    const file = join(dir, 'values.yaml');
    const clients = {
      'ssl.client.authentication': 'REQUIRED',
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': authority.certificate,
    };
    const config = { ...Object(at(own, 'config')), ...clients };
    writeFileSync(file, stringify({ ...Object(own), config }));

    const objects = await rendered(
      ...kafka,
      '--values',
      file,
      '--set',
      'internal.tls.existingSecret=c,redis.url=redis://redis:6379',
    );

    const service = ofKind(objects, 'Service').find(({ metadata }) => !metadata.name.endsWith('-peers'));
    expect(at(service, 'spec.ports.0.appProtocol')).toBe('https');
    const variables = listAt(at(theOne(objects, 'Pod'), 'spec.containers.0'), 'env');
    expect(variables).toContainEqual({ name: 'SERVICE', value: 'https://release-kafka-rest-proxy:8082' });
    const environment = Object.entries(environmentOf(objects)).map(([name, value]) => [
      name,
      value
        .replaceAll('/etc/kafka-rest/internal-tls/ca.crt', authority.certificate)
        .replaceAll('/etc/kafka-rest/internal-tls/tls.crt', certificate)
        .replaceAll('/etc/kafka-rest/internal-tls/tls.key', key),
    ]);
    const read = readConfig(
      {
        ...Object.fromEntries(environment),
        POD_IP: '10.0.0.7',
        // As cert-manager makes them by default: PKCS #1.
        KAFKA_REST_SSL_KEYSTORE_KEY: createPrivateKey(readFileSync(key)).export({
          type: 'pkcs1',
          format: 'pem',
        }) as string,
        KAFKA_REST_SSL_KEYSTORE_CERTIFICATE_CHAIN: readFileSync(certificate, 'utf8'),
      },
      [],
    );
    expect(read.warnings).toEqual([]);
    expect(read.http.listeners).toMatchObject([
      { protocol: 'https', port: 8082, tls: { requestCert: true } },
    ]);
    expect(read.internal.listeners).toMatchObject([{ protocol: 'https', port: 8083 }]);
    expect(read.internal.listeners[0]?.tls).not.toHaveProperty('requestCert');
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
