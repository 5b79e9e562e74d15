import {
  aclOperations,
  aclPatternTypes,
  aclPermissions,
  aclResourceTypes,
  type AclResourceType,
  type KnownResourceType,
} from '#libs/kafka/acl-types.ts';
import type { Acl, AclFilter } from '#libs/kafka/kafka-acls.ts';
import type { ClusterAddress } from '../cluster-address.ts';
import { resourceTypes } from './acl-words.ts';

export interface AclBody {
  readonly kind: 'KafkaAcl';
  readonly metadata: { readonly self: string };
  readonly cluster_id: string;
  readonly resource_type: string;
  readonly resource_name: string;
  readonly pattern_type: string;
  readonly principal: string;
  readonly host: string;
  readonly operation: string;
  readonly permission: string;
}

/** A rule as API v3 shows it; the order of fields is that of the wire. */
export function aclBody(acl: Acl, address: ClusterAddress): AclBody {
  const resourceType = shownType(acl.resourceType);
  return {
    kind: 'KafkaAcl',
    metadata: { self: aclsUrl({ ...acl, resourceType }, address) },
    cluster_id: address.clusterId,
    resource_type: resourceType,
    resource_name: acl.resourceName,
    pattern_type: acl.patternType,
    principal: acl.principal,
    host: acl.host,
    operation: acl.operation,
    permission: acl.permission,
  };
}

/** As in the original: typed clients refuse a whole list for a type that they do not know. */
function shownType(type: AclResourceType): KnownResourceType {
  return resourceTypes.find((known) => known === type) ?? 'UNKNOWN';
}

/** Where the rules are that a filter matches; a rule is a filter of itself. */
export function aclsUrl(filter: Acl | AclFilter, address: ClusterAddress): string {
  const query: readonly (readonly [string, string | null])[] = [
    ['resource_type', filter.resourceType],
    ['resource_name', filter.resourceName],
    ['pattern_type', filter.patternType],
    ['principal', filter.principal],
    ['host', filter.host],
    ['operation', filter.operation],
    ['permission', filter.permission],
  ];
  const text = query.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&');
  return `${address.url('acls')}?${text}`;
}

/** In the order of the original's: by type, name, pattern, principal, host, operation, permission. */
export function sortedAcls(acls: readonly Acl[]): readonly Acl[] {
  return acls.toSorted((a, b) => (aclKey(a) < aclKey(b) ? -1 : 1));
}

/** What a rule is sorted by. */
export function aclKey(acl: Acl): string {
  const number = (code: number): string => String(code).padStart(2, '0');
  return [
    number(aclResourceTypes[acl.resourceType]),
    acl.resourceName,
    number(aclPatternTypes[acl.patternType]),
    acl.principal,
    acl.host,
    number(aclOperations[acl.operation]),
    number(aclPermissions[acl.permission]),
  ].join('\0');
}
