import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeOwner } from '../../../../test/support/fakes/fake-owner.ts';
import { AskableAnswers } from './askable-answers.ts';
import { DeliveryReports } from './delivery-reports.ts';
import { PeerConnections } from './peer-connections.ts';
import { SilenceWatch } from './silence-watch.ts';

let owner: FakeOwner;
let connections: PeerConnections;
let reports: DeliveryReports;
let askable: AskableAnswers;

beforeEach(async () => {
  owner = await FakeOwner.start(() => undefined);
  askable = new AskableAnswers();
  const hop = { secret: 's', acceptedSecrets: ['s'], tls: {}, checksHost: true };
  connections = new PeerConnections(hop, new SilenceWatch(), (id) => askable.stillHas(id));
  reports = new DeliveryReports(connections, askable);
});

afterEach(async () => {
  await connections.close();
  await owner.close();
});

async function toldAll(): Promise<readonly string[]> {
  await vi.waitFor(() => expect(reports.pending).toBe(0));
  return owner.reports;
}

describe('DeliveryReports', () => {
  it('tells what became of answers, in their order', async () => {
    reports.fateOf(owner.address, 'a').confirm();
    reports.fateOf(owner.address, 'b').hold(5);
    reports.fateOf(owner.address, 'a').abandon();
    expect(reports.pending).toBe(3);

    expect(await toldAll()).toEqual(['a/confirm', 'b/hold?ms=5', 'a/abandon']);
  });

  it('tells of very many, over one link', async () => {
    for (let n = 0; n < 5_000; n++) reports.fateOf(owner.address, `d${n}`).confirm();

    expect(await toldAll()).toEqual(Array.from({ length: 5_000 }, (_, n) => `d${n}/confirm`));
    expect(owner.links).toHaveLength(1);
  });

  it('tells each owner of what is its', async () => {
    const other = await FakeOwner.start(() => undefined);
    reports.fateOf(owner.address, 'a').confirm();
    reports.fateOf(other.address, 'b').confirm();
    reports.fateOf(owner.address, 'c').abandon();
    await toldAll();

    expect(owner.reports).toEqual(['a/confirm', 'c/abandon']);
    expect(other.reports).toEqual(['b/confirm']);
    await other.close();
  });

  it('gives up what nobody can hear', async () => {
    const gone = await FakeOwner.start(() => undefined);
    await gone.close();
    reports.fateOf(gone.address, 'a').confirm();
    expect(reports.pending).toBe(1);

    await vi.waitFor(() => expect(reports.pending).toBe(0));
  });

  it('has told all when the process ends, as far as there is time', async () => {
    reports.fateOf(owner.address, 'a').confirm();
    await reports.allTold(5_000);
    expect(owner.reports).toEqual(['a/confirm']);

    const silent = await FakeOwner.start(() => undefined, true);
    reports.fateOf(silent.address, 'b').confirm();
    const started = performance.now();
    await reports.allTold(20);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(reports.pending).toBe(1);
    await connections.close();
    expect(reports.pending).toBe(0);
    await silent.close();
  });

  it('says of which it may be asked, and answers', async () => {
    let has = true;
    reports.fateOf(owner.address, 'a').confirm(() => Promise.resolve(has));
    reports.fateOf(owner.address, 'b').confirm();
    expect(await toldAll()).toEqual(['a/confirm?ask', 'b/confirm']);
    expect(await owner.questions.get('a')?.()).toBe(true);
    has = false;

    expect(await owner.questions.get('a')?.()).toBe(false);
    // Whoever knows nothing of it cannot say that the client is there.
    expect(await owner.questions.get('b')?.()).toBe(false);
    expect(await askable.stillHas('a')).toBe(false);
  });

  it('says before the end of what nobody needs to ask any more', async () => {
    reports.fateOf(owner.address, 'a').confirm(() => Promise.resolve(true));
    reports.fateOf(owner.address, 'b').confirm(() => Promise.resolve(false));
    await reports.allTold(5_000);

    expect(owner.reports).toEqual(['a/confirm?ask', 'b/confirm?ask', 'a/confirm']);
  });
});
