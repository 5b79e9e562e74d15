import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.ts';
import { answer } from '../internal/internal-answer.ts';
import { InternalRoutes } from '../internal/internal-routes.ts';
import { Metrics } from './metrics.ts';
import { NodeMetrics } from './node-metrics.ts';

/** `GET /metrics` of the internal listeners. */
@Injectable()
export class MetricsEndpoint implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly routes: InternalRoutes,
    private readonly metrics: Metrics,
    private readonly node: NodeMetrics,
  ) {}

  onModuleInit(): void {
    if (this.config.internal.listeners.length === 0) return;
    this.node.begin();
    this.routes.register('GET', '/metrics', async (_req, res) => {
      answer(res, 200, this.metrics.contentType, await this.metrics.text());
    });
  }
}
