import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ContractApp } from '../support/contract-app.ts';

describe('GET /brokers', () => {
  let app: ContractApp;
  beforeAll(async () => {
    app = await ContractApp.start();
  });
  afterAll(() => app.close());

  it('answers the ids of the brokers', async () => {
    const answer = await app.request('/brokers');

    expect(answer).toMatchObject({ status: 200, text: '{"brokers":[1]}' });
    expect(answer.headers.get('content-type')).toBe('application/vnd.kafka.v2+json');
  });

  it('says that a retry may help while no broker can be reached', async () => {
    app.kafka.cluster.failure = KafkaError.of('NETWORK_EXCEPTION');
    const answer = await app.request('/brokers');
    app.kafka.cluster.failure = undefined;

    expect(answer).toMatchObject({ status: 500, json: { error_code: 50003 } });
  });
});
