import type { KafkaError } from '../../../kafka-error.ts';

/** The group does not know this member or generation any more: what it owned is lost. */
export function isForgotten({ kind }: KafkaError): boolean {
  return kind === 'UNKNOWN_MEMBER_ID' || kind === 'ILLEGAL_GENERATION';
}

/** Another broker may be the coordinator, or none for a while. */
export function isUnreachable({ kind }: KafkaError): boolean {
  return unreachable.has(kind);
}

const unreachable = new Set([
  'NOT_COORDINATOR',
  'COORDINATOR_NOT_AVAILABLE',
  'NETWORK_EXCEPTION',
  'REQUEST_TIMED_OUT',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_SERVER_ERROR',
]);

/** The same coordinator will answer, a little later. */
export function isBusy({ kind }: KafkaError): boolean {
  return kind === 'REBALANCE_IN_PROGRESS' || kind === 'COORDINATOR_LOAD_IN_PROGRESS';
}
