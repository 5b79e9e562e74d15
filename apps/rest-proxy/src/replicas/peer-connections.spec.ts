import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeLinkCall } from '../../../../test/support/fakes/fake-link-call.ts';
import { FakeOwner } from '../../../../test/support/fakes/fake-owner.ts';
import type { RequestHead } from './hop-heads.ts';
import { PeerConnections } from './peer-connections.ts';
import { SilenceWatch } from './silence-watch.ts';

const head: RequestHead = { method: 'GET', target: '/', requestId: 'r', epoch: 1, headers: {} };
const none = Buffer.alloc(0);
let owner: FakeOwner;
let silence: SilenceWatch;
let connections: PeerConnections;

beforeEach(async () => {
  owner = await FakeOwner.start(() => undefined);
  silence = new SilenceWatch();
  const hop = { secret: 's', acceptedSecrets: ['s'], tls: {}, checksHost: true };
  connections = new PeerConnections(hop, silence, () => Promise.resolve(true));
});

afterEach(async () => {
  await connections.close();
  expect(silence.size).toBe(0);
  await owner.close();
});

describe('PeerConnections', () => {
  it('sends only so many requests to one replica at a time, and more when some have ended', async () => {
    const calls = Array.from({ length: 8_192 }, () => new FakeLinkCall());
    const exchanges = calls.map((call) => connections.forward(owner.address, head, none, call));
    expect(exchanges.every((exchange) => exchange !== undefined)).toBe(true);
    expect(connections.running).toBe(8_192);

    expect(connections.forward(owner.address, head, none, new FakeLinkCall())).toBeUndefined();
    const other = await FakeOwner.start((res) => res.writeHead(204, []).end());
    const elsewhere = new FakeLinkCall();
    expect(connections.forward(other.address, head, none, elsewhere)).toBeDefined();
    expect(await elsewhere.end).toBe('answered');
    await other.close();
    exchanges[0]?.cancel();
    expect(connections.forward(owner.address, head, none, new FakeLinkCall())).toBeDefined();
  });

  it('breaks what waits when it is closed', async () => {
    const call = new FakeLinkCall();
    connections.forward(owner.address, head, none, call);
    await vi.waitFor(() => expect(owner.heads).toHaveLength(1));
    await connections.close();

    expect(call.calls).toEqual(['broken']);
    expect(connections.running).toBe(0);
    await vi.waitFor(() => expect(owner.openLinks).toBe(0));
  });

  it('forgets a replica of which nobody spoke for long, when another one comes; not while somebody waits there', async () => {
    const busy = await FakeOwner.start(() => undefined);
    const waiting = new FakeLinkCall();
    connections.forward(busy.address, head, none, waiting);
    connections.report(owner.address, { what: 'abandon', id: 'a' });
    await vi.waitFor(() => expect(owner.reports).toEqual(['a/abandon']));
    await vi.waitFor(() => expect(busy.heads).toHaveLength(1));
    const now = performance.now() + 300_001;
    const later = vi.spyOn(performance, 'now').mockReturnValue(now);
    const third = await FakeOwner.start(() => undefined);
    connections.report(third.address, { what: 'abandon', id: 'b' });
    later.mockRestore();

    await vi.waitFor(() => expect(owner.openLinks).toBe(0));
    expect(busy.openLinks).toBe(1);
    expect(waiting.calls).toEqual([]);
    await Promise.all([busy.close(), third.close()]);
  });
});
