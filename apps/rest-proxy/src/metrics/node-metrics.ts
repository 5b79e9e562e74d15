import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics } from 'prom-client';
import { catalogue } from './catalogue.ts';
import { Metrics } from './metrics.ts';

/** What Node and the process tell of themselves. It costs a little all the time, so it begins when it is wanted. */
@Injectable()
export class NodeMetrics {
  constructor(private readonly metrics: Metrics) {}

  /** Begins, for the rest of the process' life. */
  begin(): void {
    const { registry } = this.metrics;
    collectDefaultMetrics({ register: registry });
    // Active handles and the like: to list them takes long when there are many, and their names are no good ones.
    for (const { name } of registry.getMetricsAsArray()) {
      if (!Object.hasOwn(catalogue, name)) registry.removeSingleMetric(name);
    }
    let last = performance.eventLoopUtilization();
    this.metrics.gauge('nodejs_eventloop_utilization', () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return [{ value: utilization }];
    });
  }
}
