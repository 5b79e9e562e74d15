import { Injectable } from '@nestjs/common';
import { KafkaAdmin, type Reassignment } from '#libs/kafka/kafka-admin.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import { isTopicName } from '#libs/kafka/topic-name.ts';

/** Reassignments under way, by topic and partition. */
@Injectable()
export class ReassignmentsService {
  constructor(
    private readonly admin: KafkaAdmin,
    private readonly metadata: KafkaMetadata,
  ) {}

  /** @throws {KafkaError} */
  async list(): Promise<readonly Reassignment[]> {
    return sorted(await this.admin.listReassignments());
  }

  /** None for a topic that does not exist. @throws {KafkaError} */
  async ofTopic(topic: string): Promise<readonly Reassignment[]> {
    if (!isTopicName(topic)) return [];
    const [found] = await this.metadata.describeTopics([topic]);
    if (found === undefined) return [];
    const partitions = found.partitions.map(({ partition }) => ({ topic, partition }));
    return sorted(await this.admin.listReassignments(partitions));
  }

  /** undefined when the partition does not move, or does not exist. @throws {KafkaError} */
  async get(topic: string, partition: number): Promise<Reassignment | undefined> {
    const all = await this.ofTopic(topic);
    return all.find((reassignment) => reassignment.partition === partition);
  }
}

function sorted(all: readonly Reassignment[]): readonly Reassignment[] {
  return all.toSorted((a, b) =>
    a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1,
  );
}
