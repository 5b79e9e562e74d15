import type {
  AclPatternType,
  AclPermission,
  KnownOperation,
  KnownResourceType,
} from '#libs/kafka/acl-types.ts';

/** The words of each enumeration, in the order of the original's. */
export const resourceTypes: readonly KnownResourceType[] = [
  'UNKNOWN',
  'ANY',
  'TOPIC',
  'GROUP',
  'CLUSTER',
  'TRANSACTIONAL_ID',
  'DELEGATION_TOKEN',
];

export const patternTypes: readonly AclPatternType[] = ['UNKNOWN', 'ANY', 'MATCH', 'LITERAL', 'PREFIXED'];

export const operations: readonly KnownOperation[] = [
  'UNKNOWN',
  'ANY',
  'ALL',
  'READ',
  'WRITE',
  'CREATE',
  'DELETE',
  'ALTER',
  'DESCRIBE',
  'CLUSTER_ACTION',
  'DESCRIBE_CONFIGS',
  'ALTER_CONFIGS',
  'IDEMPOTENT_WRITE',
];

export const permissions: readonly AclPermission[] = ['UNKNOWN', 'ANY', 'DENY', 'ALLOW'];
