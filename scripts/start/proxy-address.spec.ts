import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readProxySetting } from './proxy-address.ts';

describe('readProxySetting', () => {
  let dir: string;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'proxy-address-'));
  });

  afterAll(() => rmSync(dir, { recursive: true }));

  const fileWith = (text: string): string => {
    const path = join(dir, 'proxy.properties');
    writeFileSync(path, text);
    return path;
  };

  it('listens on 8082 and knows no Kafka when nothing is set', () => {
    expect(readProxySetting({}, undefined)).toEqual({
      baseUrl: 'http://localhost:8082',
      port: 8082,
      bootstrapServers: undefined,
      schemaRegistryUrl: undefined,
    });
  });

  it.each([
    ['http://0.0.0.0:9000', 'http://localhost:9000', 9000],
    ['http://:9000', 'http://localhost:9000', 9000],
    ['http://[::]:9000', 'http://localhost:9000', 9000],
    ['https://proxy.example:8443,http://0.0.0.0:9000', 'https://proxy.example:8443', 8443],
    ['HTTP://127.0.0.1:9000', 'http://localhost:9000', 9000],
  ])('reaches the first of the listeners %s at %s', (listeners, baseUrl, port) => {
    expect(readProxySetting({ KAFKA_REST_LISTENERS: listeners }, undefined)).toMatchObject({ baseUrl, port });
  });

  it('takes the port when there are no listeners', () => {
    expect(readProxySetting({ KAFKA_REST_PORT: '9001' }, undefined).port).toBe(9001);
  });

  it('reads a properties file, and lets the environment win', () => {
    const file = fileWith(
      '# bootstrap.servers=commented:1\r\nbootstrap.servers = a:9092,b:9092\nlisteners: http://0.0.0.0:7000\nid\n',
    );

    expect(readProxySetting({}, file)).toMatchObject({ bootstrapServers: 'a:9092,b:9092', port: 7000 });
    expect(readProxySetting({ KAFKA_REST_BOOTSTRAP_SERVERS: 'c:1' }, file).bootstrapServers).toBe('c:1');
  });

  it('treats an empty variable as one that is not set', () => {
    expect(
      readProxySetting({ KAFKA_REST_BOOTSTRAP_SERVERS: '' }, undefined).bootstrapServers,
    ).toBeUndefined();
  });
});
