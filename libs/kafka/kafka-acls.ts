import type {
  AclOperation,
  AclPatternType,
  AclPermission,
  AclResourceType,
  KnownOperation,
  KnownResourceType,
} from './acl-types.ts';

/** One rule: who may or may not do what with which resource, from where. */
export interface Acl {
  readonly resourceType: AclResourceType;
  readonly resourceName: string;
  readonly patternType: AclPatternType;
  /** `User:alice`. */
  readonly principal: string;
  /** An address, or `*` for every one. */
  readonly host: string;
  readonly operation: AclOperation;
  readonly permission: AclPermission;
}

export interface NewAcl extends Acl {
  readonly resourceType: KnownResourceType;
  readonly operation: KnownOperation;
}

/** Matches rules: ANY and null match everything, MATCH also prefixes and wildcards that cover the name. */
export interface AclFilter extends Omit<NewAcl, 'resourceName' | 'principal' | 'host'> {
  readonly resourceName: string | null;
  readonly principal: string | null;
  readonly host: string | null;
}

/** The rules of the cluster's authorizer. Everything fails with SECURITY_DISABLED where there is none. */
export abstract class KafkaAcls {
  /** @throws {KafkaError} */
  abstract describe(filter: AclFilter): Promise<readonly Acl[]>;

  /** Creates rules in one request; those that exist already stay as they are. @throws {KafkaError} of the first that fails */
  abstract create(acls: readonly NewAcl[]): Promise<void>;

  /** @returns what was deleted @throws {KafkaError} */
  abstract delete(filter: AclFilter): Promise<readonly Acl[]>;
}
