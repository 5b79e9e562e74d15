import type { KafkaConnectionConfig } from '../../../connection-config.ts';
import { KafkaError } from '../../../kafka-error.ts';
import type { TopicPartition } from '../../../kafka-types.ts';
import { retriesOf } from '../../../retries.ts';
import type { BrokerConnection } from '../../broker-connection.ts';
import type { ControlLanes } from '../control-lanes.ts';
import { groupError, topicError } from '../errors.ts';
import { within } from '../signal.ts';
import type { GroupCoordinators } from './group-coordinators.ts';
import {
  commitOffsets,
  fetchOffsets,
  type CommittedOffset,
  type MemberIdentity,
  type OffsetToCommit,
} from './group-requests.ts';

/** The committed offsets of groups, at their coordinators; retries what a retry helps. */
export class GroupOffsets {
  readonly #config: KafkaConnectionConfig;
  readonly #lanes: ControlLanes;
  readonly #coordinators: GroupCoordinators;

  constructor(config: KafkaConnectionConfig, lanes: ControlLanes, coordinators: GroupCoordinators) {
    this.#config = config;
    this.#lanes = lanes;
    this.#coordinators = coordinators;
  }

  /**
   * Commits in one request, of which a broker takes all partitions that exist; the first error is thrown.
   *
   * @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION at once; REBALANCE_IN_PROGRESS, ILLEGAL_GENERATION,
   *   UNKNOWN_MEMBER_ID and FENCED_INSTANCE_ID are the member's to understand
   */
  async commit(member: MemberIdentity, offsets: readonly OffsetToCommit[], timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for await (const attempt of retriesOf(this.#config, timeoutMs)) {
      try {
        const answers = await this.#ask(member.groupId, deadline, (connection) =>
          commitOffsets(connection, member, offsets),
        );
        for (const { topic, errorCode } of answers)
          if (errorCode !== 0) throw errorOf(errorCode, member.groupId, topic);
        return;
      } catch (error) {
        this.#judge(member.groupId, error);
        if (error instanceof KafkaError && notToBeRetried.has(error.kind)) throw error;
        attempt.failed(error);
      }
    }
  }

  /** In one request; partitions without a committed offset are left out. @throws {KafkaError} */
  async committed(
    groupId: string,
    partitions: readonly TopicPartition[],
    requireStable: boolean,
    timeoutMs: number,
  ): Promise<readonly CommittedOffset[]> {
    if (partitions.length === 0) return [];
    const deadline = performance.now() + timeoutMs;
    for await (const attempt of retriesOf(this.#config, timeoutMs)) {
      try {
        const { errorCode, offsets } = await this.#ask(groupId, deadline, (connection) =>
          fetchOffsets(connection, groupId, partitions, requireStable),
        );
        if (errorCode !== 0) throw groupError(errorCode, groupId);
        // A partition that does not exist has no committed offset.
        const failed = offsets.find(
          (one) => one.errorCode !== 0 && one.errorCode !== unknownTopicOrPartition,
        );
        if (failed !== undefined) throw errorOf(failed.errorCode, groupId, failed.topic);
        return offsets.filter((one) => one.offset >= 0n);
      } catch (error) {
        this.#judge(groupId, error);
        attempt.failed(error);
      }
    }
    return [];
  }

  async #ask<T>(
    groupId: string,
    deadline: number,
    request: (connection: BrokerConnection) => Promise<T>,
  ): Promise<T> {
    const address = await this.#coordinators.find(groupId);
    const leftMs = Math.max(deadline - performance.now(), 0);
    const answer = await within(leftMs, this.#lanes.run(address, request));
    if (answer === undefined) throw KafkaError.of('REQUEST_TIMED_OUT');
    return answer;
  }

  #judge(groupId: string, error: unknown): void {
    if (error instanceof KafkaError && movedCoordinator.has(error.kind)) this.#coordinators.forget(groupId);
  }
}

const unknownTopicOrPartition = KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION').code;

const movedCoordinator = new Set([
  'NOT_COORDINATOR',
  'COORDINATOR_NOT_AVAILABLE',
  'NETWORK_EXCEPTION',
  'REQUEST_TIMED_OUT',
]);

/** Retriable by Kafka's table; but a rebalance is the member's business, and a missing topic stays missing. */
const notToBeRetried = new Set(['REBALANCE_IN_PROGRESS', 'UNKNOWN_TOPIC_OR_PARTITION']);

function errorOf(code: number, groupId: string, topic: string): KafkaError {
  return topicError(groupError(code, groupId), topic);
}
