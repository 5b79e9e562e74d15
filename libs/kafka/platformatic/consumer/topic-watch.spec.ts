import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KafkaError } from '../../kafka-error.ts';
import type { CachedTopic } from '../metadata-requests.ts';
import { SubscribedTopics, type TopicPattern } from './subscribed-topics.ts';
import { TopicLookup, type TopicAnswers } from './topic-lookup.ts';
import { TopicWatch } from './topic-watch.ts';

/** A cluster whose topics a test makes and drops, by name with their number of partitions, or why not. */
class FakeTopics extends TopicLookup {
  readonly topics = new Map<string, number | KafkaError>();
  readonly asked: (readonly string[] | 'all')[] = [];
  failure: KafkaError | undefined;

  constructor() {
    super({ anyBroker: () => Promise.reject(new Error('there is no broker')) });
  }

  override async ask(names: readonly string[], all = false): Promise<TopicAnswers> {
    this.asked.push(all ? 'all' : [...names].sort());
    if (this.failure !== undefined) throw this.failure;
    const found = new Map<string, CachedTopic | KafkaError>();
    for (const name of all ? [...this.topics.keys(), ...names] : names) {
      const topic = this.topics.get(name) ?? KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION');
      found.set(name, typeof topic === 'number' ? topicOf(name, topic) : topic);
    }
    return found;
  }
}

function topicOf(name: string, count: number): CachedTopic {
  const partitions = Array.from({ length: count }, (_, partition) => ({
    partition,
    leader: 1,
    leaderEpoch: 0,
    replicas: [1],
    inSyncReplicas: [1],
  }));
  return { name, topicId: name, internal: name.startsWith('__'), partitions };
}

const intervalMs = 30_000;
let cluster: FakeTopics;
let watch: TopicWatch;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  cluster = new FakeTopics();
  watch = new TopicWatch(cluster, intervalMs);
});

afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

interface Followed {
  readonly topics: SubscribedTopics;
  readonly events: string[];
  counts: ReadonlyMap<string, number> | undefined;
}

function follow(target: readonly string[] | TopicPattern): Followed {
  const events: string[] = [];
  const followed: Followed = {
    events,
    counts: undefined,
    topics: new SubscribedTopics(target, {
      topicsChanged: () => void events.push('topics'),
      partitionsChanged: () => void events.push('partitions'),
      failed: () => void events.push('failed'),
      assignedCounts: () => followed.counts,
    }),
  };
  watch.follow(followed.topics);
  return followed;
}

function startingWith(prefix: string): TopicPattern {
  return { source: `${prefix}.*`, matches: (topic) => topic.startsWith(prefix) };
}

function pass(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

describe('TopicWatch', () => {
  it('looks at once, together, and then only now and then', async () => {
    cluster.topics.set('a', 1).set('b', 1);
    follow(['a']);
    follow(['b', 'a']);
    await pass(1_000);
    expect(cluster.asked).toEqual([['a', 'b']]);

    await pass(intervalMs * 1.5);

    expect(cluster.asked).toHaveLength(2);
  });

  it('looks often for what is not there yet, and for nothing else', async () => {
    cluster.topics.set('a', 1);
    follow(['a', 'later']);
    await pass(3_000);
    expect(cluster.asked.slice(1).every((names) => names[0] === 'later' && names.length === 1)).toBe(true);
    expect(cluster.asked.length).toBeGreaterThan(3);
    cluster.topics.set('later', 1);
    await pass(1_000);
    const before = cluster.asked.length;

    await pass(10_000);

    expect(cluster.asked).toHaveLength(before);
  });

  it('looks no more when nobody follows', async () => {
    const { topics } = follow(['later']);
    await pass(1_000);
    watch.unfollow(topics);
    const before = cluster.asked.length;

    await pass(10 * intervalMs);

    expect(cluster.asked.length).toBeLessThanOrEqual(before + 1);
  });

  it('tells followers when the cluster does not answer, and goes on', async () => {
    cluster.failure = KafkaError.of('NETWORK_EXCEPTION');
    const one = follow(['a']);
    await pass(5_000);
    expect(one.topics.failing?.error.kind).toBe('NETWORK_EXCEPTION');
    cluster.failure = undefined;
    cluster.topics.set('a', 1);

    await pass(2_000);

    expect(one.topics.failing).toBeUndefined();
  });
});

describe('SubscribedTopics', () => {
  it('of a pattern knows its topics after the first look, in order and without internal ones', async () => {
    cluster.topics.set('a2', 1).set('a1', 1).set('b', 1).set('a__', 1).set('__a', 1);
    const one = follow(startingWith('a'));
    expect(one.topics.isKnown).toBe(false);
    await pass(0);

    expect(one.topics.isKnown).toBe(true);
    expect(one.topics.names).toEqual(['a1', 'a2', 'a__']);
    expect(one.events).toEqual(['topics']);
    await pass(3 * intervalMs);
    expect(one.events).toEqual(['topics']);
  });

  it('of a pattern that matches nothing is known too', async () => {
    const one = follow(startingWith('a'));
    await pass(0);

    expect(one.topics.isKnown).toBe(true);
    expect(one.events).toEqual(['topics']);
  });

  it('of a pattern follows topics that come and go, but not one that is in trouble', async () => {
    cluster.topics.set('a1', 1);
    const one = follow(startingWith('a'));
    await pass(0);
    cluster.topics.set('a2', 1);
    await pass(2 * intervalMs);
    expect(one.topics.names).toEqual(['a1', 'a2']);
    cluster.topics.set('a1', KafkaError.of('LEADER_NOT_AVAILABLE'));
    await pass(2 * intervalMs);
    expect(one.topics.names).toEqual(['a1', 'a2']);
    cluster.topics.delete('a1');

    await pass(2 * intervalMs);

    expect(one.topics.names).toEqual(['a2']);
    expect(one.events).toEqual(['topics', 'topics', 'topics']);
  });

  it('names all topics that cannot be read, as long as they cannot', async () => {
    cluster.topics.set('a', KafkaError.of('TOPIC_AUTHORIZATION_FAILED'));
    cluster.topics.set('b', KafkaError.of('TOPIC_AUTHORIZATION_FAILED')).set('c', 1);
    const one = follow(['b', 'a', 'c', 'later']);
    await pass(0);

    expect(one.topics.error?.message).toBe('Not authorized to access topics: [a, b]');
    expect(one.events).toEqual(['failed']);
    cluster.topics.set('a', 1).set('b', 1);
    await pass(1_000);
    expect(one.topics.error).toBeUndefined();
  });

  it('notices other partitions than those that the group was assigned, also of topics of others', async () => {
    cluster.topics.set('a', 1).set('theirs', 2);
    const one = follow(['a']);
    one.counts = new Map([
      ['a', 1],
      ['theirs', 2],
    ]);
    await pass(2 * intervalMs);
    expect(one.events).toEqual([]);
    cluster.topics.set('theirs', 3);

    await pass(intervalMs * 1.3);

    expect(one.events).toContain('partitions');
  });

  it('believes that a topic is gone when it is gone twice', async () => {
    cluster.topics.set('a', 1);
    const one = follow(['a']);
    one.counts = new Map([['a', 1]]);
    await pass(1_000);
    cluster.topics.delete('a');
    watch.look(one.topics);
    await pass(100);
    expect(one.events).toEqual([]);

    await pass(1_000);

    expect(one.events[0]).toBe('partitions');
  });
});
