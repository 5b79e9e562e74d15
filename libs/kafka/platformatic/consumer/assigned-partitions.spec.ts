import { describe, expect, it } from 'vitest';
import { batchOverhead, encodeBatch, recordSizeUpperBound, sealBatch } from '../record-batch.ts';
import { AssignedPartitions } from './assigned-partitions.ts';
import { RecordChunk } from './fetch/record-chunk.ts';
import type { PartitionState } from './partition-state.ts';
import { PollBatch } from './poll-batch.ts';

/** Of a batch with nothing for users. */
const controlFlag = 0x20;

/** Adds what a fetch brings: so many records from where the last one ended. */
function bring(state: PartitionState, count: number, flags = 0): void {
  const { topic, partition } = state;
  const offset = state.fetchOffset ?? 0n;
  const records = Array.from({ length: count }, (_, i) => ({
    topic,
    partition,
    key: null,
    value: Buffer.from(`${partition}:${offset + BigInt(i)}`),
  }));
  const size = batchOverhead + records.reduce((sum, record) => sum + recordSizeUpperBound(record), 0);
  const bytes = encodeBatch([{ source: { records, timestamp: 0 }, start: 0, end: count }], count, size);
  bytes.writeBigInt64BE(offset, 0);
  bytes.writeInt16BE(flags, 21);
  sealBatch(bytes, { producerId: -1n, epoch: -1, sequence: -1 });
  state.add(
    new RecordChunk({ topic, partition, offset, records: bytes, abortedTransactions: [], checkCrcs: true }),
  );
}

function assignedOf(count: number): { assigned: AssignedPartitions; states: PartitionState[] } {
  const assigned = new AssignedPartitions();
  const states = assigned.add(Array.from({ length: count }, (_, partition) => ({ topic: 't', partition })));
  for (const state of states) state.seek(0n);
  return { assigned, states };
}

function poll(assigned: AssignedPartitions, maxRecords: number): (string | undefined)[] {
  assigned.refresh();
  const batch = new PollBatch({ timeoutMs: 0, maxBytes: 1_000_000, minBytes: 1, maxRecords });
  assigned.take(batch, () => true);
  return batch.settle(assigned.holds).map(({ value }) => value?.toString());
}

describe('AssignedPartitions', () => {
  it('lets no partition wait for another that always has more', () => {
    const { assigned, states } = assignedOf(2);
    const [busy, quiet] = states;
    if (busy === undefined || quiet === undefined) throw new Error('two were assigned');
    bring(busy, 10);
    assigned.refresh();
    bring(quiet, 1);

    const seen: (string | undefined)[] = [];
    for (let i = 0; i < 20; i++) {
      seen.push(...poll(assigned, 5));
      // As the fetches ahead do before the buffer is empty.
      bring(busy, 5);
    }

    expect(seen).toContain('1:0');
    expect(seen.filter((value) => value?.startsWith('0:'))).toEqual(
      Array.from({ length: seen.length - 1 }, (_, i) => `0:${i}`),
    );
  });

  it('gives back what a poll took that is undone, and keeps what it passed over', () => {
    const { assigned, states } = assignedOf(2);
    const [one, other] = states;
    if (one === undefined || other === undefined) throw new Error('two were assigned');
    bring(one, 2);
    bring(other, 3, controlFlag);
    assigned.refresh();
    const batch = new PollBatch({ timeoutMs: 0, maxBytes: 1_000_000, minBytes: 1_000 });
    assigned.take(batch, () => true);

    assigned.putFirst(batch.undo(assigned.holds));

    expect([one.position, other.position]).toEqual([0n, 3n]);
    expect(poll(assigned, 5)).toEqual(['0:0', '0:1']);
    expect([one.position, other.position]).toEqual([2n, 3n]);
  });
});
