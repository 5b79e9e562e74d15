import { KafkaAcls, type Acl, type AclFilter, type NewAcl } from '#libs/kafka/kafka-acls.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { FakeCluster } from './fake-cluster.ts';

export class FakeKafkaAcls extends KafkaAcls {
  /** What there is, in the order of creation. */
  readonly acls: Acl[] = [];
  /** Whether the cluster has an authorizer. */
  enabled = true;

  constructor(private readonly cluster: FakeCluster) {
    super();
  }

  override async describe(filter: AclFilter): Promise<readonly Acl[]> {
    this.#check();
    return this.acls.filter((acl) => matches(filter, acl));
  }

  override async create(acls: readonly NewAcl[]): Promise<void> {
    this.#check();
    for (const acl of acls) {
      if (!this.acls.some((known) => JSON.stringify(known) === JSON.stringify(acl))) this.acls.push(acl);
    }
  }

  override async delete(filter: AclFilter): Promise<readonly Acl[]> {
    this.#check();
    const deleted = this.acls.filter((acl) => matches(filter, acl));
    for (const acl of deleted) this.acls.splice(this.acls.indexOf(acl), 1);
    return deleted;
  }

  #check(): void {
    this.cluster.check();
    if (!this.enabled) throw KafkaError.of('SECURITY_DISABLED', 'No Authorizer is configured.');
  }
}

/** As Kafka, but for MATCH, which is as ANY here. */
function matches(filter: AclFilter, acl: Acl): boolean {
  const any = (asked: string, is: string): boolean => asked === 'ANY' || asked === 'MATCH' || asked === is;
  return (
    any(filter.resourceType, acl.resourceType) &&
    any(filter.patternType, acl.patternType) &&
    any(filter.operation, acl.operation) &&
    any(filter.permission, acl.permission) &&
    [null, acl.resourceName].includes(filter.resourceName) &&
    [null, acl.principal].includes(filter.principal) &&
    [null, acl.host].includes(filter.host)
  );
}
