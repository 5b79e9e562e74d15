import { Injectable } from '@nestjs/common';
import { KafkaGroups, type GroupDescription, type ListedGroup } from '#libs/kafka/kafka-groups.ts';

/** Consumer groups as they are now. */
@Injectable()
export class ConsumerGroupsService {
  constructor(private readonly groups: KafkaGroups) {}

  /** In the order of their ids. One request a broker. @throws {KafkaError} */
  async list(): Promise<readonly ListedGroup[]> {
    const groups = await this.groups.list();
    return groups.toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1));
  }

  /** In the order given; those that vanish meanwhile are left out. @throws {KafkaError} */
  describe(groups: readonly ListedGroup[]): Promise<readonly GroupDescription[]> {
    return this.groups.describeListed(groups);
  }

  /** undefined when there is no such group. @throws {KafkaError} */
  get(groupId: string): Promise<GroupDescription | undefined> {
    return this.groups.describe(groupId);
  }
}
