/** Kafka's words for access control, with the numbers that its protocol has for them. */

export const aclOperations = {
  UNKNOWN: 0,
  ANY: 1,
  ALL: 2,
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  CLUSTER_ACTION: 9,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
  IDEMPOTENT_WRITE: 12,
  CREATE_TOKENS: 13,
  DESCRIBE_TOKENS: 14,
  TWO_PHASE_COMMIT: 15,
} as const;

export const aclResourceTypes = {
  UNKNOWN: 0,
  ANY: 1,
  TOPIC: 2,
  GROUP: 3,
  CLUSTER: 4,
  TRANSACTIONAL_ID: 5,
  DELEGATION_TOKEN: 6,
  USER: 7,
} as const;

export const aclPatternTypes = { UNKNOWN: 0, ANY: 1, MATCH: 2, LITERAL: 3, PREFIXED: 4 } as const;

export const aclPermissions = { UNKNOWN: 0, ANY: 1, DENY: 2, ALLOW: 3 } as const;

export type AclOperation = keyof typeof aclOperations;
export type AclResourceType = keyof typeof aclResourceTypes;
export type AclPatternType = keyof typeof aclPatternTypes;
export type AclPermission = keyof typeof aclPermissions;

/** What can be asked for and created; rules with other words can be seen only. */
export type KnownOperation = Exclude<AclOperation, 'CREATE_TOKENS' | 'DESCRIBE_TOKENS' | 'TWO_PHASE_COMMIT'>;
export type KnownResourceType = Exclude<AclResourceType, 'USER'>;

const operationNames = namesOf(aclOperations);
const resourceTypeNames = namesOf(aclResourceTypes);
const patternTypeNames = namesOf(aclPatternTypes);
const permissionNames = namesOf(aclPermissions);

/** The words for numbers of the protocol; UNKNOWN for those that are younger than this table. */
export const aclNames = {
  operation: (code: number): AclOperation => operationNames.get(code) ?? 'UNKNOWN',
  resourceType: (code: number): AclResourceType => resourceTypeNames.get(code) ?? 'UNKNOWN',
  patternType: (code: number): AclPatternType => patternTypeNames.get(code) ?? 'UNKNOWN',
  permission: (code: number): AclPermission => permissionNames.get(code) ?? 'UNKNOWN',
};

/** Operations of a bit field, in the order of their numbers; none for the field that stands for "not told". */
export function operationsOfBits(bits: number): readonly AclOperation[] {
  if (bits === -(2 ** 31)) return [];
  return [...operationNames].filter(([code]) => (bits >>> code) % 2 === 1).map(([, name]) => name);
}

function namesOf<Name extends string>(codes: Readonly<Record<Name, number>>): ReadonlyMap<number, Name> {
  const names = new Map<number, Name>();
  for (const name in codes) names.set(codes[name], name);
  return names;
}
