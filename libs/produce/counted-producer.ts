import { KafkaProducer, type SendProgress, type SendResult } from '#libs/kafka/kafka-producer.ts';
import type { ProducerRecord } from '#libs/kafka/kafka-types.ts';
import type { ProduceCounts } from './produce-counts.ts';

/** Another producer, whose results are counted. */
export class CountedProducer extends KafkaProducer {
  constructor(
    private readonly producer: KafkaProducer,
    private readonly counts: ProduceCounts,
  ) {
    super();
  }

  override send(records: readonly ProducerRecord[], progress?: SendProgress): Promise<readonly SendResult[]> {
    return this.producer.send(records, progress).then((results) => {
      this.#count(records, results);
      return results;
    });
  }

  #count(records: readonly ProducerRecord[], results: readonly SendResult[]): void {
    const { written, failed, bytes } = this.counts;
    let index = 0;
    for (const { topic, key, value } of records) {
      if (results[index++]?.error === undefined) {
        written.add(topic, 1);
        bytes.add(topic, (key?.length ?? 0) + (value?.length ?? 0));
      } else {
        failed.add(topic, 1);
      }
    }
  }
}
