import { beforeAll, describe, expect, it } from 'vitest';

import { kubernetesTools } from '../../scripts/stack/kubernetes-tools.ts';
import { environmentOf, listAt, ofKind, rendered, theOne } from '../support/deploy/kubernetes-objects.ts';

// The programs are fetched the first time.
beforeAll(() => kubernetesTools(), 300_000);

const redis = ['--set', 'bootstrapServers=kafka:9092,redis.url=redis://redis:6379'];

describe('pods that know one another by certificates', () => {
  const mutual = ['--set', 'internal.tls.existingSecret=certificates,internal.tls.mutual=true'];

  it('have no secret, and mount their certificate', async () => {
    const objects = await rendered(...redis, ...mutual);
    const environment = environmentOf(objects);

    expect(ofKind(objects, 'Secret')).toEqual([]);
    expect(environment).not.toHaveProperty('KAFKA_REST_INTERNAL_SECRET');
    expect(environment).toMatchObject({ KAFKA_REST_INTERNAL_SSL_CLIENT_AUTHENTICATION: 'REQUESTED' });
    expect(listAt(theOne(objects, 'Deployment'), 'spec.template.spec.volumes')).toContainEqual({
      name: 'internal-tls',
      secret: { secretName: 'certificates', defaultMode: 0o440 },
    });
  });

  it('take a secret as well where there is one', async () => {
    const objects = await rendered(...redis, ...mutual, '--set', 'internal.existingSecret=mine');

    expect(environmentOf(objects)).toMatchObject({ KAFKA_REST_INTERNAL_SECRET: '(secret)' });
  });
});
