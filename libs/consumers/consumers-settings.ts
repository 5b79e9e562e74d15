import type { ConsumerConfig } from '#libs/kafka/kafka-settings.ts';

/** What the operator says of consumer instances. */
export abstract class ConsumersSettings {
  /** Part of generated instance ids; empty for none. */
  abstract readonly serverId: string;
  /** Most ms that a read waits, where the instance does not say otherwise. */
  abstract readonly requestTimeoutMs: number;
  /** Most bytes that one read returns. */
  abstract readonly requestMaxBytes: number;
  /** An instance is closed so many ms after its last request. */
  abstract readonly instanceTimeoutMs: number;
  /** As `fetchMinBytes` of an instance, where it does not say otherwise. */
  abstract readonly fetchMinBytes: number | undefined;
  abstract readonly maxInstances: number;
  abstract readonly maxInstancesPerGroup: number;
  /** Their Kafka side. */
  abstract readonly consumer: ConsumerConfig;
}
