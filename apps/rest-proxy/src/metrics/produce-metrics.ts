import { Injectable } from '@nestjs/common';
import { ProduceCounts } from '#libs/produce/produce-counts.ts';
import { Config } from '../config/config.ts';
import { Metrics } from './metrics.ts';
import { topicSamples } from './topic-samples.ts';

/** What the producer was given. */
@Injectable()
export class ProduceMetrics {
  constructor(metrics: Metrics, { written, failed, bytes }: ProduceCounts, config: Config) {
    for (const tally of [written, failed, bytes]) tally.tellApart(config.metrics.topics);
    metrics.counter('krest_produce_records_total', () => [
      ...topicSamples(written, { result: 'ok' }),
      ...topicSamples(failed, { result: 'error' }),
    ]);
    metrics.counter('krest_produce_bytes_total', () => topicSamples(bytes));
  }
}
