import { describe, expect, it } from 'vitest';
import { ReplicaPair } from '../support/replica-pair.ts';
import { jsonType, RestConsumer } from '../support/rest-consumer.ts';

/** What becomes of a read that one replica sends on to another. */
async function outcomeBetween(edge: string, owner: string): Promise<unknown> {
  const pair = await ReplicaPair.start({ 'internal.secret': edge }, { 'internal.secret': owner });
  await RestConsumer.create(pair.owner, 'g', 'i');
  await pair.edge.request('/consumers/g/instances/i/records', { headers: { accept: jsonType } });
  await pair.close();
  return pair.edgeRouter.outcomes[0];
}

/** What the replicas are given, one step after the other. */
const steps = ['old', 'old,new', 'new,old', 'new'];

describe('Replicas whose secret is changed', () => {
  it.each(steps.slice(1).map((to, step) => [steps[step] ?? '', to] as const))(
    'hear each other while they go from %s to %s',
    async (from, to) => {
      expect(await outcomeBetween(from, to)).toEqual({ outcome: 'done' });
      expect(await outcomeBetween(to, from)).toEqual({ outcome: 'done' });
    },
  );

  it('do not when a step is left out', async () => {
    expect(await outcomeBetween('new,old', 'old')).toEqual({ outcome: 'unreachable' });
    expect(await outcomeBetween('old,new', 'new')).toEqual({ outcome: 'unreachable' });
  });
});
