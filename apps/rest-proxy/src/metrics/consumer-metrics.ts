import { Injectable } from '@nestjs/common';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { Config } from '../config/config.ts';
import { Metrics } from './metrics.ts';
import { topicSamples } from './topic-samples.ts';

/** What consumer instances have done. */
@Injectable()
export class ConsumerMetrics {
  constructor(metrics: Metrics, instances: ConsumerInstances, config: Config) {
    const { counts } = instances;
    counts.delivered.tellApart(config.metrics.topics);
    metrics.gauge('krest_consumer_instances', () => [{ labels: { state: 'local' }, value: instances.size }]);
    metrics.histogram('krest_consumer_read_duration_seconds', () => [
      { labels: {}, distribution: counts.reads },
    ]);
    metrics.counter('krest_consumer_delivered_records_total', () => topicSamples(counts.delivered));
    metrics.counter('krest_consumer_redelivered_total', () => [{ value: counts.redelivered }]);
    metrics.gauge('krest_consumer_unconfirmed', () => [{ value: instances.unconfirmed }]);
  }
}
