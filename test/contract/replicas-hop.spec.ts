import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PeerUnavailableError } from '#libs/replicas/peer-unavailable.error.ts';
import { Peers } from '#libs/replicas/peers.ts';
import { FakeOwner } from '../support/fakes/fake-owner.ts';
import { ReplicaPair, replicaSettings } from '../support/replica-pair.ts';
import { jsonType } from '../support/rest-consumer.ts';

let pair: ReplicaPair;
const secret = replicaSettings['internal.secret'];

beforeAll(async () => {
  pair = await ReplicaPair.start();
});

beforeEach(() => {
  pair.ownerRouter.asked.length = 0;
  pair.ownerRouter.forwarded.length = 0;
  pair.ownerRouter.takenOver.length = 0;
  pair.ownerRouter.holding = undefined;
});

afterAll(async () => {
  await pair.close();
});

const ofReplicas: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/replica/link'],
  ['GET', '/replica/instances/g/i'],
  ['POST', '/replica/instances/g/i/take-over'],
  ['GET', '/replica/nonsense'],
];

describe('What replicas ask of each other', () => {
  it.each(ofReplicas)('is not there for clients: %s %s', async (method, path) => {
    const headers = { 'x-krest-secret': secret };

    expect(await pair.owner.request(path, { method, headers })).toMatchObject({ status: 404 });
  });

  it.each(ofReplicas)('needs the secret: %s %s', async (method, path) => {
    for (const given of [undefined, '', 'wrong', secret.slice(1)]) {
      const headers: Record<string, string> = given === undefined ? {} : { 'x-krest-secret': given };
      const answer = await fetch(pair.owner.internalUrl + path, { method, headers });

      expect(answer.status).toBe(403);
      expect(await answer.text()).not.toContain(secret);
    }
    expect(pair.ownerRouter).toMatchObject({ asked: [], forwarded: [], takenOver: [] });
  });

  it.each([
    ['GET', '/replica/nonsense', 404],
    ['DELETE', '/replica/instances/g/i', 404],
    ['GET', '/replica/instances/%ff/i', 400],
    ['POST', '/replica/instances/g/i/take-over', 400],
    ['GET', '/replica/link', 404],
    ['POST', '/replica/link', 404],
    ['GET', '/other', 404],
  ])('%s %s is %i', async (method, path, status) => {
    const headers = { 'x-krest-secret': secret };
    const body = method === 'POST' ? { body: 'x' } : {};
    const answer = await fetch(pair.owner.internalUrl + path, { method, headers, ...body });

    expect(answer.status).toBe(status);
  });

  it('is refused by replicas with another secret, which counts as not reachable', async () => {
    const other = await ReplicaPair.start({}, { 'internal.secret': 'another one' });
    const path = '/consumers/g/instances/i/records';
    await other.edge.request(path, { headers: { accept: jsonType } });
    await other.close();

    expect(other.edgeRouter.outcomes).toEqual([{ outcome: 'unreachable' }]);
    expect(other.ownerRouter.forwarded).toEqual([]);
  });
});

describe('Peers', () => {
  const holding = { incarnation: 'a-1', address: 'http://10.0.0.1:8083', epoch: 1_700_000_000_000 };
  const names = ['i', 'a/b', '%2F', 'ä €', '?#', '.', '..'].map((id) => ({ group: `g ${id}`, id }));
  const peers = (): Peers => pair.edge.proxy.app.get(Peers, { strict: false });

  it('say what they hold', async () => {
    expect(await peers().ask(pair.owner.internalUrl, { group: 'g', id: 'i' })).toBeUndefined();
    pair.ownerRouter.asked.length = 0;
    pair.ownerRouter.holding = holding;
    for (const name of names) expect(await peers().ask(pair.owner.internalUrl, name)).toEqual(holding);

    expect(pair.ownerRouter.asked).toEqual(names);
  });

  it('take over', async () => {
    expect(await peers().takeOver(pair.owner.internalUrl, { group: 'g', id: 'i' }, 3)).toBeUndefined();
    pair.ownerRouter.holding = holding;
    expect(await peers().takeOver(pair.owner.internalUrl, { group: 'g', id: 'i' }, 4)).toEqual(holding);

    expect(pair.ownerRouter.takenOver.map(([, epoch]) => epoch)).toEqual([3, 4]);
  });

  it('are unavailable when they do not answer in time, or nonsense, or there is nobody', async () => {
    const nonsense = await FakeOwner.start(() => undefined);
    const name = { group: 'g', id: 'i' };
    await expect(peers().ask(nonsense.address, name)).rejects.toThrow(PeerUnavailableError);
    await nonsense.close();
    await expect(peers().ask(nonsense.address, name)).rejects.toThrow(PeerUnavailableError);
    await expect(peers().takeOver(nonsense.address, name, 1)).rejects.toThrow(PeerUnavailableError);
    await expect(peers().ask('no address', name)).rejects.toThrow(PeerUnavailableError);
    const silent = await FakeOwner.start(() => undefined, true);
    await expect(peers().ask(silent.address, name)).rejects.toThrow(PeerUnavailableError);
    await silent.close();
  });
});
