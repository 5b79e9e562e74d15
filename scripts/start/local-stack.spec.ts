import { describe, expect, it } from 'vitest';

import { stackPorts } from './local-stack.ts';

describe('stackPorts', () => {
  it('chooses the ports that quick starts expect', () => {
    expect(stackPorts({})).toEqual({ kafka: 9092, registry: 8081 });
  });

  it('takes other ports from the environment', () => {
    expect(stackPorts({ KRP_KAFKA_PORT: '19092', KRP_REGISTRY_PORT: '18081' })).toEqual({
      kafka: 19_092,
      registry: 18_081,
    });
  });

  it.each(['abc', '0', '65536', '-1', '9092.5', '1e4', ' '])('refuses %j and names the variable', (port) => {
    expect(() => stackPorts({ KRP_KAFKA_PORT: port })).toThrow('KRP_KAFKA_PORT');
  });
});
