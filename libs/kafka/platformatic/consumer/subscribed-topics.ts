import { KafkaError } from '../../kafka-error.ts';
import { topicError } from './errors.ts';
import { compareText } from './topic-partitions.ts';
import type { TopicAnswers } from './topic-lookup.ts';
import type { TopicFollower } from './topic-watch.ts';

/** Decides over names of topics. */
export interface TopicPattern {
  readonly source: string;
  matches(topic: string): boolean;
}

/** Whom a subscription tells what it sees. */
export interface SubscriptionListener {
  /** Other topics match the pattern now; the first time also when none does. */
  topicsChanged(): void;
  /** What the group was assigned is not what there is any more. */
  partitionsChanged(): void;
  /** It could not be looked, or there is an error where there was none. */
  failed(): void;
  /** What the member knew when it assigned for its group; undefined when another one did. */
  assignedCounts(): ReadonlyMap<string, number> | undefined;
}

/** What a consumer subscribes to, followed as topics come and go. */
export class SubscribedTopics implements TopicFollower {
  readonly #target: readonly string[] | TopicPattern;
  readonly #listener: SubscriptionListener;
  readonly #errors = new Map<string, KafkaError>();
  /** Gone when last looked: believed when it is gone a second time. */
  readonly #missing = new Set<string>();
  #names: ReadonlySet<string>;
  #isKnown: boolean;
  #failing: { readonly since: number; readonly error: KafkaError } | undefined;

  constructor(target: readonly string[] | TopicPattern, listener: SubscriptionListener) {
    this.#target = target;
    this.#listener = listener;
    this.#isKnown = !isPattern(target);
    this.#names = new Set(isPattern(target) ? [] : target);
  }

  get isPattern(): boolean {
    return isPattern(this.#target);
  }

  /** Whether it subscribes to just that. */
  isOf(target: readonly string[] | TopicPattern): boolean {
    if (isPattern(target) || isPattern(this.#target))
      return isPattern(target) && isPattern(this.#target) && target.source === this.#target.source;
    const names = new Set(target);
    return names.size === new Set(this.#target).size && this.#target.every((name) => names.has(name));
  }

  /** Whether it is clear which topics these are. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** With a pattern, those that matched last. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  includes(topic: string): boolean {
    return this.#names.has(topic);
  }

  /** Why some of the topics cannot be read, as long as that is so. */
  get error(): KafkaError | undefined {
    const [first] = this.#errors.values();
    if (first === undefined) return undefined;
    const alike = [...this.#errors].filter(([, error]) => error.kind === first.kind).map(([topic]) => topic);
    return topicError(first, alike.sort(compareText).join(', '));
  }

  get failing(): { readonly since: number; readonly error: KafkaError } | undefined {
    return this.#failing;
  }

  watched(): Iterable<string> | 'all' {
    if (isPattern(this.#target)) return 'all';
    const counts = this.#listener.assignedCounts();
    return counts === undefined ? this.#target : new Set([...this.#target, ...counts.keys()]);
  }

  seen(answers: TopicAnswers, isAll: boolean): void {
    this.#failing = undefined;
    if (isPattern(this.#target)) {
      if (isAll) this.#match(this.#target, answers);
    } else {
      this.#lookForErrors(this.#target, answers);
    }
    if (this.#hasOtherPartitions(answers, isAll)) this.#listener.partitionsChanged();
  }

  unseen(error: KafkaError): void {
    this.#failing = { since: this.#failing?.since ?? performance.now(), error };
    this.#listener.failed();
  }

  #match(pattern: TopicPattern, answers: TopicAnswers): void {
    const names = new Set<string>();
    for (const [name, topic] of answers) {
      // A topic in trouble for the moment is still the one that matched.
      const isThere = topic instanceof KafkaError ? this.#names.has(name) : !topic.internal;
      if (isThere && pattern.matches(name)) names.add(name);
    }
    const isSame =
      this.#isKnown && names.size === this.#names.size && [...names].every((name) => this.#names.has(name));
    this.#isKnown = true;
    this.#names = new Set([...names].sort(compareText));
    if (!isSame) this.#listener.topicsChanged();
  }

  #lookForErrors(topics: readonly string[], answers: TopicAnswers): void {
    const before = this.#errors.size;
    for (const topic of topics) {
      const found = answers.get(topic);
      if (found === undefined) continue;
      // Topics that do not exist yet are waited for.
      if (found instanceof KafkaError && !found.retriable) this.#errors.set(topic, found);
      else this.#errors.delete(topic);
    }
    if (this.#errors.size > before) this.#listener.failed();
  }

  #hasOtherPartitions(answers: TopicAnswers, isAll: boolean): boolean {
    for (const [name, count] of this.#listener.assignedCounts() ?? []) {
      const found = answers.get(name);
      if (found === undefined && !isAll) continue;
      if (found instanceof KafkaError && found.kind !== 'UNKNOWN_TOPIC_OR_PARTITION') continue;
      const now = found === undefined || found instanceof KafkaError ? 0 : found.partitions.length;
      const isNews = now === count || now > 0 || this.#missing.has(name);
      if (now === 0) this.#missing.add(name);
      else this.#missing.delete(name);
      if (now !== count && isNews) return true;
    }
    return false;
  }
}

function isPattern(target: readonly string[] | TopicPattern): target is TopicPattern {
  return 'matches' in target;
}
