import { list } from './setting.ts';

/** Keys of the metrics, which the original has in JMX. */
export const metricsSettings = {
  'metrics.topics': list([], {
    doc: 'Topics whose records are also counted by themselves in the metrics (label `topic`). Each adds series: name a few.',
  }),
};
