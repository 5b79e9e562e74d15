import { Injectable } from '@nestjs/common';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import { Clock } from './clock.ts';
import { TopicPattern } from './topic-pattern.ts';

const mostKept = 100;

/** Patterns ready for use; instances with the same pattern share it. */
@Injectable()
export class TopicPatterns {
  /** The one used last comes last. */
  readonly #patterns = new Map<string, TopicPattern>();

  constructor(
    private readonly metadata: KafkaMetadata,
    private readonly clock: Clock,
  ) {}

  /** @throws {TopicPatternError} when it cannot be used */
  async of(source: string): Promise<TopicPattern> {
    const pattern = this.#patterns.get(source) ?? new TopicPattern(source);
    if (pattern.dear) await pattern.learn(await this.#topics(), this.clock);
    this.#patterns.delete(source);
    this.#patterns.set(source, pattern);
    for (const [oldest] of this.#patterns) {
      if (this.#patterns.size <= mostKept) break;
      this.#patterns.delete(oldest);
    }
    return pattern;
  }

  /** Names to learn; a cluster that does not answer is no reason to refuse a subscription. */
  async #topics(): Promise<readonly string[]> {
    try {
      const topics = await this.metadata.topics({ includeInternal: true });
      return topics.map(({ name }) => name);
    } catch (error) {
      if (error instanceof KafkaError) return [];
      throw error;
    }
  }
}
