import { describe, expect, it, vi } from 'vitest';
import { FakeOwner } from '../support/fakes/fake-owner.ts';
import { nothingUnderWay, ReplicaPair } from '../support/replica-pair.ts';
import { jsonType, RestConsumer, v2 } from '../support/rest-consumer.ts';

const path = '/consumers/g/instances/i';
const records = { headers: { accept: jsonType } };

describe('request.timeout.ms', () => {
  it('holds for what is sent on', async () => {
    const limited = await ReplicaPair.start({ 'request.timeout.ms': '100' });
    const owner = await FakeOwner.start(() => undefined);
    limited.edgeRouter.owner = owner.placement;
    const answer = await limited.edge.request(`${path}/records`, records);
    await vi.waitFor(() => expect(owner.broken).toBe(1));
    await vi.waitFor(() => expect(limited.underWay(limited.edge)).toEqual(nothingUnderWay));
    await limited.close();
    await owner.close();

    expect(answer).toMatchObject({ status: 504, json: { error_code: 504 } });
    expect(limited.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
  });
});

describe('base_uri', () => {
  it('is the address under which the client has reached the edge', async () => {
    const settings = { 'trusted.proxies': '127.0.0.1', 'advertised.listeners': 'http://rest.example.com:81' };
    const behind = await ReplicaPair.start(settings);
    const answer = await behind.edge.request('/consumers/g', {
      method: 'POST',
      headers: { 'content-type': v2, 'x-forwarded-prefix': '/kafka', 'x-forwarded-proto': 'http' },
      body: Buffer.from('{"name":"i"}'),
    });
    await behind.close();

    expect(answer.json).toEqual({
      instance_id: 'i',
      base_uri: 'http://rest.example.com:81/kafka/consumers/g/instances/i',
    });
  });
});

describe('max.request.header.size', () => {
  it('holds for what is sent on', async () => {
    const wide = await ReplicaPair.start({ 'max.request.header.size': '60000' });
    const headers = { ...records.headers, 'x-large': 'x'.repeat(50_000) };
    const { path: real } = await RestConsumer.create(wide.owner, 'g', 'i');
    const answer = await wide.edge.request(`${real}/records`, { headers });
    await wide.close();

    expect(answer).toMatchObject({ status: 409, json: { error_code: 40903 } });
    expect(wide.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
  });
});
