import { afterEach, describe, expect, it } from 'vitest';
import { ServerState } from '../../apps/rest-proxy/src/http/server-state.ts';
import { ContractApp } from '../support/contract-app.ts';
import { RecordStreamClient } from '../support/record-stream-client.ts';

const path = '/v3/clusters/fake-cluster/topics/t/records';
let app: ContractApp | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(settings: Readonly<Record<string, string>>): Promise<ContractApp> {
  app = await ContractApp.start(settings);
  app.kafka.cluster.createTopic('t');
  return app;
}

const open = ({ port }: ContractApp): Promise<RecordStreamClient> => RecordStreamClient.open(port, path);
const codes = (client: RecordStreamClient): unknown[] => client.results.map(({ error_code }) => error_code);

describe('a stream of records', () => {
  it('is told when nothing came for too long', async () => {
    const client = await open(await start({ 'idle.timeout.ms': '100' }));
    client.send('{}');
    await client.untilEnd();
    expect(codes(client)).toEqual([200, 400]);
    expect(client.results[1]?.['message']).toBe(
      'Bad Request: Error processing message: TimeoutException: Idle timeout expired: 100/100 ms',
    );
    await client.untilClosed();
  });

  it('may wait for Kafka longer than it may be idle', async () => {
    const proxy = await start({ 'idle.timeout.ms': '100' });
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    proxy.kafka.producer.before = () => gate;
    const client = await open(proxy);
    client.send('{}');
    const another = await open(proxy);
    await another.untilEnd();
    await another.untilClosed();
    expect(client.text).toBe('');
    go();
    expect(await client.untilResults(1)).toMatchObject([{ error_code: 200 }]);
  });

  it('takes no more records when it is too old, and ends', async () => {
    const proxy = await start({
      'streaming.connection.max.duration.ms': '200',
      'streaming.connection.max.duration.grace.period.ms': '300',
    });
    const client = await open(proxy);
    client.send('{}');
    await client.untilResults(1);
    const sender = setInterval(() => client.send('{}'), 20);
    await client.untilEnd();
    clearInterval(sender);
    const [first, ...others] = codes(client);
    expect(first).toBe(200);
    expect(others.at(-1)).toBe(408);
    expect(others.filter((code) => code === 408).length).toBeGreaterThan(1);
    expect(others.lastIndexOf(200)).toBeLessThan(others.indexOf(408));
    expect(client.results.at(-1)?.['message']).toBe(
      'Streaming connection open for longer than allowed: Connection will be closed.',
    );
    await client.untilClosed();
  });

  it('ends at a record that is too large, complete or not', async () => {
    const proxy = await start({ 'api.v3.produce.request.size.limit.max.bytes': '100' });
    const large = `{"value":{"type":"STRING","data":"${'x'.repeat(100)}"}}`;
    for (const body of [`{}${large}{}`, `{}${large.slice(0, 110)}`]) {
      const client = await open(proxy);
      client.send(body);
      await client.untilEnd();
      expect(client.results).toMatchObject([
        { error_code: 200 },
        {
          error_code: 400,
          message:
            'Bad Request: Error processing message: Produce request size is larger than allowed threshold',
        },
      ]);
    }
  });

  it('has no record without a bound though no limit is set', async () => {
    const proxy = await start({ 'max.request.body.bytes': '1000' });
    const client = await open(proxy);
    client.send(`{"value":{"type":"STRING","data":"${'x'.repeat(1000)}`);
    await client.untilEnd();
    expect(codes(client)).toEqual([400]);
  });

  it('is slowed by nobody but itself: what is above the rate is refused record by record', async () => {
    const proxy = await start({
      'api.v3.produce.rate.limit.enabled': 'true',
      'api.v3.produce.rate.limit.max.requests.per.sec': '2',
    });
    const client = await open(proxy);
    client.send('{}{}{}{}');
    await client.untilResults(4);
    expect(codes(client)).toEqual([200, 200, 429, 429]);
    client.end();
    await client.untilEnd();
  });

  it('has no limit of time, and is no request in flight', async () => {
    const proxy = await start({ 'request.timeout.ms': '50', 'max.inflight.requests': '2' });
    const clients = await Promise.all([1, 2, 3, 4].map(() => open(proxy)));
    await Promise.all(clients.map((client) => client.until(() => client.head !== '')));
    for (const client of clients) expect(client.head).toContain('200 OK');
    // The limit of time of another request passes meanwhile.
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    proxy.kafka.producer.before = () => gate;
    const late = await proxy.request('/topics/t', {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.kafka.json.v2+json' },
      body: { records: [{ value: null }] },
    });
    expect(late.status).toBe(504);
    go();
    const [first] = clients;
    first?.send('{}');
    expect(await first?.untilResults(1)).toMatchObject([{ error_code: 200 }]);
  });

  it('is refused when there are too many', async () => {
    const proxy = await start({ 'max.open.streams': '1' });
    const first = await open(proxy);
    await first.until(() => first.head !== '');
    const second = await open(proxy);
    await second.until(() => second.head !== '');
    expect(second.head).toContain('503');
    first.end();
    await first.untilEnd();
    await expect.poll(() => proxy.proxy.app.get(ServerState).openStreams).toBe(0);
  });

  it('is not read further while Kafka has not answered what came before', async () => {
    const proxy = await start({});
    let sent = 0;
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    proxy.kafka.producer.before = () => {
      sent++;
      return gate;
    };
    const client = await open(proxy);
    const record = JSON.stringify({ value: { type: 'STRING', data: 'x'.repeat(4_000) } });
    for (let i = 0; i < 50; i++) client.send(record.repeat(100));
    await expect.poll(() => sent).toBeGreaterThan(0);
    const other = await open(proxy);
    other.send('{"surprise":1}');
    await other.untilResults(1);
    const read = proxy.proxy.app.get(ServerState).bytesInFlight;
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(700_000);
    go();
    await client.untilResults(5_000);
    expect(proxy.kafka.cluster.recordsOf('t')).toHaveLength(5_000);
    await expect.poll(() => proxy.proxy.app.get(ServerState).bytesInFlight).toBe(0);
  }, 20_000);

  it('waits while the proxy holds too much, and goes on', async () => {
    const proxy = await start({ 'max.inflight.bytes': '100000' });
    const state = proxy.proxy.app.get(ServerState);
    state.reserve(100_000);
    const client = await open(proxy);
    client.send('{}');
    await expect.poll(() => client.head).not.toBe('');
    const other = await open(proxy);
    await other.until(() => other.head !== '');
    expect(client.text).toBe('');
    state.release(100_000);
    expect(await client.untilResults(1)).toMatchObject([{ error_code: 200 }]);
  });

  it('is answered and ended when the proxy shuts down', async () => {
    const proxy = await start({});
    const client = await open(proxy);
    client.send('{}');
    await client.untilResults(1);
    const closed = proxy.close();
    app = undefined;
    await client.untilEnd();
    expect(client.results[1]).toEqual({
      error_code: 503,
      message: 'Service Unavailable: the proxy is shutting down',
    });
    await closed;
  });
});
