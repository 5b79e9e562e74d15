import type { KafkaConnectionConfig } from '../../connection-config.ts';
import { KafkaError } from '../../kafka-error.ts';
import type { BrokerNode, IsolationLevel } from '../../kafka-types.ts';
import { backoffMs } from '../../retries.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import { requestOffsets } from '../metadata-requests.ts';
import type { ControlLanes } from './control-lanes.ts';
import { asKafkaError, topicError } from './errors.ts';
import type { PartitionState } from './partition-state.ts';

interface Asked {
  readonly state: PartitionState;
  readonly version: number;
}

/** Looks up where logs begin and end, for partitions whose reading starts there. */
export class PositionLookup {
  readonly #config: KafkaConnectionConfig;
  readonly #lanes: ControlLanes;
  readonly #metadata: ClusterMetadata;
  readonly #isolation: IsolationLevel;

  constructor(
    config: KafkaConnectionConfig,
    lanes: ControlLanes,
    metadata: ClusterMetadata,
    isolation: IsolationLevel,
  ) {
    this.#config = config;
    this.#lanes = lanes;
    this.#metadata = metadata;
    this.#isolation = isolation;
  }

  /** Gives each a position, or says in its state why not yet: one try. Never rejects. */
  async find(states: readonly PartitionState[]): Promise<void> {
    const asked = states.map((state) => ({ state, version: state.version }));
    for (const { state } of asked) state.asked();
    const byLeader = new Map<BrokerNode, Asked[]>();
    await Promise.all(asked.map((one) => this.#place(one, byLeader)));
    await Promise.all([...byLeader].map(([leader, list]) => this.#ask(leader, list)));
    for (const { state, version } of asked) state.answered(version);
  }

  async #place(one: Asked, byLeader: Map<BrokerNode, Asked[]>): Promise<void> {
    try {
      const topic = await this.#metadata.topic(one.state.topic);
      const partition = topic?.partitions[one.state.partition];
      if (partition === undefined) throw KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION');
      const leader = this.#metadata.node(partition.leader);
      if (leader === undefined) throw KafkaError.of('LEADER_NOT_AVAILABLE');
      const list = byLeader.get(leader);
      if (list === undefined) byLeader.set(leader, [one]);
      else list.push(one);
    } catch (error) {
      this.#failed(one, asKafkaError(error));
    }
  }

  async #ask(leader: BrokerNode, list: readonly Asked[]): Promise<void> {
    try {
      const queries = list.map(({ state: { topic, partition, lookup } }) => ({
        topic,
        partition,
        spec: lookup === 'latest' ? ('latest' as const) : ('earliest' as const),
      }));
      const answers = await this.#lanes.run(leader, (connection) =>
        requestOffsets(connection, queries, this.#isolation),
      );
      for (const [index, one] of list.entries()) {
        const found = answers[index];
        if (typeof found !== 'bigint') this.#failed(one, found ?? KafkaError.of('LEADER_NOT_AVAILABLE'));
        else if (isCurrent(one)) one.state.seek(found);
      }
    } catch (error) {
      for (const one of list) this.#failed(one, asKafkaError(error));
    }
  }

  #failed(one: Asked, error: KafkaError): void {
    if (!isCurrent(one)) return;
    const { state } = one;
    this.#metadata.invalidate(state.topic);
    state.failed(error, backoffMs(this.#config, state.failures));
    if (!error.retriable && error.kind !== 'UNKNOWN_SERVER_ERROR')
      state.failure = { error: topicError(error, state.topic), isPassing: true };
  }
}

function isCurrent({ state, version }: Asked): boolean {
  return state.version === version;
}
