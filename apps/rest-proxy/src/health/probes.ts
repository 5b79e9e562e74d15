import { HttpException, Injectable } from '@nestjs/common';
import { HealthCheckService, type HealthIndicatorFunction } from '@nestjs/terminus';
import { Readiness } from './readiness.ts';

export type Probe = 'live' | 'ready' | 'startup';

/** What probes are answered, on whatever port. */
@Injectable()
export class Probes {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly readiness: Readiness,
  ) {}

  /** @returns 200 or 503, with terminus' details as JSON */
  async ask(probe: Probe): Promise<{ readonly status: number; readonly body: string }> {
    const { status, body } = await this.checks.check(this.#checksOf(probe)).then(
      (result) => ({ status: 200, body: result }),
      (error: unknown) => {
        if (!(error instanceof HttpException)) throw error;
        return { status: error.getStatus(), body: error.getResponse() };
      },
    );
    return { status, body: JSON.stringify(body) };
  }

  #checksOf(probe: Probe): HealthIndicatorFunction[] {
    switch (probe) {
      case 'live':
        // The event loop turns. Depends on nothing else: a restart would mend nothing else.
        return [];
      case 'startup':
        // The proxy listens before Kafka answers, so this does not wait for Kafka.
        return [];
      case 'ready':
        return [
          () => this.readiness.accepting(),
          () => this.readiness.kafka(),
          () => this.readiness.replicas(),
        ];
    }
  }
}
