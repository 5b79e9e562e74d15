import { describe, expect, it } from 'vitest';
import { comparePartitions, keyOf } from '../topic-partitions.ts';
import type { Candidate, Shares } from './assignor.ts';
import { assignorsOf } from './assignors.ts';
import { encodeStickyData } from './sticky-user-data.ts';

function candidate(memberId: string, topics: readonly string[], more: Partial<Candidate> = {}): Candidate {
  const owned: Partial<Candidate> = { ownedPartitions: [], generationId: -1, userData: null };
  return { memberId, groupInstanceId: null, topics, ...owned, ...more } as Candidate;
}

function assign(
  name: string,
  counts: Readonly<Record<string, number>>,
  members: readonly Candidate[],
): Shares {
  const [assignor] = assignorsOf([name]);
  if (assignor === undefined) throw new Error(name);
  return assignor.assign(new Map(Object.entries(counts)), members);
}

function text(shares: Shares): Record<string, string> {
  return Object.fromEntries(
    [...shares].map(([id, share]) => [id, share.toSorted(comparePartitions).map(keyOf).join(' ')]),
  );
}

describe('range', () => {
  // The examples of the Java class's own documentation.
  it('cuts each topic into ranges', () => {
    const members = [candidate('C0', ['t0', 't1']), candidate('C1', ['t0', 't1'])];

    expect(text(assign('range', { t0: 3, t1: 3 }, members))).toEqual({
      C0: 't0-0 t0-1 t1-0 t1-1',
      C1: 't0-2 t1-2',
    });
  });

  it('puts static members first, by instance id', () => {
    const members = [
      candidate('a', ['t0']),
      candidate('z', ['t0'], { groupInstanceId: 'i2' }),
      candidate('b', ['t0'], { groupInstanceId: 'i3' }),
    ];

    expect(text(assign('range', { t0: 4 }, members))).toEqual({ z: 't0-0 t0-1', b: 't0-2', a: 't0-3' });
  });

  it('gives nothing of topics that do not exist', () => {
    expect(text(assign('range', {}, [candidate('C0', ['t0'])]))).toEqual({ C0: '' });
  });
});

describe('roundrobin', () => {
  it('deals partitions out in turn', () => {
    const members = [candidate('C0', ['t0', 't1']), candidate('C1', ['t0', 't1'])];

    expect(text(assign('roundrobin', { t0: 3, t1: 3 }, members))).toEqual({
      C0: 't0-0 t0-2 t1-1',
      C1: 't0-1 t1-0 t1-2',
    });
  });

  it('passes over members that do not subscribe', () => {
    const members = [
      candidate('C0', ['t0']),
      candidate('C1', ['t0', 't1']),
      candidate('C2', ['t0', 't1', 't2']),
    ];

    expect(text(assign('roundrobin', { t0: 1, t1: 2, t2: 3 }, members))).toEqual({
      C0: 't0-0',
      C1: 't1-0',
      C2: 't1-1 t2-0 t2-1 t2-2',
    });
  });
});

describe('sticky', () => {
  it('moves only what evenness needs when a member leaves', () => {
    const topics = ['t0', 't1', 't2', 't3'];
    const had = (partitions: Parameters<typeof encodeStickyData>[0]['partitions']): Partial<Candidate> => ({
      userData: encodeStickyData({ partitions, generationId: 1 }),
    });
    const members = [
      candidate('C0', topics, had([at('t0', 0), at('t1', 1), at('t3', 0)])),
      candidate('C2', topics, had([at('t1', 0), at('t2', 1)])),
    ];

    const shares = text(assign('sticky', { t0: 2, t1: 2, t2: 2, t3: 2 }, members));

    expect(shares['C0']).toMatch(/t0-0.*t1-1.*t3-0/);
    expect(shares['C2']).toMatch(/t1-0.*t2-1/);
    expect(Object.values(shares).map((share) => share.split(' ').length)).toEqual([4, 4]);
  });

  it('believes the later generation when two members claim a partition', () => {
    const had = (generationId: number): Partial<Candidate> => ({
      userData: encodeStickyData({ partitions: [at('t0', 0)], generationId }),
    });
    const members = [candidate('A', ['t0'], had(3)), candidate('B', ['t0'], had(5))];

    expect(text(assign('sticky', { t0: 2 }, members))).toEqual({ A: 't0-1', B: 't0-0' });
  });

  it('believes neither of two that claim a partition in the same generation', () => {
    const had = (partitions: readonly number[]): Partial<Candidate> => ({
      userData: encodeStickyData({ partitions: partitions.map((p) => at('t0', p)), generationId: 3 }),
    });
    const members = [candidate('A', ['t0'], had([0, 1])), candidate('B', ['t0'], had([0]))];

    expect(text(assign('sticky', { t0: 2 }, members))).toEqual({ A: 't0-1', B: 't0-0' });
  });

  it('finds chains of moves when subscriptions differ', () => {
    // C0 has too much and shares nothing with C2 but by way of C1.
    const members = [
      candidate('C0', ['a'], {
        userData: encodeStickyData({ partitions: [at('a', 0), at('a', 1), at('a', 2)], generationId: 1 }),
      }),
      candidate('C1', ['a', 'b'], {
        userData: encodeStickyData({ partitions: [at('b', 0), at('b', 1)], generationId: 1 }),
      }),
      candidate('C2', ['b']),
    ];

    const sizes = [...assign('sticky', { a: 3, b: 3 }, members).values()].map((share) => share.length);

    expect(sizes).toEqual([2, 2, 2]);
  });
});

describe('cooperative-sticky', () => {
  it('gives a partition that moves to nobody at first', () => {
    const owner = candidate('A', ['t0'], {
      ownedPartitions: [0, 1, 2, 3].map((p) => at('t0', p)),
      generationId: 1,
    });

    const first = assign('cooperative-sticky', { t0: 4 }, [owner, candidate('B', ['t0'])]);
    const kept = first.get('A') ?? [];

    expect(kept).toHaveLength(2);
    expect(first.get('B')).toEqual([]);
    const second = assign('cooperative-sticky', { t0: 4 }, [
      candidate('A', ['t0'], { ownedPartitions: kept, generationId: 2 }),
      candidate('B', ['t0'], { generationId: 2 }),
    ]);
    expect(second.get('A')).toEqual(kept);
    expect(second.get('B')).toHaveLength(2);
  });

  it('gives to nobody what two members of one generation claim', () => {
    const claim: Partial<Candidate> = { ownedPartitions: [at('t0', 0)], generationId: 4 };
    const shares = assign('cooperative-sticky', { t0: 1 }, [
      candidate('A', ['t0'], claim),
      candidate('B', ['t0'], claim),
    ]);

    expect(text(shares)).toEqual({ A: '', B: '' });
  });

  it('reads the generation of members that only know the older form', () => {
    const shares = assign('cooperative-sticky', { t0: 2 }, [
      candidate('A', ['t0'], { ownedPartitions: [at('t0', 0)], userData: Buffer.from([0, 0, 0, 9]) }),
      candidate('B', ['t0'], { ownedPartitions: [at('t0', 0)], generationId: 8 }),
    ]);

    expect(text(shares)).toEqual({ A: 't0-0', B: 't0-1' });
  });
});

describe('every assignor', () => {
  const names = ['range', 'roundrobin', 'sticky', 'cooperative-sticky'];

  it.each(names)('%s gives each partition to one subscriber, whatever the group', (name) => {
    for (const { counts, members } of randomGroups(300)) {
      const shares = assign(name, counts, members);
      const seen = [...shares.values()].flat().map(keyOf);
      expect(new Set(seen).size).toBe(seen.length);
      for (const [id, share] of shares) {
        const topics = members.find((member) => member.memberId === id)?.topics ?? [];
        for (const { topic, partition } of share) {
          expect(topics).toContain(topic);
          expect(partition).toBeLessThan(counts[topic] ?? 0);
        }
      }
      const subscribed = Object.entries(counts).filter(([topic]) =>
        members.some((m) => m.topics.includes(topic)),
      );
      // A cooperative one holds back what moves.
      if (name !== 'cooperative-sticky')
        expect(seen).toHaveLength(subscribed.reduce((sum, [, count]) => sum + count, 0));
    }
  });

  it('the sticky ones are as even as one move can tell, and settle', () => {
    for (const { counts, members } of randomGroups(300)) {
      let at = members;
      for (let round = 0; round < 3; round++) {
        const shares = assign('cooperative-sticky', counts, at);
        at = at.map((m) => ({
          ...m,
          ownedPartitions: shares.get(m.memberId) ?? [],
          generationId: 10 + round,
        }));
      }
      const shares = assign('cooperative-sticky', counts, at);
      for (const from of at) {
        const share = shares.get(from.memberId) ?? [];
        expect(share.map(keyOf).sort()).toEqual(from.ownedPartitions.map(keyOf).sort());
        for (const to of at) {
          const smaller = shares.get(to.memberId)?.length ?? 0;
          const movable = share.some(({ topic }) => to.topics.includes(topic));
          if (movable) expect(share.length - smaller).toBeLessThan(2);
        }
      }
    }
  });

  it('refuses a name that it does not know', () => {
    expect(() => assignorsOf(['org.example.Mine'])).toThrow('org.example.Mine');
  });
});

function at(topic: string, partition: number): { topic: string; partition: number } {
  return { topic, partition };
}

function* randomGroups(count: number): Generator<{ counts: Record<string, number>; members: Candidate[] }> {
  let seed = 7;
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % limit;
  };
  for (let i = 0; i < count; i++) {
    const counts: Record<string, number> = {};
    for (let t = 0; t <= below(4); t++) counts[`t${t}`] = 1 + below(8);
    const topics = Object.keys(counts);
    const members = Array.from({ length: 1 + below(6) }, (_, m) => {
      const own = topics.filter(() => below(3) > 0);
      return candidate(`m${m}`, own.length > 0 ? own : ['t0'], { generationId: 5 });
    });
    for (const topic of topics) {
      for (let partition = 0; partition < (counts[topic] ?? 0); partition++) {
        const index = below(members.length);
        const owner = members[index];
        if (owner === undefined || below(3) === 0 || !owner.topics.includes(topic)) continue;
        members[index] = { ...owner, ownedPartitions: [...owner.ownedPartitions, { topic, partition }] };
      }
    }
    yield { counts, members };
  }
}
