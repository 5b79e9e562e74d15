import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafka, type KafkaCluster } from '../../scripts/stack/kafka-cluster.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';

let kafka: KafkaCluster;
let proxy: TestApp;

beforeAll(async () => {
  kafka = await startKafka({ properties: { 'auto.create.topics.enable': 'false' } });
  proxy = await TestApp.onKafka(kafka.bootstrapServers);
});

afterAll(async () => {
  await proxy.close();
  await kafka.stop();
});

function produce(topic: string): ReturnType<TestApp['request']> {
  return proxy.request(`/topics/${topic}`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.kafka.json.v2+json' },
    body: Buffer.from('{"records":[{"value":1}]}'),
  });
}

describe('POST /topics/{topic} where brokers create no topics', () => {
  // The original blocks for max.block.ms, a minute.
  it('says at once that the topic does not exist', async () => {
    expect(await produce('absent')).toMatchObject({
      status: 200,
      json: {
        offsets: [
          {
            partition: null,
            offset: null,
            error_code: 50003,
            error: expect.stringMatching(/^Topic absent not present in metadata/) as string,
          },
        ],
      },
    });
    expect((await proxy.request('/topics')).json).not.toContain('absent');
  }, 10_000);

  it('writes to it as soon as it exists', async () => {
    await produce('late');
    await createTopic(kafka.bootstrapServers, 'late');
    expect(await produce('late')).toMatchObject({
      status: 200,
      json: { offsets: [{ offset: 0, error: null }] },
    });
  });
});
