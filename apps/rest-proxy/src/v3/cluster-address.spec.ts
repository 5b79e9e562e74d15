import { describe, expect, it } from 'vitest';
import { ClusterAddress } from './cluster-address.ts';

describe('ClusterAddress', () => {
  const address = new ClusterAddress('http://proxy:8082/kafka', 'mds.example.com', 'c1');

  it('is below the base URL of the client', () => {
    expect(address.url()).toBe('http://proxy:8082/kafka/v3/clusters/c1');
    expect(address.related('brokers', 1)).toEqual({
      related: 'http://proxy:8082/kafka/v3/clusters/c1/brokers/1',
    });
  });

  it('encodes each segment, so that a slash in a name does not become a path', () => {
    expect(address.url('consumer-groups', 'a/b c?')).toBe(
      'http://proxy:8082/kafka/v3/clusters/c1/consumer-groups/a%2Fb%20c%3F',
    );
  });

  it('joins resource names as they are', () => {
    expect(address.resourceName()).toBe('crn://mds.example.com/kafka=c1');
    expect(address.resourceName('consumer-group=a/b', 'consumer=x')).toBe(
      'crn://mds.example.com/kafka=c1/consumer-group=a/b/consumer=x',
    );
    expect(new ClusterAddress('http://p', '', 'c1').resourceName('topic=t')).toBe('crn:///kafka=c1/topic=t');
  });
});
