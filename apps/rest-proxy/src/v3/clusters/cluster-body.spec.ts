import { describe, expect, it } from 'vitest';
import { ClusterAddress } from '../cluster-address.ts';
import { clusterBody } from './cluster-body.ts';

describe('clusterBody', () => {
  it('has null for the controller while there is none', () => {
    const cluster = { clusterId: 'c1', controllerId: -1, brokers: [] };

    expect(clusterBody(cluster, new ClusterAddress('http://p', '', 'c1'))).toMatchObject({
      controller: null,
    });
  });
});
