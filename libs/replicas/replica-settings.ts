/** What the operator says of replicas. */
export abstract class ReplicaSettings {
  /** First part of the name of this process among the replicas. */
  abstract readonly replicaName: string;
  /** URL of this process's internal listener, as the other replicas reach it. */
  abstract readonly address: string;
  /** A replica that has not renewed its lease for so long counts as dead. */
  abstract readonly leaseMs: number;
  abstract readonly renewMs: number;
}
