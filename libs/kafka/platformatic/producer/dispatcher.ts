import type { ProducerConfig } from '../../connection-config.ts';
import { KafkaError } from '../../kafka-error.ts';
import { backoffMs } from '../../retries.ts';
import { compressBatch } from '../record-batch.ts';
import type { Batch } from './batch.ts';
import { noAnswer, outcomeOf, type BatchOutcome } from './batch-outcome.ts';
import type { PartitionQueue } from './partition-queue.ts';
import type { PartitionAnswer } from './produce-request.ts';
import type { ProduceTransport } from './produce-transport.ts';
import type { ProducerIdentity } from './producer-identity.ts';
import { StallWatch } from './stall-watch.ts';
import { kafkaErrorOf } from './unexpected-error.ts';
import { Lanes } from './lanes.ts';
import { LeaderSearch, type LeaderView } from './leader-search.ts';
import { answerTo, carriedBy, type Entry, type ProduceRequest } from './produce-batches.ts';

export type DispatcherConfig = ProducerConfig & {
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
};

/**
 * Sends what waits in the queues: once a tick of the event loop one request a broker, with one batch a partition.
 *
 * A queue that has something to send is always in one place: in the list of this tick, with a broker that has no room,
 * under way, or with a timer. Failures are sorted out here; `outcomeOf` says what each means.
 */
export class Dispatcher {
  readonly #transport: ProduceTransport;
  readonly #metadata: LeaderView;
  readonly #leaders: LeaderSearch;
  readonly #identity: ProducerIdentity;
  readonly #config: DispatcherConfig;
  readonly #maxBatchBytes: number;
  readonly #lanes: Lanes;
  readonly #requests = new Set<ProduceRequest>();
  readonly #stalls: StallWatch;
  #ready: PartitionQueue[] = [];
  #flushPlanned = false;
  #acquiring = false;
  #acquireTries = 0;
  #closed = false;

  constructor(
    transport: ProduceTransport,
    metadata: LeaderView,
    identity: ProducerIdentity,
    config: DispatcherConfig,
  ) {
    this.#transport = transport;
    this.#metadata = metadata;
    this.#leaders = new LeaderSearch(metadata);
    this.#identity = identity;
    this.#config = config;
    this.#lanes = new Lanes(config.maxInFlightRequestsPerConnection);
    this.#stalls = new StallWatch(metadata, this.#requests, this.#lanes, (queue) => this.#makeReady(queue));
    this.#maxBatchBytes = Math.min(config.maxRequestSize, Math.max(config.batchSize, mergeBytes));
  }

  /** Says that records were put into a queue. */
  add(queue: PartitionQueue): void {
    if (queue.lingering !== undefined) {
      if (queue.waitingBytes < this.#config.batchSize) return;
      clearTimeout(queue.lingering);
      queue.lingering = undefined;
      this.#makeReady(queue);
      return;
    }
    if (queue.scheduled) return;
    queue.scheduled = true;
    const lingerMs = this.#lingerMs(queue);
    if (lingerMs <= 0) this.#makeReady(queue);
    else {
      queue.lingering = setTimeout(() => {
        queue.lingering = undefined;
        this.#makeReady(queue);
      }, lingerMs);
      queue.lingering.unref();
    }
  }

  /** Looks after requests that take long. @param now on the clock of `performance.now()` */
  checkStalls(now: number): Promise<void> {
    return this.#stalls.check(now);
  }

  /** Sends nothing more. */
  close(): void {
    this.#closed = true;
    this.#ready = [];
  }

  #lingerMs(queue: PartitionQueue): number {
    const { lingerMs, batchSize } = this.#config;
    if (lingerMs <= 0 || queue.batch !== undefined || queue.waitingBytes >= batchSize) return 0;
    // Never longer, though the clock be set back.
    return Math.min(lingerMs, lingerMs - (Date.now() - queue.waitingSince));
  }

  #makeReady(queue: PartitionQueue): void {
    this.#ready.push(queue);
    this.#planFlush();
  }

  #planFlush(): void {
    if (this.#flushPlanned || this.#closed) return;
    this.#flushPlanned = true;
    setImmediate(() => this.#flush());
  }

  /** The queue has no more business here for now: it is idle, or waits its turn with what came meanwhile. */
  #settled(queue: PartitionQueue): void {
    queue.scheduled = false;
    if (!queue.isEmpty) this.add(queue);
  }

  #later(queue: PartitionQueue, delayMs: number): void {
    if (delayMs <= 0) this.#makeReady(queue);
    else setTimeout(() => this.#makeReady(queue), delayMs).unref();
  }

  #flush(): void {
    this.#flushPlanned = false;
    if (this.#closed || !this.#hasIdentity()) return;
    const queues = this.#ready;
    this.#ready = [];
    const open = new Map<number, ProduceRequest>();
    let bytes = 0;
    for (let i = 0; i < queues.length; i++) {
      const queue = queues[i];
      if (queue === undefined) continue;
      // Encoding much at once would keep everybody else waiting.
      if (bytes > flushBytes) {
        this.#ready = queues.slice(i).concat(this.#ready);
        this.#planFlush();
        break;
      }
      bytes += this.#collect(queue, open);
    }
    for (const request of open.values()) this.#send(request);
  }

  /** Puts the queue's next batch into a request to its leader. @returns its size uncompressed */
  #collect(queue: PartitionQueue, open: Map<number, ProduceRequest>): number {
    if (queue.batch?.request !== undefined) return 0;
    if (!queue.prune()) {
      this.#settled(queue);
      return 0;
    }
    const leader = this.#leaders.known(queue);
    if (leader === undefined) {
      void this.#findLeader(queue);
      return 0;
    }
    let request = open.get(leader.id);
    if (request === undefined && !this.#lanes.hasRoom(leader.id)) {
      this.#lanes.park(leader.id, queue);
      return 0;
    }
    const batch = queue.batch ?? this.#form(queue);
    if (batch === undefined) return 0;
    queue.seal(batch, this.#identity.off ? undefined : this.#identity.current);
    const size = batch.bytes.length;
    if (request !== undefined && request.bytes + size > this.#config.maxRequestSize) {
      open.delete(leader.id);
      this.#send(request);
      request = undefined;
      if (!this.#lanes.hasRoom(leader.id)) {
        this.#lanes.park(leader.id, queue);
        return batch.plainBytes;
      }
    }
    if (request === undefined) {
      request = { leader, entries: [], startedAt: performance.now(), bytes: 0, slot: 0, sent: false };
      open.set(leader.id, request);
    }
    request.entries.push({ queue, batch });
    request.bytes += size;
    return batch.plainBytes;
  }

  /** Makes the queue's next batch; undefined when there is none, or while another thread compresses it. */
  #form(queue: PartitionQueue): Batch | undefined {
    let batch: Batch | undefined;
    try {
      batch = queue.form(this.#maxBatchBytes);
      if (batch === undefined) {
        this.#settled(queue);
        return undefined;
      }
      const made = batch;
      const compressed = compressBatch(
        made.bytes,
        this.#config.compressionType,
        this.#config.compressionLevel,
      );
      if (!(compressed instanceof Promise)) {
        made.bytes = compressed;
        return made;
      }
      compressed.then(
        (bytes) => {
          made.bytes = bytes;
          this.#makeReady(queue);
        },
        (error: unknown) => this.#fail({ queue, batch: made }, kafkaErrorOf(error)),
      );
    } catch (error) {
      // Not known to happen; it must not take the other partitions with it.
      if (batch !== undefined) this.#fail({ queue, batch }, kafkaErrorOf(error));
      else this.#failQueue(queue, kafkaErrorOf(error));
    }
    return undefined;
  }

  #send(request: ProduceRequest): void {
    request.slot = this.#lanes.enter(request.leader.id);
    this.#requests.add(request);
    for (const { batch } of request.entries) {
      batch.request = request;
      batch.attempts++;
    }
    void this.#exchange(request);
  }

  async #exchange(request: ProduceRequest): Promise<void> {
    const { acks, requestTimeoutMs } = this.#config;
    try {
      const link = await this.#transport.connect(request.leader, request.slot);
      const batches = carriedBy(request).map((entry) => entry.batch);
      if (batches.length > 0) {
        request.sent = true;
        this.#answered(request, await link.produce(acks, requestTimeoutMs, batches));
      }
    } catch (error) {
      this.#failed(request, kafkaErrorOf(error));
    } finally {
      this.#requests.delete(request);
      for (const queue of this.#lanes.leave(request.leader.id, request.slot)) this.#makeReady(queue);
    }
  }

  #answered(request: ProduceRequest, answers: readonly PartitionAnswer[] | undefined): void {
    for (const [i, entry] of request.entries.entries()) {
      const { batch, queue } = entry;
      if (batch.request !== request) continue;
      batch.request = undefined;
      if (answers === undefined) {
        this.#settle(entry, { kind: 'written', offset: -1n, logAppendTime: -1n });
        continue;
      }
      const answer = answerTo(queue, answers, i);
      if (answer !== undefined) this.#settle(entry, outcomeOf(batch, answer));
      else this.#settle(entry, noAnswer(KafkaError.of('NETWORK_EXCEPTION')));
    }
  }

  #failed(request: ProduceRequest, error: KafkaError): void {
    for (const entry of carriedBy(request)) {
      const { queue, batch } = entry;
      batch.request = undefined;
      if (request.sent) this.#settle(entry, noAnswer(error));
      else if (!error.retriable) this.#fail(entry, error);
      else {
        // It was not tried: the broker could not be reached.
        batch.attempts--;
        batch.blame(error);
        queue.needsMetadata = true;
        this.#later(queue, backoffMs(this.#config, queue.leaderTries++));
      }
    }
  }

  #settle(entry: Entry, outcome: BatchOutcome): void {
    const { queue, batch } = entry;
    switch (outcome.kind) {
      case 'written':
        queue.written(batch);
        batch.succeed(outcome.offset, outcome.logAppendTime);
        this.#settled(queue);
        break;
      case 'fail':
        batch.uncertain ||= outcome.uncertain;
        this.#fail(entry, outcome.error);
        break;
      case 'retry':
        batch.uncertain ||= outcome.uncertain;
        if (outcome.refresh) this.#metadata.invalidate(queue.topic);
        queue.hint = outcome.leader;
        queue.needsMetadata = outcome.refresh && outcome.leader === undefined;
        this.#retry(entry, outcome.error, outcome.leader !== undefined && batch.attempts === 1);
        break;
      case 'new-epoch':
        queue.startAnew();
        batch.unseal();
        this.#retry(entry, outcome.error, batch.attempts === 1);
        break;
      case 'new-producer':
        queue.dropId();
        batch.unseal();
        this.#retry(entry, outcome.error, false);
        break;
      case 'without-producer':
        this.#identity.turnOff(outcome.error);
        batch.unseal();
        this.#retry(entry, outcome.error, true);
        break;
      case 'without-records':
        queue.takeApart(batch, batch.failRecords(outcome.errors), {});
        this.#settled(queue);
        break;
      case 'fewer-bytes':
        queue.takeApart(batch, batch.runs, { maxBytes: Math.floor(batch.plainBytes / 2) });
        this.#settled(queue);
        break;
      case 'fewer-records':
        queue.takeApart(batch, batch.runs, { maxRecords: Math.ceil(batch.count / 2) });
        this.#settled(queue);
        break;
    }
  }

  #retry(entry: Entry, error: KafkaError, atOnce: boolean): void {
    const { queue, batch } = entry;
    if (batch.attempts > this.#config.retries) {
      this.#fail(entry, error);
      return;
    }
    batch.blame(error);
    this.#later(queue, atOnce ? 0 : backoffMs(this.#config, batch.attempts - 1));
  }

  #fail({ queue, batch }: Entry, error: KafkaError): void {
    queue.giveUp(batch);
    batch.fail(error);
    this.#settled(queue);
  }

  #failQueue(queue: PartitionQueue, error: KafkaError): void {
    const batch = queue.batch;
    if (batch !== undefined) {
      queue.giveUp(batch);
      batch.fail(error);
    }
    for (const { source, start, end } of queue.clear()) source.fail(start, end, error);
    queue.scheduled = false;
  }

  async #findLeader(queue: PartitionQueue): Promise<void> {
    const outcome = await this.#leaders.find(queue);
    if (outcome === undefined) this.#makeReady(queue);
    else if (outcome.failed) this.#failQueue(queue, outcome.error);
    else {
      queue.batch?.blame(outcome.error);
      this.#later(queue, backoffMs(this.#config, queue.leaderTries++));
    }
  }

  /** Whether requests may go out; what waits is looked at again when they may. */
  #hasIdentity(): boolean {
    if (this.#identity.off || this.#identity.current !== undefined) return true;
    if (!this.#acquiring && this.#ready.length > 0) {
      this.#acquiring = true;
      void this.#acquireIdentity();
    }
    return false;
  }

  async #acquireIdentity(): Promise<void> {
    try {
      await this.#identity.acquire();
      this.#acquireTries = 0;
      this.#acquiring = false;
      this.#planFlush();
    } catch (cause) {
      const error = kafkaErrorOf(cause);
      const queues = this.#ready;
      this.#ready = [];
      for (const queue of queues) {
        if (!error.retriable) this.#failQueue(queue, error);
        else if (queue.prune()) this.#ready.push(queue);
        else this.#settled(queue);
      }
      setTimeout(
        () => {
          this.#acquiring = false;
          this.#planFlush();
        },
        backoffMs(this.#config, this.#acquireTries++),
      ).unref();
    }
  }
}

/** What comes while a batch is under way travels together, up to this. */
const mergeBytes = 512 * 1024;
/** Encoded in one go; about 5 ms. */
const flushBytes = 1024 * 1024;
