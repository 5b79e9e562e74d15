import { describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';

const partitions = '/v3/clusters/fake-cluster/topics/t/partitions';

/** What is served of partitions. */
async function served(settings: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const app = await ContractApp.start(settings);
  try {
    app.kafka.cluster.createTopic('t');
    const all = { list: partitions, get: `${partitions}/0`, offset: `${partitions}/0/offset` };
    const found: string[] = [];
    for (const [name, path] of Object.entries(all)) {
      if ((await app.request(path)).status === 200) found.push(name);
    }
    return found;
  } finally {
    await app.close();
  }
}

describe('lists of endpoints', () => {
  it.each([
    ['api.v3.partitions.*', ['offset']],
    ['api.v3.partition-offsets.*', ['list', 'get']],
    ['api.v3.partitions.list.offsets', ['list', 'get']],
    ['api.v3.partitions.list.*', ['list', 'get', 'offset']],
    ['api.v3.partitions.get', ['list', 'offset']],
  ])('block what %s names, by the classes of the original', async (name, left) => {
    expect(await served({ 'api.endpoints.blocklist': name })).toEqual(left);
  });

  it('allow the offsets by the name of their class', async () => {
    expect(await served({ 'api.endpoints.allowlist': 'api.v3.partition-offsets.*' })).toEqual(['offset']);
  });
});
