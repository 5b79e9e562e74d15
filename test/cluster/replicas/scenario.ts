import type { DeploymentOptions } from './deployment.ts';
import type { Limits } from './checker.ts';
import type { Stage } from './stage.ts';
import type { WorkloadOptions } from './workload.ts';

/** Something that goes wrong while consumers read. */
export interface Scenario {
  readonly name: string;
  readonly deployment?: Partial<DeploymentOptions>;
  readonly load?: Partial<WorkloadOptions>;
  readonly limits?: Partial<Limits>;
  /** Runs while all consumers read; returns when the last fault is over. */
  readonly run: (stage: Stage) => Promise<void>;
}
