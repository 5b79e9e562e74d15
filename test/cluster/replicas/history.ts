/** One record as a client got it. */
export interface Received {
  readonly partition: number;
  readonly offset: number;
  /** The number that the producer gave it. */
  readonly value: number;
}

/** What became of a call: `broken` is a connection that ended before the answer did. */
export type Outcome = 'received' | 'refused' | 'broken' | 'hung up';

/** Times are ms of one clock, that of the harness. */
interface Timed {
  readonly startedAt: number;
  readonly endedAt: number;
}

interface Answered extends Timed {
  readonly consumer: string;
  readonly outcome: Outcome;
  /** 0 without an answer. */
  readonly status: number;
  /** Ports of the replicas that the request went to, in order. */
  readonly servedBy: readonly number[];
  /** Body or reason when all is not well. */
  readonly detail?: string;
}

/** One read. `received` is complete, to the last byte; all others count as not received. */
export interface ReadEvent extends Answered {
  readonly type: 'read';
  /** The group, or the one consumer that reads partitions of its own. */
  readonly subscriber: string;
  readonly records: readonly Received[];
}

export interface CallEvent extends Answered {
  readonly type: 'call';
  readonly what: string;
  /** Statuses that are well here; 2xx otherwise. */
  readonly expected?: readonly number[];
}

/** What the producer was told. */
export interface ProducedEvent {
  readonly type: 'produced';
  readonly at: number;
  readonly records: readonly Received[];
}

export interface ProduceFailedEvent extends Timed {
  readonly type: 'produce failed';
  readonly status: number;
  readonly detail: string;
}

/** Committed offsets by partition, as Kafka told them between the two times. */
export interface CommittedEvent extends Timed {
  readonly type: 'committed';
  readonly subscriber: string;
  readonly offsets: readonly (number | undefined)[];
}

export interface FaultEvent extends Timed {
  readonly type: 'fault';
  readonly name: string;
  /** Public ports of replicas that died: what they were answering broke. */
  readonly kills: readonly number[];
  /** Public ports of replicas that kept connections and did not answer. */
  readonly freezes: readonly number[];
  /** How often it made another replica take a consumer over, by the consumer's name, where it was counted. */
  readonly moves?: Readonly<Record<string, number>>;
}

/** Something that a scenario has looked at itself and found wrong. */
export interface ComplaintEvent {
  readonly type: 'complaint';
  readonly at: number;
  readonly text: string;
}

export type HistoryEvent =
  ReadEvent | CallEvent | ProducedEvent | ProduceFailedEvent | CommittedEvent | FaultEvent | ComplaintEvent;

/** All that happened, in the order in which it ended. */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #startedAt = performance.now();

  now(): number {
    return performance.now() - this.#startedAt;
  }

  add(event: HistoryEvent): void {
    this.events.push(event);
  }

  /** JSON lines, for a look at what went wrong. */
  toString(): string {
    return this.events.map((event) => `${JSON.stringify(event)}\n`).join('');
  }
}
