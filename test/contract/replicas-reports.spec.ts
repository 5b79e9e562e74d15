import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeEdge } from '../support/fakes/fake-edge.ts';
import { FakeOwner } from '../support/fakes/fake-owner.ts';
import { nothingUnderWay, ReplicaPair, replicaSettings } from '../support/replica-pair.ts';
import { jsonType, RestConsumer, v2 } from '../support/rest-consumer.ts';
import { uniqueName } from '../support/unique-name.ts';

const secret = replicaSettings['internal.secret'];
let pair: ReplicaPair;
let edge: FakeEdge;

beforeEach(async () => {
  pair = await ReplicaPair.start();
  edge = new FakeEdge(pair.owner.internalUrl, secret);
});

afterEach(async () => {
  await edge.close();
  await vi.waitFor(() => expect(pair.underWay(pair.owner)).toEqual(nothingUnderWay));
  await pair.close();
});

interface Delivered {
  readonly id: string;
  readonly path: string;
  readonly committed: () => Promise<number>;
}

/** A consumer one record of which was handed to another replica, and the delivery's id. */
async function delivered(): Promise<Delivered> {
  const [topic, group] = [uniqueName('t'), uniqueName('g')];
  pair.owner.kafka.cluster.createTopic(topic);
  const consumer = await RestConsumer.create(pair.owner, group, 'c1', { 'auto.commit.enable': false });
  await consumer.subscribe(topic);
  pair.owner.kafka.cluster.write(topic, '1');
  const call = edge.send({ target: `${consumer.path}/records`, headers: { accept: jsonType } });
  expect(await call.end).toBe('answered');
  const committed = async (): Promise<number> => {
    const { json } = await consumer.committed(`${topic}:0`);
    return (json as { offsets: { offset: number }[] }).offsets[0]?.offset ?? -1;
  };
  return { id: call.head?.delivery ?? '', path: consumer.path, committed };
}

/** Commits all that was delivered, as another replica asks for it. */
async function commit({ path }: Delivered): Promise<void> {
  const call = edge.send({ method: 'POST', target: `${path}/offsets`, headers: { 'content-type': v2 } });
  expect(await call.end).toBe('answered');
  expect(call.head?.status).toBe(200);
}

describe('What became of answers', () => {
  it('is told of several at a time', async () => {
    const [a, b, c] = [await delivered(), await delivered(), await delivered()];
    await edge.report(
      { what: 'confirm', id: a.id, mayAsk: false },
      { what: 'abandon', id: b.id },
      { what: 'confirm', id: 'of-another-start-1', mayAsk: true },
      { what: 'confirm', id: c.id, mayAsk: false },
    );
    for (const each of [a, b, c]) await commit(each);

    expect(await a.committed()).toBe(1);
    expect(await b.committed()).toBeLessThanOrEqual(0);
    expect(await c.committed()).toBe(1);
  });

  it('is heard before the next request on the link is served', async () => {
    const one = await delivered();
    edge.connections.report(pair.owner.internalUrl, { what: 'confirm', id: one.id, mayAsk: false });
    await commit(one);

    expect(await one.committed()).toBe(1);
  });

  it('may be that the records did not arrive: the next request gets them again', async () => {
    const { id, path } = await delivered();
    edge.connections.report(pair.owner.internalUrl, { what: 'abandon', id });
    const again = edge.send({ target: `${path}/records`, headers: { accept: jsonType } });

    expect(await again.end).toBe('answered');
    expect(again.body).toContain('"offset":0');
    expect(again.head?.delivery).not.toBe(id);
  });

  it.each(['', 'x', 'ä/%\0\r\n'])('is no reason to break the link when nobody knows it: %j', async (id) => {
    await edge.report({ what: 'confirm', id, mayAsk: true }, { what: 'hold', id, ms: 5 });
    const one = await delivered();
    await edge.report({ what: 'abandon', id });

    expect((await pair.owner.request(`${one.path}/subscription`)).status).toBe(200);
    expect(edge.asked).toEqual([]);
  });
});

describe('A confirmation of which may be asked', () => {
  it.each([
    [true, 1],
    [false, 0],
  ])('counts as long as the client has not gone: %s', async (still, offset) => {
    const one = await delivered();
    await edge.report({ what: 'confirm', id: one.id, mayAsk: true });
    edge.still = still;
    await commit(one);

    expect(edge.asked).toEqual([one.id]);
    expect(Math.max(0, await one.committed())).toBe(offset);
  });

  it.each([
    ['does not count when the replica that knows has gone', false],
    ['counts when it has said before that nobody needs to ask', true],
  ])('%s', async (_what, hasSaid) => {
    const one = await delivered();
    await edge.report({ what: 'confirm', id: one.id, mayAsk: true });
    if (hasSaid) await edge.report({ what: 'confirm', id: one.id, mayAsk: false });
    await edge.close();
    edge = new FakeEdge(pair.owner.internalUrl, secret);
    await vi.waitFor(() => expect(pair.underWay(pair.owner)).toEqual(nothingUnderWay));
    await commit(one);

    expect(edge.asked).toEqual([]);
    expect(Math.max(0, await one.committed())).toBe(hasSaid ? 1 : 0);
  });
});

describe('A report that nobody has acknowledged', () => {
  let owner: FakeOwner;
  let other: FakeEdge;

  beforeEach(async () => {
    owner = await FakeOwner.start((res) => res.writeHead(204, []).end());
    other = new FakeEdge(owner.address, secret);
  });

  afterEach(async () => {
    await other.close();
    await owner.close();
  });

  it.each([true, false])(
    'is told again when the link breaks; others come after it (link is there: %s)',
    async (isThere) => {
      if (isThere) expect(await other.send({}).end).toBe('answered');
      owner.reported = () => {
        if (owner.links.length === 1) owner.cut();
      };
      await other.report({ what: 'abandon', id: 'a-1' }, { what: 'hold', id: 'a-2', ms: 7 });
      await other.report({ what: 'confirm', id: 'a-3', mayAsk: true });

      expect(owner.links).toHaveLength(2);
      const both = ['a-1/abandon', 'a-2/hold?ms=7'];
      expect(owner.reports).toEqual([...both, ...both, 'a-3/confirm?ask']);
    },
  );

  it('is given up when the link breaks again, but not what came meanwhile', async () => {
    owner.reported = ({ id }) => {
      if (id !== 'a-1') return;
      if (owner.links.length === 2) other.connections.report(owner.address, { what: 'abandon', id: 'a-2' });
      owner.cut();
    };
    await other.report({ what: 'abandon', id: 'a-1' });
    await vi.waitFor(() => expect(owner.reports.at(-1)).toBe('a-2/abandon'));

    expect(owner.reports.filter((each) => each === 'a-1/abandon')).toHaveLength(2);
    expect(owner.links).toHaveLength(3);
  });
});
