import type { ConnectionOptions as TlsOptions } from 'node:tls';

/** How a client proves who it is. */
export type SaslConfig =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: 'OAUTHBEARER';
      readonly token: () => Promise<string>;
      readonly extensions: Readonly<Record<string, string>>;
    };

/** One way to reach the cluster; feeds both Kafka clients. */
export interface KafkaConnectionConfig {
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  readonly clientId: string;
  /** undefined for plaintext. */
  readonly tls: TlsOptions | undefined;
  readonly sasl: SaslConfig | undefined;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
  readonly metadataMaxAgeMs: number;
  /** Idle connections are closed after this. */
  readonly connectionsMaxIdleMs: number;
}

export type CompressionType = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** The producer's settings, named after Kafka's. */
export interface ProducerConfig {
  /** -1 for all. */
  readonly acks: -1 | 0 | 1;
  readonly compressionType: CompressionType;
  /** undefined for the codec's default. */
  readonly compressionLevel: number | undefined;
  /** 0: what one tick of the event loop brings travels together. */
  readonly lingerMs: number;
  readonly batchSize: number;
  readonly maxRequestSize: number;
  readonly requestTimeoutMs: number;
  readonly deliveryTimeoutMs: number;
  /** How long a send may wait for metadata of a topic that may exist. */
  readonly maxBlockMs: number;
  /** Bytes accepted and not yet answered; a send beyond it fails at once. */
  readonly bufferMemory: number;
  readonly retries: number;
  readonly enableIdempotence: boolean;
  readonly maxInFlightRequestsPerConnection: number;
  /** Keyed records ignore the key and stick to a partition a batch, as `partitioner.ignore.keys`. */
  readonly partitionerIgnoreKeys: boolean;
}
