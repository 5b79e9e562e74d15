import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ServerState } from '../../apps/rest-proxy/src/http/server-state.ts';
import { ContractApp } from '../support/contract-app.ts';
import { replicaSettings } from '../support/replica-pair.ts';

describe('health', () => {
  let app: ContractApp;
  beforeAll(async () => {
    app = await ContractApp.start();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    app.kafka.metadata.age = 10;
  });

  it('GET /health/ready is 200 while Kafka has answered within a minute', async () => {
    const answer = await app.request('/health/ready');
    expect(answer).toMatchObject({
      status: 200,
      json: {
        status: 'ok',
        details: { kafka: { status: 'up', metadataAgeMs: 10, brokers: 1 }, server: { status: 'up' } },
      },
    });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    [60_001, 'no answer for 60001 ms'],
    [Infinity, 'the cluster has not answered yet'],
  ])('GET /health/ready is 503 with metadata of age %d', async (age, message) => {
    app.kafka.metadata.age = age;
    expect(await app.request('/health/ready')).toMatchObject({
      status: 503,
      json: { status: 'error', error: { kafka: { status: 'down', message } } },
    });
  });

  it.each(['text/html', 'nonsense'])('Accept %s does not matter', async (accept) => {
    const answer = await app.request('/health/live', { headers: { Accept: accept } });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  });

  it.each(['/health/live', '/health/startup'])('GET %s does not depend on Kafka', async (path) => {
    app.kafka.metadata.age = Infinity;
    app.kafka.cluster.failure = KafkaError.of('NETWORK_EXCEPTION');
    expect(await app.request(path)).toMatchObject({ status: 200, json: { status: 'ok' } });
    app.kafka.cluster.failure = undefined;
  });

  it('GET /health/ready is 503 once the proxy is shutting down, and the connection ends', async () => {
    app.proxy.app.get(ServerState).drain();
    const answer = await app.request('/health/ready');
    expect(answer).toMatchObject({ status: 503, json: { error: { server: { message: 'shutting down' } } } });
    expect(answer.headers.get('connection')).toBe('close');
  });
});

describe('a replica whose Redis is away', () => {
  it('is ready, and says that it is degraded', async () => {
    const replica = await ContractApp.start(replicaSettings);
    try {
      expect(await replica.request('/health/ready')).toMatchObject({
        status: 200,
        json: {
          details: { replicas: { status: 'up', others: 0, degraded: expect.stringContaining('refused') } },
        },
      });
    } finally {
      await replica.close();
    }
  });
});
