import { describe, expect, it } from 'vitest';
import { TopicTally } from './topic-tally.ts';

describe('TopicTally', () => {
  it('counts all topics together unless told otherwise', () => {
    const tally = new TopicTally();

    tally.add('a', 2);
    tally.addEach([{ topic: 'a' }, { topic: 'b' }]);

    expect(tally.entries()).toEqual([[undefined, 4]]);
  });

  it('counts the topics that it was told of by themselves', () => {
    const tally = new TopicTally();
    tally.tellApart(['a', 'silent']);

    tally.add('a', 2);
    tally.addEach([{ topic: 'a' }, { topic: 'b' }]);

    expect(tally.entries()).toEqual([
      [undefined, 1],
      ['a', 3],
      ['silent', 0],
    ]);
  });
});
