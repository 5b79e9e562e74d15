import type { ConsumersSettings } from '#libs/consumers/consumers-settings.ts';

/** Shorter than in operation, so that a simulation sees leases and sessions end. */
export const leaseMs = 3_000;
export const renewMs = 1_000;
export const sessionTimeoutMs = 8_000;
export const mostRecordsOfARead = 4;

export const consumersSettings: ConsumersSettings = {
  serverId: '',
  requestTimeoutMs: 1_000,
  requestMaxBytes: 1_000_000,
  instanceTimeoutMs: 300_000,
  fetchMinBytes: undefined,
  maxInstances: 100,
  maxInstancesPerGroup: 100,
  consumer: {
    autoOffsetReset: 'earliest',
    enableAutoCommit: true,
    autoCommitIntervalMs: 1_000,
    isolationLevel: 'read_uncommitted',
    sessionTimeoutMs,
    heartbeatIntervalMs: 2_000,
    rebalanceTimeoutMs: 4_000,
    fetchMaxBytes: 1_000_000,
    maxPartitionFetchBytes: 1_000_000,
    fetchMaxWaitMs: 500,
    partitionAssignmentStrategy: ['range'],
    maxPollRecords: mostRecordsOfARead,
    defaultApiTimeoutMs: 3_000,
    checkCrcs: false,
  },
};
