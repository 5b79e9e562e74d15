import { initProducerIdV3, initProducerIdV4, initProducerIdV5 } from '@platformatic/kafka';
import { KafkaError } from '../../kafka-error.ts';
import type { BrokerNode } from '../../kafka-types.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { Connections } from '../connections.ts';
import { encodeProduce, produceApis, type PartitionAnswer, type PartitionBatch } from './produce-request.ts';
import type { ProducerId } from './producer-identity.ts';

/** A connection to the leader of partitions. */
export interface ProduceLink {
  /**
   * Sends batches, at most one a partition. When it throws they may be written all the same.
   *
   * @returns undefined without acks
   * @throws {KafkaError}
   */
  produce(
    acks: -1 | 0 | 1,
    timeoutMs: number,
    batches: readonly PartitionBatch[],
  ): Promise<readonly PartitionAnswer[] | undefined>;
}

/** How the producer reaches brokers. */
export abstract class ProduceTransport {
  /**
   * @param slot which of several connections to the broker, from 0; requests of different slots do not wait for another
   * @throws {KafkaError} when the broker cannot be reached; nothing was written then
   */
  abstract connect(leader: BrokerNode, slot: number): Promise<ProduceLink>;

  /** Asks the cluster for a producer id. @throws {KafkaError} */
  abstract initProducerId(): Promise<ProducerId>;
}

/** The brokers themselves, over connections that only the producer uses. */
export class BrokerTransport extends ProduceTransport {
  readonly #connections: Connections;
  readonly #metadata: ClusterMetadata;

  constructor(connections: Connections, metadata: ClusterMetadata) {
    super();
    this.#connections = connections;
    this.#metadata = metadata;
  }

  override async connect(leader: BrokerNode, slot: number): Promise<ProduceLink> {
    const connection = await this.#connections.shared(leader, `produce-${slot}`);
    const { batchRecords } = this.#connections.measures;
    return {
      async produce(acks, timeoutMs, batches) {
        const api = connection.choose(produceApis);
        for (const { bytes } of batches) batchRecords.observe(recordsOf(bytes));
        const answers = await connection.send(api, () =>
          encodeProduce(api.version, acks, timeoutMs, batches),
        );
        return acks === 0 ? undefined : answers;
      },
    };
  }

  override async initProducerId(): Promise<ProducerId> {
    const connection = await this.#metadata.anyBroker();
    const versions = [initProducerIdV5.api, initProducerIdV4.api, initProducerIdV3.api];
    const answer = await connection.call(versions, null, noTransactionTimeoutMs, undefined, undefined);
    if (answer.errorCode !== 0) throw KafkaError.ofCode(answer.errorCode);
    return { producerId: answer.producerId, epoch: answer.producerEpoch };
  }
}

/** Its place in the header of a record batch. */
const recordsAt = 57;
const recordsOf = (batch: Buffer): number => batch.readInt32BE(recordsAt);

/** What Java's client sends when there is no transaction. */
const noTransactionTimeoutMs = 0x7fffffff;
