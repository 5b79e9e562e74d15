import { Kafka, logLevel } from 'kafkajs';
import type { MeasuredProcess } from './measured-process.ts';
import type { Line } from './scenarios.ts';

/** A measured line, and what one call asked of Kafka. */
export interface AdminLine extends Line {
  readonly firstMs: number;
  /** Requests to brokers of one call, by their names. */
  readonly kafkaRequests: Readonly<Record<string, number>>;
}

export interface AdminTarget {
  readonly server: MeasuredProcess;
  readonly base: string;
  /** Where the metrics are. */
  readonly internal: string;
  readonly bootstrapServers: string;
}

const groupTopic = 'bench-wide';
const group = 'bench-wide-group';
const topicsARequest = 500;

/** Makes what the calls are about: so many topics, and a group that is behind in so many partitions. */
export async function prepare(
  { bootstrapServers }: AdminTarget,
  topics: number,
  partitions: number,
): Promise<void> {
  const admin = new Kafka({
    brokers: bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
    requestTimeout: 120_000,
  }).admin();
  await admin.connect();
  try {
    const wide = [{ topic: groupTopic, numPartitions: partitions }];
    await admin.createTopics({ timeout: 120_000, waitForLeaders: true, topics: wide });
    const names = Array.from({ length: topics }, (_, i) => `bench-many-${i}`);
    for (let from = 0; from < topics; from += topicsARequest) {
      const some = names.slice(from, from + topicsARequest).map((topic) => ({ topic, numPartitions: 1 }));
      await admin.createTopics({ timeout: 120_000, waitForLeaders: false, topics: some });
    }
    for (;;) {
      const { topics: seen } = await admin.fetchTopicMetadata();
      const led = seen.filter(({ partitions: all }) => all.every(({ leader }) => leader >= 0));
      if (led.length > topics) break;
    }
    const offsets = Array.from({ length: partitions }, (_, partition) => ({ partition, offset: '0' }));
    await admin.setOffsets({ groupId: group, topic: groupTopic, partitions: offsets });
  } finally {
    await admin.disconnect();
  }
}

/** The same call `times` times, one after the other. @param check whether the answer is the whole one */
export async function adminCall(
  { server, base, internal }: AdminTarget,
  what: string,
  path: string,
  times: number,
  check: (json: unknown) => boolean,
): Promise<AdminLine> {
  const once = async (): Promise<number> => {
    const started = performance.now();
    const response = await fetch(base + path);
    const text = await response.text();
    const ms = performance.now() - started;
    if (response.status !== 200 || !check(JSON.parse(text)))
      throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
    return ms;
  };
  const firstMs = await once();
  const before = server.usage().cpuUs;
  const asked = await kafkaRequests(internal);
  const taken: number[] = [];
  for (let i = 0; i < times; i++) taken.push(await once());
  const cpuUs = (server.usage().cpuUs - before) / times;
  const requests = perCall(asked, await kafkaRequests(internal), times);
  return { ...lineOf(what, taken, cpuUs), firstMs, kafkaRequests: requests };
}

/** What the calls of the API are about. */
export const adminPaths = {
  topics: '/topics',
  lags: `/consumer-groups/${group}/lags`,
  lagSummary: `/consumer-groups/${group}/lag-summary`,
};

/** kafkajs for the same: all topics with their partitions; what a group has committed, and where its topic ends. */
export async function kafkajsAlone(
  { bootstrapServers }: AdminTarget,
  times: number,
): Promise<readonly Line[]> {
  const client = new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  const measure = async (what: string, call: () => Promise<unknown>): Promise<Line> => {
    await call();
    const before = process.cpuUsage();
    const taken: number[] = [];
    for (let i = 0; i < times; i++) {
      const started = performance.now();
      await call();
      taken.push(performance.now() - started);
    }
    const { user, system } = process.cpuUsage(before);
    return lineOf(what, taken, (user + system) / times);
  };
  try {
    return [
      await measure('kafkajs alone: all topics', () => admin.fetchTopicMetadata()),
      await measure('kafkajs alone: offsets and ends of the group', () =>
        Promise.all([
          admin.fetchOffsets({ groupId: group, topics: [groupTopic] }),
          admin.fetchTopicOffsets(groupTopic),
        ]),
      ),
    ];
  } finally {
    await admin.disconnect();
  }
}

function lineOf(what: string, taken: number[], cpuUs: number): Line {
  taken.sort((a, b) => a - b);
  const totalMs = taken.reduce((sum, ms) => sum + ms, 0);
  const at = (q: number): number => taken[Math.min(taken.length - 1, Math.floor(taken.length * q))] ?? NaN;
  return {
    what,
    unit: 'request',
    perSecond: (taken.length / totalMs) * 1000,
    cpuUs,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

async function kafkaRequests(internal: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${internal}/metrics`)).text();
  const lines = text.matchAll(/^krest_kafka_request_duration_seconds_count\{api="([^"]+)"[^}]*\} (\d+)/gm);
  return new Map([...lines].map(([, api = '', count]) => [api, Number(count)]));
}

/** What the proxy asks by itself now and then is less than once a call, and left out. */
function perCall(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  times: number,
): Readonly<Record<string, number>> {
  const found = [...after].map(
    ([api, count]) => [api, Math.round((count - (before.get(api) ?? 0)) / times)] as const,
  );
  return Object.fromEntries(found.filter(([, count]) => count > 0));
}
