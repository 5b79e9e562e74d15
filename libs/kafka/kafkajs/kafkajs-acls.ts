import type { AclEntry, Admin, AclFilter as KafkajsFilter } from 'kafkajs';
import { aclNames, aclOperations, aclPatternTypes, aclPermissions, aclResourceTypes } from '../acl-types.ts';
import type { KafkaConnectionConfig } from '../connection-config.ts';
import { KafkaAcls, type Acl, type AclFilter, type NewAcl } from '../kafka-acls.ts';
import { KafkaError } from '../kafka-error.ts';
import { checkText } from '../text-limit.ts';
import { KafkajsConnection } from './kafkajs-connection.ts';

/**
 * Access control through kafkajs.
 *
 * It drops the texts of brokers, so what they are known to refuse is refused here, in their words.
 */
export class KafkajsAcls extends KafkaAcls {
  readonly #connection: KafkajsConnection;

  constructor(config: KafkaConnectionConfig) {
    super();
    this.#connection = new KafkajsConnection(config);
  }

  override async describe(filter: AclFilter): Promise<readonly Acl[]> {
    checkLengths(filter);
    const { resources } = await this.#run((admin) => admin.describeAcls(filterOf(filter)));
    return resources.flatMap(({ acls, ...resource }) =>
      acls.map((rule) => ({
        resourceType: aclNames.resourceType(resource.resourceType),
        resourceName: resource.resourceName,
        patternType: aclNames.patternType(resource.resourcePatternType),
        ...ruleOf(rule),
      })),
    );
  }

  override async create(acls: readonly NewAcl[]): Promise<void> {
    if (acls.length === 0) return;
    for (const acl of acls) check(acl);
    const acl = acls.map(entryOf);
    await this.#run((admin) => admin.createAcls({ acl }));
  }

  override async delete(filter: AclFilter): Promise<readonly Acl[]> {
    checkLengths(filter);
    const { filterResponses } = await this.#run((admin) => admin.deleteAcls({ filters: [filterOf(filter)] }));
    return filterResponses.flatMap(({ matchingAcls }) =>
      matchingAcls.map((acl) => ({
        resourceType: aclNames.resourceType(acl.resourceType),
        resourceName: acl.resourceName,
        patternType: aclNames.patternType(acl.resourcePatternType),
        ...ruleOf(acl),
      })),
    );
  }

  /** Closes the connections; calls after it fail. Never rejects. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  async #run<T>(call: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      return await this.#connection.run(call);
    } catch (error) {
      if (error instanceof KafkaError && error.kind === 'SECURITY_DISABLED') {
        throw KafkaError.of('SECURITY_DISABLED', 'No Authorizer is configured.', error);
      }
      throw error;
    }
  }
}

/** @throws {KafkaError} INVALID_REQUEST */
function checkLengths(acl: Acl | AclFilter): void {
  for (const name of ['resourceName', 'principal', 'host'] as const)
    checkText(`The ${name} of a rule`, acl[name]);
}

/** @throws {KafkaError} INVALID_REQUEST with the broker's text */
function check(acl: Acl): void {
  checkLengths(acl);
  const { principal, resourceType, resourceName } = acl;
  if (!principal.includes(':')) {
    throw KafkaError.of(
      'INVALID_REQUEST',
      `Could not parse principal from \`${principal}\` (no colon is present separating the principal type from the principal name)`,
    );
  }
  if (resourceName === '') throw KafkaError.of('INVALID_REQUEST', 'Invalid empty resource name');
  if (resourceType === 'CLUSTER' && resourceName !== 'kafka-cluster') {
    throw KafkaError.of('INVALID_REQUEST', `The only valid name for the CLUSTER resource is kafka-cluster`);
  }
}

function entryOf(acl: NewAcl): AclEntry {
  return {
    resourceType: aclResourceTypes[acl.resourceType],
    resourceName: acl.resourceName,
    resourcePatternType: aclPatternTypes[acl.patternType],
    principal: acl.principal,
    host: acl.host,
    operation: aclOperations[acl.operation],
    permissionType: aclPermissions[acl.permission],
  };
}

function filterOf({ resourceName, principal, host, ...filter }: AclFilter): KafkajsFilter {
  return {
    resourceType: aclResourceTypes[filter.resourceType],
    resourcePatternType: aclPatternTypes[filter.patternType],
    operation: aclOperations[filter.operation],
    permissionType: aclPermissions[filter.permission],
    ...(resourceName === null ? {} : { resourceName }),
    ...(principal === null ? {} : { principal }),
    ...(host === null ? {} : { host }),
  };
}

function ruleOf(rule: {
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}): Pick<Acl, 'principal' | 'host' | 'operation' | 'permission'> {
  const { principal, host } = rule;
  return {
    principal,
    host,
    operation: aclNames.operation(rule.operation),
    permission: aclNames.permission(rule.permissionType),
  };
}
