import { describe, expect, it } from 'vitest';
import { KafkaError } from '../../kafka-error.ts';
import type { ConsumerRecord } from '../../kafka-types.ts';
import { batchOverhead, encodeBatch, recordSizeUpperBound, sealBatch } from '../record-batch.ts';
import { RecordChunk } from './fetch/record-chunk.ts';
import { PartitionState } from './partition-state.ts';
import { PollBatch } from './poll-batch.ts';

const at = { topic: 't', partition: 0 };

function stateAt(offset: bigint): PartitionState {
  const state = new PartitionState(at);
  state.seek(offset);
  return state;
}

/** What a fetch brings: `count` records from where the last one ended. */
function bring(state: PartitionState, count: number): void {
  const offset = state.fetchOffset ?? 0n;
  const records = Array.from({ length: count }, () => ({ ...at, key: null, value: Buffer.from('value') }));
  const size = batchOverhead + records.reduce((sum, record) => sum + recordSizeUpperBound(record), 0);
  const bytes = encodeBatch([{ source: { records, timestamp: 0 }, start: 0, end: count }], count, size);
  bytes.writeBigInt64BE(offset, 0);
  bytes.writeInt32BE(5, 12);
  sealBatch(bytes, { producerId: -1n, epoch: -1, sequence: -1 });
  state.add(new RecordChunk({ ...at, offset, records: bytes, abortedTransactions: [], checkCrcs: true }));
}

function takeAll(state: PartitionState): bigint[] {
  const offsets: bigint[] = [];
  for (let record = state.next(); record !== undefined; record = state.next()) offsets.push(record.offset);
  return offsets;
}

function batch(more: Partial<ConstructorParameters<typeof PollBatch>[0]> = {}): PollBatch {
  return new PollBatch({ timeoutMs: 0, maxBytes: 1_000, minBytes: 1, ...more });
}

describe('PartitionState', () => {
  it('has no position before it is known where to read', () => {
    const state = new PartitionState(at);

    expect([state.lookup, state.position, state.fetchOffset]).toEqual(['committed', undefined, undefined]);
    state.seek(5n, 2);
    expect([state.lookup, state.position, state.fetchOffset, state.fetchEpoch]).toEqual([
      undefined,
      5n,
      5n,
      2,
    ]);
  });

  it('moves its position only when what was taken counts as polled', () => {
    const state = stateAt(3n);
    bring(state, 2);
    bring(state, 2);

    expect(takeAll(state)).toEqual([3n, 4n, 5n, 6n]);
    expect([state.position, state.cursor, state.cursorEpoch, state.fetchOffset]).toEqual([3n, 7n, 5, 7n]);
    state.settle();
    expect(state.position).toBe(7n);
  });

  it('forgets what was fetched when it is sought, and voids what is asked for', () => {
    const state = stateAt(0n);
    state.asked();
    bring(state, 3);
    const { version } = state;

    state.seek(9n);

    expect(takeAll(state)).toEqual([]);
    expect(state.version).toBeGreaterThan(version);
    expect(state.isAsked).toBe(false);
  });

  it('drops its buffer without losing its place or what may be given back', () => {
    const state = stateAt(0n);
    bring(state, 4);
    const poll = batch({ maxRecords: 2 });
    poll.takeFrom(state);
    const records = poll.settle(() => true);

    state.dropBuffer();

    expect([state.position, state.fetchOffset, state.isReady, state.bufferedBytes]).toEqual([
      2n,
      2n,
      false,
      0,
    ]);
    poll.giveBack(records, () => true);
    expect(state.position).toBe(0n);
    bring(state, 2);
    expect(takeAll(state)).toEqual([0n, 1n, 2n, 3n]);
  });

  it('goes back to its position when the buffer goes in the middle of a poll', () => {
    const state = stateAt(0n);
    bring(state, 3);
    state.next();

    state.dropBuffer();

    expect([state.position, state.cursor, state.fetchOffset]).toEqual([0n, 0n, 0n]);
  });

  it('says its error after the records before it, once when it passes by itself', () => {
    const state = stateAt(0n);
    bring(state, 1);
    state.failure = { error: KafkaError.of('TOPIC_AUTHORIZATION_FAILED'), isPassing: true };

    expect(state.next()?.offset).toBe(0n);
    expect(() => state.next()).toThrow('Topic authorization failed.');
    expect(() => state.next()).toThrow('Topic authorization failed.');
    state.failureSeen();
    expect(state.next()).toBeUndefined();
    state.failure = { error: KafkaError.of('OFFSET_OUT_OF_RANGE'), isPassing: false };
    state.failureSeen();
    expect(() => state.next()).toThrow();
    state.seek(0n);
    expect(state.next()).toBeUndefined();
  });

  it('remembers since when it fails', () => {
    const state = stateAt(0n);
    state.failed(KafkaError.of('NETWORK_EXCEPTION'), 100);
    const since = state.failing?.since;
    state.failed(KafkaError.of('NOT_LEADER_OR_FOLLOWER'), 100);

    expect(state.failing).toMatchObject({ since, error: { kind: 'NOT_LEADER_OR_FOLLOWER' } });
    expect(state.failures).toBe(2);
    expect(state.retryAt).toBeGreaterThan(performance.now() + 50);
    state.succeeded();
    expect([state.failing, state.failures, state.retryAt]).toEqual([undefined, 0, 0]);
  });
});

describe('PollBatch', () => {
  it('gives back what does not fit, and the next poll begins with it', () => {
    const state = stateAt(0n);
    bring(state, 5);
    const first = batch({ maxBytes: 12 });
    first.takeFrom(state);

    expect(first.settle(() => true).map(({ offset }) => offset)).toEqual([0n, 1n]);
    expect(state.position).toBe(2n);
    const second = batch({ maxBytes: 3 });
    second.takeFrom(state);
    expect(second.settle(() => true).map(({ offset }) => offset)).toEqual([2n]);
  });

  it('leaves out what was sought or revoked before it ended', () => {
    const [sought, gone, kept] = [stateAt(0n), stateAt(0n), stateAt(0n)];
    const poll = batch();
    for (const state of [sought, gone, kept]) {
      bring(state, 2);
      poll.takeFrom(state);
    }
    sought.seek(7n);

    const records = poll.settle((state) => state !== gone);

    expect(records).toHaveLength(2);
    expect([sought.position, gone.position, kept.position]).toEqual([7n, 0n, 2n]);
  });

  it('gives back the same partition of two turns in order', () => {
    const state = stateAt(0n);
    const poll = batch({ minBytes: 1_000 });
    bring(state, 2);
    poll.takeFrom(state);
    bring(state, 2);
    poll.takeFrom(state);
    const records: readonly ConsumerRecord[] = poll.settle(() => true);

    poll.giveBack(records.slice(3), () => true);
    expect(state.position).toBe(3n);
    poll.giveBack(records.slice(0, 3), () => true);

    expect(state.position).toBe(0n);
    expect(takeAll(state)).toEqual([0n, 1n, 2n, 3n]);
  });

  it('waits for minBytes, and never for more than maxBytes', () => {
    const state = stateAt(0n);
    bring(state, 1);
    const poll = batch({ minBytes: 50, maxBytes: 20 });
    expect(poll.missingBytes).toBe(20);
    poll.takeFrom(state);

    expect([poll.isEnough, poll.missingBytes]).toEqual([false, 15]);
    bring(state, 9);
    poll.takeFrom(state);
    expect([poll.isEnough, poll.isFull]).toEqual([true, true]);
  });
});
