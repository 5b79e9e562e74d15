import { describe, expect, it } from 'vitest';
import { FakeBrokers } from '../../../../test/support/fakes/fake-brokers.ts';
import { batchOverhead, encodeBatch } from '../record-batch.ts';
import { Batch } from './batch.ts';
import { Lanes } from './lanes.ts';
import { PartitionQueue } from './partition-queue.ts';
import type { ProduceRequest } from './produce-batches.ts';
import { ProducerIdentity } from './producer-identity.ts';
import { PendingSend } from './pending-send.ts';
import { StallWatch } from './stall-watch.ts';

function requestTo(broker: number, partitions: readonly number[], sent: boolean): ProduceRequest {
  const leader = { id: broker, host: 'broker', port: broker, rack: null };
  const request: ProduceRequest = { leader, entries: [], startedAt: 0, bytes: 0, slot: 0, sent };
  const identity = new ProducerIdentity(false, () => Promise.reject(new Error('not asked for')));
  for (const partition of partitions) {
    const records = [{ topic: 't', partition, key: null, value: null }];
    const source = new PendingSend(records, 0, 0, 0, () => {});
    const runs = [{ source, start: 0, end: 1 }];
    const bytes = encodeBatch(runs, 1, batchOverhead + 30);
    const batch = new Batch('t', partition, runs, 1, bytes, bytes.length);
    batch.request = request;
    request.entries.push({ queue: new PartitionQueue('t', partition, identity), batch });
  }
  return request;
}

describe('StallWatch', () => {
  it('frees the batches of an old request whose leader is another now, and only those', async () => {
    const brokers = new FakeBrokers(3, { t: 3 });
    for (const partition of [0, 1, 2]) brokers.leaders.set(`t/${partition}`, 1);
    const request = requestTo(1, [0, 1, 2], true);
    const moved: number[] = [];
    const watch = new StallWatch(brokers, new Set([request]), new Lanes(5), (queue) =>
      moved.push(queue.partition),
    );
    brokers.leaders.set('t/1', 2);
    brokers.leaders.set('t/2', -1);

    await watch.check(1_000);
    expect(moved).toEqual([]);
    await watch.check(60_000);
    expect(moved).toEqual([1]);
    expect(request.entries.map(({ batch }) => [batch.request === request, batch.uncertain])).toEqual([
      [true, false],
      [false, true],
      [true, false],
    ]);
    await watch.check(61_000);
    expect(moved).toEqual([1]);
  });

  it('knows that what was still connecting is written nowhere', async () => {
    const brokers = new FakeBrokers(3, { t: 1 });
    const request = requestTo(1, [0], false);
    brokers.leaders.set('t/0', 3);
    await new StallWatch(brokers, new Set([request]), new Lanes(5), () => {}).check(60_000);
    expect(request.entries.map(({ batch }) => [batch.request, batch.uncertain])).toEqual([
      [undefined, false],
    ]);
  });
});
