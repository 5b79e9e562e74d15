import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GroupProbe } from '../support/group-probe.ts';
import { seededRandom } from '../support/random-json.ts';
import { jsonType, RestConsumer } from '../support/rest-consumer.ts';
import { write } from '../support/rest-topic.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

const partitions = 3;
const recordsOfPartition = 400;
const padding = 'x'.repeat(4_000);

let kafka: string;
let proxy: TestApp;
let groups: GroupProbe;

beforeAll(async () => {
  kafka = await sharedKafka();
  groups = await GroupProbe.connect(kafka);
  proxy = await TestApp.onKafka(kafka, { 'consumer.auto.commit.interval.ms': '100' });
});

afterAll(async () => {
  await proxy.close();
  await groups.disconnect();
});

interface Got {
  readonly partition: number;
  readonly offset: number;
}

/** Reads and hangs up in the middle of the answer. @returns what came nevertheless, of an answer that is that small */
function hangUp(path: string): Promise<readonly Got[]> {
  return new Promise((resolve) => {
    let got: readonly Got[] = [];
    const socket = connect(proxy.port, '127.0.0.1');
    socket.write(`GET ${path}/records?timeout=500 HTTP/1.1\r\nHost: x\r\nAccept: ${jsonType}\r\n\r\n`);
    socket.once('data', (data) => {
      const [head = '', body = ''] = data.toString().split('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (length !== undefined && body.length >= Number(length)) got = JSON.parse(body) as readonly Got[];
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(got));
  });
}

it.each([[true], [false]])(
  'No client that hangs up, commits, comes and goes makes the group pass a record (commits by itself: %s)',
  async (autoCommit) => {
    const random = seededRandom(autoCommit ? 7 : 11);
    const topic = await createTopic(kafka, uniqueName('unreliable'), { partitions });
    const group = uniqueName('group');
    for (let partition = 0; partition < partitions; partition += 1) {
      for (let from = 0; from < recordsOfPartition; from += 100) {
        const values = Array.from({ length: 100 }, (_, index) => ({ n: from + index, padding }));
        await write(proxy, topic, values, partition);
      }
    }
    const received = Array.from({ length: partitions }, () => new Set<number>());
    const start = async (id: string): Promise<RestConsumer> => {
      const options = { 'auto.commit.enable': autoCommit };
      const consumer = await RestConsumer.create(proxy, group, id, options);
      await consumer.subscribe(topic);
      return consumer;
    };
    /** All below a committed offset has come to a client whole. */
    const check = async (): Promise<void> => {
      const committed = await groups.committed(group, topic);
      for (const [partition, offset] of committed.entries()) {
        for (let each = 0; each < (offset ?? 0); each += 1) {
          if (received[partition]?.has(each) !== true) throw new Error(`${partition}@${each} was passed`);
        }
      }
    };
    const members = [await start('c1'), await start('c2')];
    const total = (): number => received.reduce((sum, offsets) => sum + offsets.size, 0);
    for (let step = 0; step < 2_000 && total() < partitions * recordsOfPartition; step += 1) {
      const at = random(members.length);
      const consumer = members[at];
      if (consumer === undefined) continue;
      const dice = random(100);
      let got: readonly Got[] = [];
      if (dice < 25) got = await hangUp(consumer.path);
      else if (dice < 35) await consumer.post('offsets');
      else if (dice < 38) {
        await consumer.delete();
        members[at] = await start(consumer.id);
      } else {
        const { json } = await consumer.read(`timeout=200&max_bytes=${random(400_000)}`);
        got = json as readonly Got[];
      }
      for (const { partition, offset } of got) received[partition]?.add(offset);
      await check();
    }
    for (const consumer of members) await consumer.delete();
    await check();

    expect(total()).toBe(partitions * recordsOfPartition);
  },
);
