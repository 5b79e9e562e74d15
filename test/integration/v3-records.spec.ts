import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServerState } from '../../apps/rest-proxy/src/http/server-state.ts';
import { readLog } from '../support/log-reader.ts';
import { RecordStreamClient } from '../support/record-stream-client.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

let kafka: string;
let proxy: TestApp;
let cluster: string;
let topic: string;

beforeAll(async () => {
  kafka = await sharedKafka();
  proxy = await TestApp.onKafka(kafka);
  const { json } = await proxy.request('/v3/clusters');
  cluster = (json as { data: [{ cluster_id: string }] }).data[0].cluster_id;
});

beforeEach(async () => {
  topic = await createTopic(kafka, uniqueName('stream'), { partitions: 3 });
});

afterAll(() => proxy.close());

/** Collects garbage now. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc === 'function') gc();
}

const pathOf = (name: string): string => `/v3/clusters/${cluster}/topics/${name}/records`;
const open = (name = topic): Promise<RecordStreamClient> => RecordStreamClient.open(proxy.port, pathOf(name));
const record = (value: string, more: object = {}): string =>
  JSON.stringify({ ...more, value: { type: 'STRING', data: value } });
const state = (): ServerState => proxy.proxy.app.get(ServerState);

describe('streams of records on a real broker', () => {
  it('answers a record before the next one is sent', async () => {
    const client = await open();
    for (let i = 0; i < 20; i++) {
      client.send(record(`v${i}`, { partition_id: 1 }));
      const results = await client.untilResults(i + 1);
      expect(results[i]).toMatchObject({
        error_code: 200,
        cluster_id: cluster,
        topic_name: topic,
        partition_id: 1,
        offset: i,
      });
    }
    client.end();
    await client.untilEnd();
  });

  it('writes keys, values, headers and times as they were sent', async () => {
    const client = await open();
    client.send(
      JSON.stringify({
        partition_id: 2,
        timestamp: '2026-01-02T03:04:05.678Z',
        headers: [{ name: 'h', value: 'AAEC' }, { name: 'n' }],
        key: { type: 'BINARY', data: '/wA=' },
        value: { type: 'JSON', data: { n: 1, text: 'é' } },
      }),
    );
    const [result] = await client.untilResults(1);
    expect(result).toMatchObject({
      partition_id: 2,
      timestamp: '2026-01-02T03:04:05.678Z',
      key: { type: 'BINARY', size: 2 },
      value: { type: 'JSON', size: 19 },
    });
    client.end();
    const [stored] = await readLog(kafka, topic, 2);
    expect(stored).toMatchObject({ key: Buffer.from([0xff, 0]), value: Buffer.from('{"n":1,"text":"é"}') });
    expect(stored?.headers).toEqual([
      [Buffer.from('h'), Buffer.from([0, 1, 2])],
      [Buffer.from('n'), null],
    ]);
  });

  it('goes on after records that Kafka does not take', async () => {
    const client = await open();
    client.send(record('1', { partition_id: 0 }));
    client.send(record('2', { partition_id: 77 }));
    client.send(record('x'.repeat(1_100_000), { partition_id: 0 }));
    client.send(record('4', { partition_id: 0 }));
    const results = await client.untilResults(4);
    expect(results.map(({ error_code }) => error_code)).toEqual([200, 40401, 413, 200]);
    expect(results[1]?.['message']).toBe(
      `Partition 77 of topic ${topic} with partition count 3 is not present in metadata.`,
    );
    client.end();
    await client.untilEnd();
  });

  it('says that a topic is not there', async () => {
    const client = await open('a%20b');
    client.send(record('1'));
    expect(await client.untilResults(1)).toMatchObject([
      { error_code: 40002, message: 'Invalid topics: [a b]' },
    ]);
    client.end();
    await client.untilEnd();
  });

  it('takes 200,000 records in flat memory, and loses none', async () => {
    const count = 200_000;
    const client = await open();
    client.discardText();
    const heap = (): number => {
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    const most: number[] = [];
    const perPiece = 500;
    for (let sent = 0; sent < count; sent += perPiece) {
      const piece = Array.from({ length: perPiece }, (_, i) =>
        record(`value ${sent + i} ${'x'.repeat(80)}`, { partition_id: 0 }),
      );
      if (!client.send(piece.join('\n'))) {
        await new Promise((resolve) => void client.socket.once('drain', resolve));
      }
      if (sent % 20_000 === 0) most.push(heap());
      // Half a MiB, and what one turn of the event loop reads from a connection: of some 30 MB in all.
      expect(state().bytesInFlight).toBeLessThan(4_000_000);
    }
    client.end();
    await client.untilEnd();
    expect(client.count).toBe(count);
    expect(client.last).toMatchObject({ error_code: 200, offset: count - 1 });
    expect(Math.max(...most.slice(2))).toBeLessThan((most[1] ?? 0) + 64_000_000);
    expect(state().bytesInFlight).toBe(0);
  });

  it('slows down a client that does not read, and nobody else', async () => {
    const slow = await open();
    await slow.until(() => slow.head !== '');
    slow.socket.pause();
    const piece = Array.from({ length: 500 }, () => record('x'.repeat(80))).join('');
    let sent = 0;
    // The system takes what fits into its buffers; then the stream is not read any more.
    const stuck = async (): Promise<boolean> => {
      if (slow.send(piece)) {
        sent += 500;
        return false;
      }
      sent += 500;
      const drained = await Promise.race([
        new Promise<boolean>((resolve) => void slow.socket.once('drain', () => resolve(true))),
        answeredTwice().then(() => false),
      ]);
      return !drained;
    };
    /** Another client gets its answers meanwhile. */
    const answeredTwice = async (): Promise<void> => {
      const other = await open();
      for (let i = 0; i < 200; i++) {
        other.send(record(String(i)));
        await other.untilResults(i + 1);
      }
      other.end();
      await other.untilEnd();
    };
    while (!(await stuck())) if (sent > 2_000_000) throw new Error('The slow client was never slowed down');
    expect(state().bytesInFlight).toBeLessThan(2_000_000);
    slow.discardText();
    slow.socket.resume();
    slow.end();
    await slow.untilEnd();
    expect(slow.count).toBe(sent);
  });

  it('keeps what was answered when a client goes away in the middle', async () => {
    const client = await open();
    for (let i = 0; i < 100; i++) client.send(record(String(i), { partition_id: 0 }));
    await client.untilResults(1);
    client.socket.destroy();
    await client.untilClosed();
    await expect.poll(() => [state().openStreams, state().bytesInFlight]).toEqual([0, 0]);
    const next = await open();
    next.send(record('last', { partition_id: 0 }));
    const [result] = await next.untilResults(1);
    expect(Number(result?.['offset'])).toBeGreaterThanOrEqual(client.count);
    next.end();
    await next.untilEnd();
  });

  it('keeps 3,000 streams open at little cost', async () => {
    const count = 3_000;
    const held = (): number => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = held();
    const clients: RecordStreamClient[] = [];
    while (clients.length < count) {
      clients.push(...(await Promise.all(Array.from({ length: 500 }, () => open()))));
    }
    await Promise.all(clients.map((client) => client.until(() => client.head !== '')));
    expect(state().openStreams).toBe(count);
    // The client's side of each is in this process, too.
    expect((held() - before) / count).toBeLessThan(40_000);
    await Promise.all(
      clients.map(async (client, i) => {
        client.send(record(String(i)));
        await client.untilResults(1);
        client.end();
        await client.untilEnd();
        client.socket.destroy();
      }),
    );
    await expect.poll(() => state().openStreams).toBe(0);
  });
});
