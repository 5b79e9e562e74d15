import type { TopicTally } from '#libs/tally/topic-tally.ts';
import type { Sample } from './metrics.ts';
import type { Labels } from './read-histogram.ts';

/** A sample for each topic that is told apart, and one without the label for all others. */
export function topicSamples(tally: TopicTally, labels: Labels = {}): readonly Sample[] {
  return tally.entries().map(([topic, value]) => ({
    labels: topic === undefined ? labels : { ...labels, topic },
    value,
  }));
}
