/** One configuration entry of a topic or broker. */
export interface ConfigEntry {
  readonly name: string;
  /** null when sensitive or unset. */
  readonly value: string | null;
}

/** Administration of the cluster. */
export abstract class KafkaAdmin {
  /** All configuration of a topic, defaults included. @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION, … */
  abstract describeTopicConfigs(topic: string): Promise<readonly ConfigEntry[]>;
}
