import { describe, expect, it } from 'vitest';
import type { ProducerRecord } from '../../kafka-types.ts';
import type { Batch } from './batch.ts';
import { PartitionQueue, sequenceAfter } from './partition-queue.ts';
import { PendingSend } from './pending-send.ts';
import { ProducerIdentity } from './producer-identity.ts';

async function identityFrom(epoch: number): Promise<ProducerIdentity> {
  let producerId = 0n;
  const identity = new ProducerIdentity(true, async () => ({ producerId: ++producerId, epoch }));
  await identity.acquire();
  return identity;
}

function push(queue: PartitionQueue, count: number): PendingSend {
  const records: ProducerRecord[] = Array.from({ length: count }, () => ({
    topic: 't',
    partition: 0,
    key: null,
    value: null,
  }));
  const send = new PendingSend(records, 0, 0, 0, () => {});
  for (let i = 0; i < count; i++) queue.push(send, i, 24);
  return send;
}

function sealed(queue: PartitionQueue, identity: ProducerIdentity): Batch {
  const batch = queue.form(1_000_000);
  if (batch === undefined) throw new Error('nothing waits');
  queue.seal(batch, identity.current);
  return batch;
}

describe('PartitionQueue', () => {
  it('numbers batches without gaps, also after one that failed', async () => {
    const identity = await identityFrom(0);
    const queue = new PartitionQueue('t', 0, identity);
    push(queue, 3);
    const first = sealed(queue, identity);
    queue.written(first);
    push(queue, 2);
    const refused = sealed(queue, identity);
    queue.giveUp(refused);
    push(queue, 1);
    const next = sealed(queue, identity);
    expect([first, refused, next].map((batch) => batch.producer?.sequence)).toEqual([0, 3, 3]);
    expect(next.producer?.epoch).toBe(0);
  });

  it('keeps the number of a batch over retries', async () => {
    const identity = await identityFrom(0);
    const queue = new PartitionQueue('t', 0, identity);
    push(queue, 1);
    const batch = sealed(queue, identity);
    const bytes = Buffer.from(batch.bytes);
    if (identity.current !== undefined) identity.retire(identity.current);
    await identity.acquire();
    queue.seal(batch, identity.current);
    expect(batch.bytes.equals(bytes)).toBe(true);
  });

  it('asks for another producer id when the epochs of one are used up', async () => {
    const identity = await identityFrom(32_766);
    const queue = new PartitionQueue('t', 0, identity);
    for (const epoch of [32_766, 32_767]) {
      push(queue, 1);
      const batch = sealed(queue, identity);
      expect(batch.producer).toMatchObject({ producerId: 1n, epoch, sequence: 0 });
      batch.uncertain = true;
      queue.giveUp(batch);
    }
    expect(identity.current).toBeUndefined();
    await identity.acquire();
    push(queue, 1);
    expect(sealed(queue, identity).producer).toMatchObject({ producerId: 2n, epoch: 32_766, sequence: 0 });
  });

  it('drops what nobody waits for', async () => {
    const queue = new PartitionQueue('t', 0, await identityFrom(0));
    const send = push(queue, 5);
    expect(queue.prune()).toBe(true);
    for (let i = 0; i < 5; i++) send.succeed(i, i + 1, 0, 0n, -1n);
    expect(queue.prune()).toBe(false);
    expect(queue.waitingBytes).toBe(0);
    expect(queue.isEmpty).toBe(true);
  });
});

describe('sequenceAfter', () => {
  it('goes round after the largest 32-bit integer, to 0', () => {
    expect(sequenceAfter(0, 5)).toBe(5);
    expect(sequenceAfter(2_147_483_646, 1)).toBe(2_147_483_647);
    expect(sequenceAfter(2_147_483_647, 1)).toBe(0);
    expect(sequenceAfter(2_147_483_640, 10)).toBe(2);
  });
});
