import { KafkaError } from '../../kafka-error.ts';
import { asKafkaError } from './errors.ts';
import type { TopicAnswers, TopicLookup } from './topic-lookup.ts';

/** Somebody who wants to know when topics appear, grow or go. */
export interface TopicFollower {
  /** What to look at now: names, or everything. */
  watched(): Iterable<string> | 'all';
  /** What was asked for this time; `isAll`: every topic there is. */
  seen(answers: TopicAnswers, isAll: boolean): void;
  /** The cluster did not answer. */
  unseen(error: KafkaError): void;
}

/**
 * Looks after the topics that consumers subscribe to, for all of them together.
 *
 * Everything is looked at every `intervalMs`; what does not exist or cannot be read much more often, because somebody
 * waits for it.
 */
export class TopicWatch {
  readonly #lookup: TopicLookup;
  readonly #intervalMs: number;
  readonly #followers = new Set<TopicFollower>();
  /** To be looked at in the next round. */
  #soon = new Set<string>();
  #fullAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #isLooking = false;
  /** Somebody came while a look was under way. */
  #isUrgent = false;
  #isClosed = false;

  constructor(lookup: TopicLookup, intervalMs: number) {
    this.#lookup = lookup;
    this.#intervalMs = intervalMs;
  }

  /** Tells the follower what there is as soon as it is known, and then of every look, until `unfollow`. */
  follow(follower: TopicFollower): void {
    this.#followers.add(follower);
    this.look(follower);
  }

  unfollow(follower: TopicFollower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
  }

  /** Looks at what a follower watches now. */
  look(follower: TopicFollower): void {
    const watched = follower.watched();
    if (watched === 'all') this.#fullAt = 0;
    else for (const name of watched) this.#soon.add(name);
    this.#isUrgent = this.#isLooking;
    this.#schedule(0);
  }

  close(): void {
    this.#isClosed = true;
    this.#followers.clear();
    clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    if (this.#isClosed || this.#isLooking) return;
    const at = performance.now() + ms;
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timerAt = Infinity;
      void this.#round();
    }, ms).unref();
  }

  /** Never rejects. */
  async #round(): Promise<void> {
    this.#isLooking = true;
    const now = performance.now();
    const isFull = now >= this.#fullAt;
    if (isFull) this.#fullAt = now + this.#intervalMs;
    const soon = this.#soon;
    this.#soon = new Set();
    let pauseMs = unsettledMs;
    try {
      await this.#look(isFull, soon);
    } catch (error) {
      pauseMs = afterFailureMs;
      if (isFull) this.#fullAt = 0;
      for (const name of soon) this.#soon.add(name);
      for (const follower of this.#followers) follower.unseen(asKafkaError(error));
    }
    this.#isLooking = false;
    if (this.#followers.size === 0) return;
    if (this.#isUrgent) {
      this.#isUrgent = false;
      this.#schedule(0);
      return;
    }
    const untilFullMs = Math.max(this.#fullAt - performance.now(), 0);
    const nextMs = this.#soon.size > 0 ? Math.min(pauseMs, untilFullMs) : untilFullMs;
    this.#schedule(Math.max(nextMs, shortestPauseMs) * (0.8 + Math.random() * 0.4));
  }

  async #look(isFull: boolean, soon: ReadonlySet<string>): Promise<void> {
    const names = new Set(soon);
    let isAll = false;
    for (const follower of isFull ? this.#followers : []) {
      const watched = follower.watched();
      if (watched === 'all') isAll = true;
      else for (const name of watched) names.add(name);
    }
    if (!isAll && names.size === 0) return;
    const answers = await this.#lookup.ask([...names], isAll);
    for (const follower of this.#followers) {
      follower.seen(answers, isAll);
      const watched = follower.watched();
      for (const name of watched === 'all' ? [] : watched) {
        // Not there, or not to be read: whoever waits for it should not wait for the next full look.
        if (answers.get(name) instanceof KafkaError) this.#soon.add(name);
      }
    }
  }
}

const unsettledMs = 500;
const afterFailureMs = 1_000;
const shortestPauseMs = 100;
