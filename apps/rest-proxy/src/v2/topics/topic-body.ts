import type { TopicDescription } from '#libs/metadata/topics.service.ts';
import { partitionBody, type PartitionBody } from '../partitions/partition-body.ts';

export interface TopicBody {
  readonly name: string;
  /** null where the value is sensitive or there is none. */
  readonly configs: Readonly<Record<string, string | null>>;
  readonly partitions: readonly PartitionBody[];
}

/** A topic as API v2 shows it; the order of fields is that of the wire. */
export function topicBody(topic: TopicDescription): TopicBody {
  return {
    name: topic.name,
    configs: Object.fromEntries(topic.configs.map(({ name, value }) => [name, value])),
    partitions: topic.partitions.map(partitionBody),
  };
}
