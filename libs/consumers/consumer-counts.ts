import { Distribution, durationBounds } from '#libs/tally/distribution.ts';
import { TopicTally } from '#libs/tally/topic-tally.ts';

/** What all consumer instances of this process have done together. */
export class ConsumerCounts {
  /** Seconds that reads took, until their records were there or it was clear that there are none. */
  readonly reads = new Distribution(durationBounds);
  /** Records handed out to answers, each time they were. */
  readonly delivered = new TopicTally();
  /** Records taken back from answers that did not arrive: the next read hands them out again. */
  redelivered = 0;
}
