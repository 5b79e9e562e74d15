/**
 * What a user of the API would write with a client that is generated from the OpenAPI document: types and calls as
 * they come, no header set by hand, no cast. v3-generated-client.spec.ts makes `paths.ts` beside a copy of this file,
 * compiles both strictly, and runs it twice: `node program.ts <url> <topic> <group> write|finish`.
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './paths.ts';

type RecordToProduce = components['schemas']['RecordToProduce'];
type RecordResult = components['schemas']['RecordResult'];

const [baseUrl = '', topic = '', group = '', step = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl });

interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** What the proxy answered. @throws for an error */
async function dataOf<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (data === undefined) throw new Error(`${response.status} ${JSON.stringify(error)}`);
  return data;
}

/** For answers without a body. */
async function done(call: Promise<Answer<unknown>>): Promise<number> {
  const { error, response } = await call;
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(error)}`);
  return response.status;
}

const { data: clusters } = await dataOf(client.GET('/v3/clusters'));
const clusterId = clusters[0]?.cluster_id ?? '';
const cluster = { clusterId };
const ofTopic = { params: { path: { clusterId, topic } } };
const ofGroup = { params: { path: { clusterId, group } } };

async function create(): Promise<object> {
  const body = {
    topic_name: topic,
    partitions_count: 2,
    configs: [{ name: 'retention.ms', value: '60000' }],
  };
  const tried = await dataOf(
    client.POST('/v3/clusters/{clusterId}/topics', {
      params: { path: cluster },
      body: { ...body, validate_only: true },
    }),
  );
  const created = await dataOf(
    client.POST('/v3/clusters/{clusterId}/topics', { params: { path: cluster }, body }),
  );
  const { data: topics } = await dataOf(
    client.GET('/v3/clusters/{clusterId}/topics', {
      params: { path: cluster, query: { page_size: 10_000 } },
    }),
  );
  const again = await client.POST('/v3/clusters/{clusterId}/topics', { params: { path: cluster }, body });
  return {
    tried: tried.topic_name,
    created: created.partitions_count,
    listed: topics.some(({ topic_name: name }) => name === topic),
    again: [again.response.status, again.error?.error_code],
  };
}

async function configure(): Promise<object> {
  const name = { params: { path: { clusterId, topic, name: 'max.message.bytes' } } };
  const one = '/v3/clusters/{clusterId}/topics/{topic}/configs/{name}';
  const altered = await done(
    client.POST('/v3/clusters/{clusterId}/topics/{topic}/configs:alter', {
      ...ofTopic,
      body: {
        data: [
          { name: 'cleanup.policy', value: 'compact' },
          { name: 'retention.ms', operation: 'DELETE' },
        ],
      },
    }),
  );
  const put = await done(client.PUT(one, { ...name, body: { value: '2000000' } }));
  const set = await dataOf(client.GET(one, name));
  const reset = await done(client.DELETE(one, name));
  const { data } = await dataOf(client.GET('/v3/clusters/{clusterId}/topics/{topic}/configs', ofTopic));
  const changed = data
    .filter(({ source }) => source === 'DYNAMIC_TOPIC_CONFIG')
    .map(({ name, value }) => [name, value]);
  const multi = await done(
    client.POST('/v3/clusters/{clusterId}/topics/-/configs:alter', {
      params: { path: cluster },
      body: { data: [{ topic_name: topic, configs: [{ name: 'cleanup.policy', value: 'delete' }] }] },
    }),
  );
  return { altered, put, set: set.value, reset, changed, multi };
}

async function produce(): Promise<object> {
  const records = '/v3/clusters/{clusterId}/topics/{topic}/records';
  const one = await dataOf(
    client.POST(records, {
      ...ofTopic,
      body: {
        partition_id: 0,
        headers: [{ name: 'h', value: Buffer.from('x').toString('base64') }],
        key: { type: 'STRING', data: 'k' },
        value: { type: 'JSON', data: { n: 0 } },
      },
    }),
  );
  const refused = await dataOf(
    client.POST(records, { ...ofTopic, body: { partition_id: 9, value: { type: 'STRING', data: 'x' } } }),
  );
  const batch = await dataOf(
    client.POST('/v3/clusters/{clusterId}/topics/{topic}/records:batch', {
      ...ofTopic,
      body: {
        entries: [
          { id: 'good', partition_id: 0, value: { type: 'BINARY', data: 'AAE=' } },
          { id: 'bad', partition_id: 9, value: { type: 'STRING', data: 'x' } },
        ],
      },
    }),
  );
  return {
    one: [one.error_code, one.partition_id, one.offset],
    refused: refused.error_code,
    batch: [batch.successes.map(({ id }) => id), batch.failures.map(({ id }) => id)],
    streamed: await stream(100),
  };
}

/** Many records in one call: each is sent when the result of the one before has come. */
async function stream(count: number): Promise<object> {
  const results: RecordResult[] = [];
  let next = (): void => undefined;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const sent = results.length;
      if (sent === count) return controller.close();
      const record: RecordToProduce = { partition_id: 1, value: { type: 'JSON', data: { n: sent } } };
      const answered = new Promise<void>((resolve) => (next = resolve));
      controller.enqueue(Buffer.from(JSON.stringify(record)));
      await answered;
    },
  });
  const answer = await dataOf(
    client.POST('/v3/clusters/{clusterId}/topics/{topic}/records', {
      ...ofTopic,
      // What goes out is a stream of the records that the document describes, and so is what comes back.
      body: {},
      bodySerializer: () => body,
      duplex: 'half',
      parseAs: 'stream',
    }),
  );
  let text = '';
  for await (const chunk of answer?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const lines = text.split('\r\n');
    text = lines.pop() ?? '';
    for (const line of lines) results.push(JSON.parse(line));
    next();
  }
  return {
    results: results.length,
    written: results.filter(({ error_code: code }) => code === 200).length,
    offsets: results.map(({ offset }) => offset),
  };
}

async function lag(): Promise<object> {
  const path = '/v3/clusters/{clusterId}/consumer-groups/{group}';
  const { state } = await dataOf(client.GET(path, ofGroup));
  const { data } = await dataOf(client.GET(`${path}/lags`, ofGroup));
  const summary = await dataOf(client.GET(`${path}/lag-summary`, ofGroup));
  const single = await dataOf(
    client.GET(`${path}/lags/{topic}/partitions/{partition}`, {
      params: { path: { clusterId, group, topic, partition: 1 } },
    }),
  );
  const altered = await dataOf(
    client.POST(`${path}/offsets:alter`, {
      ...ofGroup,
      body: { data: [{ topic_name: topic, position: 'LATEST' }] },
    }),
  );
  return {
    state,
    lags: data.map((one) => [one.partition_id, one.lag]),
    summary: [summary.max_lag, summary.total_lag, summary.max_lag_partition_id],
    single: single.lag,
    altered: altered.data.map((one) => [one.partition_id, one.previous_offset, one.current_offset]),
  };
}

async function remove(): Promise<object> {
  const groupGone = await done(client.DELETE('/v3/clusters/{clusterId}/consumer-groups/{group}', ofGroup));
  const topicGone = await done(client.DELETE('/v3/clusters/{clusterId}/topics/{topic}', ofTopic));
  const after = await client.GET('/v3/clusters/{clusterId}/topics/{topic}', ofTopic);
  return { groupGone, topicGone, after: [after.response.status, after.error?.error_code] };
}

const seen =
  step === 'write'
    ? { create: await create(), configure: await configure(), produce: await produce() }
    : { lag: await lag(), remove: await remove() };
process.stdout.write(JSON.stringify(seen));
