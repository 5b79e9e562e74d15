import { fetchV12 } from '@platformatic/kafka';
import type { KafkaConnectionConfig } from '#libs/kafka/connection-config.ts';
import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';

/** A record as it lies in a log. */
export interface LoggedRecord {
  readonly offset: bigint;
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
  /** The lowest three bits of the batch's attributes. */
  readonly compression: number;
}

/** How a test reaches a cluster without security. */
export function connectionTo(
  bootstrapServers: string,
  more: Partial<KafkaConnectionConfig> = {},
): KafkaConnectionConfig {
  return {
    brokers: bootstrapServers.split(',').map((address) => {
      const [host = '', port = ''] = address.split(':');
      return { host, port: Number(port) };
    }),
    clientId: 'test',
    tls: undefined,
    sasl: undefined,
    connectTimeoutMs: 5_000,
    requestTimeoutMs: 30_000,
    retryBackoffMs: 50,
    retryBackoffMaxMs: 500,
    metadataMaxAgeMs: 300_000,
    connectionsMaxIdleMs: 540_000,
    ...more,
  };
}

/** All of a partition, from the beginning to the high watermark, as its leader has it. */
export async function readLog(
  bootstrapServers: string,
  topic: string,
  partition: number,
): Promise<LoggedRecord[]> {
  const connections = new Connections(connectionTo(bootstrapServers));
  const metadata = new ClusterMetadata(connections);
  try {
    await metadata.refreshTopics([topic]);
    const leader = metadata.leaderOf(topic, partition);
    if (leader === undefined) throw new Error(`${topic}-${partition} has no leader`);
    const { connection } = await connections.borrow(leader);
    const records: LoggedRecord[] = [];
    for (let next = 0n; ;) {
      const asked = { partition, currentLeaderEpoch: -1, fetchOffset: next, lastFetchedEpoch: -1 };
      const answer = await connection.call(
        [fetchV12.api],
        100,
        1,
        8_000_000,
        0,
        0,
        -1,
        [{ topicId: topic, partitions: [{ ...asked, partitionMaxBytes: 8_000_000 }] }],
        [],
        '',
      );
      const found = answer.responses[0]?.partitions[0];
      if (found === undefined || found.errorCode !== 0) {
        throw new Error(
          `${topic}-${partition} cannot be read: error ${found?.errorCode ?? answer.errorCode}`,
        );
      }
      for (const batch of found.records ?? []) {
        for (const one of batch.records) {
          const offset = batch.firstOffset + BigInt(one.offsetDelta);
          if (offset < next) continue;
          records.push({
            offset,
            timestamp:
              (batch.attributes & 8) === 0 ? batch.firstTimestamp + one.timestampDelta : batch.maxTimestamp,
            key: one.key,
            value: one.value,
            headers: [...one.headers],
            compression: batch.attributes & 7,
          });
        }
        next = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
      }
      if (next >= found.highWatermark) return records;
    }
  } finally {
    metadata.close();
    connections.close();
  }
}
