import { Injectable, Optional } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import { Lease } from '#libs/replicas/lease.ts';
import { ServerState } from '../http/server-state.ts';

/** Metadata older than this says that no broker answers. */
const freshMs = 60_000;

/** What the proxy needs to be of use. */
@Injectable()
export class Readiness {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly metadata: KafkaMetadata,
    private readonly server: ServerState,
    /** Absent without other replicas. */
    @Optional() private readonly lease?: Lease,
  ) {}

  /** Whether the cluster answered lately. */
  kafka(): HealthIndicatorResult {
    const check = this.indicators.check('kafka');
    const ageMs = this.metadata.ageMs();
    if (ageMs > freshMs) {
      const message =
        ageMs === Infinity ? 'the cluster has not answered yet' : `no answer for ${Math.round(ageMs)} ms`;
      return check.down({ message });
    }
    return check.up({ metadataAgeMs: Math.round(ageMs), brokers: this.metadata.brokers().length });
  }

  /** How this replica stands with the others. Never down: what does not need the store is served without it. */
  replicas(): HealthIndicatorResult {
    const check = this.indicators.check('replicas');
    if (this.lease === undefined) return check.up({ others: 0 });
    const { isValid, others } = this.lease;
    const degraded = { degraded: 'the store of consumer instances does not answer: creates are refused' };
    return check.up({ others: others.length, ...(!isValid && degraded) });
  }

  /** Whether new requests are welcome. */
  accepting(): HealthIndicatorResult {
    const check = this.indicators.check('server');
    const details = {
      requestsInFlight: this.server.requestsInFlight,
      bytesInFlight: this.server.bytesInFlight,
    };
    return this.server.draining ? check.down({ message: 'shutting down', ...details }) : check.up(details);
  }
}
