import { Kafka, logLevel, type Admin } from 'kafkajs';

export interface GroupState {
  /** e.g. `Stable`, `Empty`, `Dead`. */
  readonly state: string;
  /** Their ids: other ones after a member was evicted and came back. */
  readonly members: readonly string[];
}

/** Looks at consumer groups from outside of the proxy. */
export class GroupProbe {
  private constructor(private readonly admin: Admin) {}

  static async connect(bootstrapServers: string): Promise<GroupProbe> {
    const kafka = new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    return new GroupProbe(admin);
  }

  /** Committed offsets by partition; undefined where there is none. */
  async committed(group: string, topic: string): Promise<(number | undefined)[]> {
    const [found] = await this.admin.fetchOffsets({ groupId: group, topics: [topic] });
    return (found?.partitions ?? [])
      .toSorted((a, b) => a.partition - b.partition)
      .map(({ offset }) => (offset === '-1' ? undefined : Number(offset)));
  }

  async describe(group: string): Promise<GroupState> {
    const { groups } = await this.admin.describeGroups([group]);
    const [found] = groups;
    return {
      state: found?.state ?? 'unknown',
      members: (found?.members ?? []).map(({ memberId }) => memberId),
    };
  }

  async disconnect(): Promise<void> {
    await this.admin.disconnect();
  }
}
