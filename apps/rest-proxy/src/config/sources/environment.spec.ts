import { describe, expect, it } from 'vitest';
import { settingsOfEnvironment } from './environment.ts';

describe('settingsOfEnvironment', () => {
  it.each([
    ['KAFKA_REST_BOOTSTRAP_SERVERS', 'bootstrap.servers'],
    ['KAFKA_REST_ID', 'id'],
    ['KAFKA_REST_API_V3_ENABLE', 'api.v3.enable'],
    ['KAFKA_REST_LISTENER_NAME_MY__NAME_SSL_KEY_PASSWORD', 'listener.name.my_name.ssl.key.password'],
    ['KAFKA_REST_LISTENER_NAME_MY___NAME_SSL_KEY_PASSWORD', 'listener.name.my-name.ssl.key.password'],
  ])('reads %s as %s', (name, key) => {
    expect(settingsOfEnvironment({ [name]: 'x' })).toEqual([{ key, value: 'x', origin: name }]);
  });

  it.each([
    'KAFKA_REST_HEAP_OPTS',
    'KAFKA_REST_OPTS',
    'KAFKA_REST_JMX_PORT',
    'KAFKA_REST_JMX_HOSTNAME',
    'KAFKA_REST_LOG4J_ROOT_LOGLEVEL',
    'KAFKA_REST_LOG4J_LOGGERS',
    'KAFKA_REST_JVM_PERFORMANCE_OPTS',
    'KAFKA_REST_CUB_KAFKA_TIMEOUT',
    'KAFKAREST_HEAP_OPTS',
    'KAFKA_REST_',
    'PATH',
  ])('leaves %s alone', (name) => {
    expect(settingsOfEnvironment({ [name]: 'x' })).toEqual([]);
  });
});
