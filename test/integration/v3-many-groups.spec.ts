import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { BrokerConnection } from '#libs/kafka/platformatic/broker-connection.ts';
import { startKafka, type KafkaCluster } from '../../scripts/stack/kafka-cluster.ts';
import { makeGroups } from '../support/group-offsets.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

const groupCount = 2_000;

let kafka: KafkaCluster;
let app: TestApp;
let groups: string;
const ids = Array.from({ length: groupCount }, (_, i) => `group-${String(i).padStart(5, '0')}`);

interface Listed {
  readonly data: readonly { readonly consumer_group_id: string; readonly is_simple: boolean }[];
  readonly metadata: { readonly next: string | null };
}

beforeAll(async () => {
  // Of its own: the list is of all groups.
  kafka = await startKafka();
  app = await TestApp.onKafka(kafka.bootstrapServers);
  const { data } = (await app.request('/v3/clusters')).json as {
    readonly data: readonly [{ readonly cluster_id: string }];
  };
  groups = `/v3/clusters/${data[0].cluster_id}/consumer-groups`;
  const topic = await createTopic(kafka.bootstrapServers, uniqueName('grouped'));
  await makeGroups(kafka.bootstrapServers, ids, topic, [0]);
});

afterAll(async () => {
  await app.close();
  await kafka.stop();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Counts what is asked of Kafka. */
function requests(): () => number {
  const counted = [
    vi.spyOn(BrokerConnection.prototype, 'call'),
    vi.spyOn(BrokerConnection.prototype, 'send'),
  ];
  return () => counted.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}

it('thousands of groups are listed with one request of a list and one for each 200', async () => {
  const asked = requests();

  const { status, json } = await app.request(groups);

  expect(status).toBe(200);
  const { data } = json as Listed;
  expect(data.map((one) => one.consumer_group_id)).toEqual(ids);
  expect(data.every((one) => one.is_simple)).toBe(true);
  // Besides, the cluster is asked who its brokers are, and now and then by itself.
  expect(asked()).toBeLessThanOrEqual(groupCount / 200 + 4);
});

it('only the groups of a page are described', async () => {
  const seen: string[] = [];
  const asked = requests();
  for (let path: string | null = `${groups}?page_size=700`; path !== null;) {
    const { data, metadata } = (await app.request(path)).json as Listed;
    seen.push(...data.map((one) => one.consumer_group_id));
    path = metadata.next?.replace(app.url, '') ?? null;
  }

  expect(seen).toEqual(ids);
  expect(asked()).toBeLessThanOrEqual(4 + 4 + 3 + 3 * 4);
});
