import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReplicaPair, replicaSettings } from '../support/replica-pair.ts';
import { jsonType, RestConsumer } from '../support/rest-consumer.ts';
import { uniqueName } from '../support/unique-name.ts';

const secret = { 'x-krest-secret': replicaSettings['internal.secret'] };
let pair: ReplicaPair;

beforeAll(async () => {
  pair = await ReplicaPair.start();
});

afterAll(async () => {
  await pair.close();
});

/** A consumer one record of which was handed to another replica, and the delivery's id. */
async function delivered(): Promise<{
  readonly id: string;
  readonly path: string;
  readonly committed: () => Promise<number>;
}> {
  const [topic, group] = [uniqueName('t'), uniqueName('g')];
  pair.owner.kafka.cluster.createTopic(topic);
  const consumer = await RestConsumer.create(pair.owner, group, 'c1', { 'auto.commit.enable': false });
  await consumer.subscribe(topic);
  pair.owner.kafka.cluster.write(topic, '1');
  const headers = { ...secret, accept: jsonType, 'x-krest-epoch': '7', 'x-request-id': 'r' };
  const sent = request(`${pair.owner.internalUrl}/replica/forward${consumer.path}/records`, { headers });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  const committed = async (): Promise<number> => {
    await consumer.post('offsets');
    const { json } = await consumer.committed(`${topic}:0`);
    return (json as { offsets: { offset: number }[] }).offsets[0]?.offset ?? -1;
  };
  return { id: String(answer.headers['x-krest-delivery']), path: consumer.path, committed };
}

/** Sends a read on, and along with it what became of earlier answers. */
async function readAfter(
  path: string,
  reports: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { ...secret, accept: jsonType, 'x-krest-epoch': '7', 'x-krest-reports': reports };
  const answer = await fetch(`${pair.owner.internalUrl}/replica/forward${path}/records`, { headers });
  return { status: answer.status, text: await answer.text() };
}

async function tell(body: string): Promise<number> {
  const url = `${pair.owner.internalUrl}/replica/deliveries`;
  return (await fetch(url, { method: 'POST', headers: secret, body })).status;
}

describe('POST /replica/deliveries', () => {
  it('takes what became of several answers', async () => {
    const [a, b, c] = [await delivered(), await delivered(), await delivered()];

    expect(await tell(`${a.id}/confirm\n${b.id}/abandon\nof-another-start-1/confirm\n${c.id}/confirm`)).toBe(
      204,
    );
    expect(await a.committed()).toBe(1);
    expect(await b.committed()).toBeLessThanOrEqual(0);
    expect(await c.committed()).toBe(1);
  });

  it.each(['', 'x', 'x/forget', 'x/'])('refuses "%s"', async (body) => {
    expect(await tell(body)).toBe(404);
  });

  it('refuses a body without end', async () => {
    expect(await tell('x-1/confirm\n'.repeat(10_000))).toBe(413);
  });
});

describe('What is told along with a request', () => {
  it('is heard before the request is served', async () => {
    const { id, path, committed } = await delivered();

    expect(await readAfter(path, `of-another-start-1/confirm,${id}/confirm`)).toEqual({
      status: 200,
      text: '[]',
    });
    expect(await committed()).toBe(1);
  });

  it('may be that the records did not arrive', async () => {
    const { id, path } = await delivered();

    const { text } = await readAfter(path, `${id}/abandon`);
    expect(text).toContain('"offset":0');
  });

  it.each(['', 'x', 'x/forget', '%/confirm'])('is no reason to refuse the request: "%s"', async (reports) => {
    const { path } = await delivered();

    expect((await readAfter(path, reports)).status).toBe(200);
  });
});
