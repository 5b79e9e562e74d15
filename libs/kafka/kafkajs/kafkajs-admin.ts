import type { KafkaConnectionConfig } from '../connection-config.ts';
import { KafkaAdmin, type ConfigEntry } from '../kafka-admin.ts';
import { KafkajsConnection } from './kafkajs-connection.ts';

/** Administration through kafkajs. */
export class KafkajsAdmin extends KafkaAdmin {
  readonly #connection: KafkajsConnection;

  constructor(config: KafkaConnectionConfig) {
    super();
    this.#connection = new KafkajsConnection(config);
  }

  override async describeTopicConfigs(topic: string): Promise<readonly ConfigEntry[]> {
    const { resources } = await this.#connection.run((admin, { ConfigResourceTypes }) =>
      admin.describeConfigs({
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
        includeSynonyms: false,
      }),
    );
    const entries = resources[0]?.configEntries ?? [];
    return entries.map((entry) => ({ name: entry.configName, value: valueOf(entry) }));
  }

  /** Closes the connections; calls after it fail. Never rejects. */
  close(): Promise<void> {
    return this.#connection.close();
  }
}

/** kafkajs' types promise a text where the broker sends null. */
function valueOf(entry: {
  readonly configValue: string | null;
  readonly isSensitive: boolean;
}): string | null {
  return entry.isSensitive ? null : entry.configValue;
}
