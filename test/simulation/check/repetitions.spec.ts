import { describe, expect, it } from 'vitest';
import type { Place } from '../http/operations.ts';
import { Repetitions } from './repetitions.ts';

const places = (from: number, to: number): readonly Place[] =>
  Array.from({ length: to - from }, (_, index) => ({ partition: 0, offset: from + index }));

describe('Repetitions', () => {
  it('names each answer of which something comes again once', () => {
    const repetitions = new Repetitions(1);

    expect(repetitions.take(places(0, 4), 10)).toEqual([]);
    expect(repetitions.take(places(4, 8), 20)).toEqual([]);
    expect(repetitions.take(places(6, 9), 30)).toEqual([20]);
    expect(repetitions.take(places(3, 9), 40)).toEqual([10, 20, 30]);
  });

  it('does not take for a repetition where the client goes back to by itself', () => {
    const repetitions = new Repetitions(1);
    repetitions.take(places(0, 4), 10);
    repetitions.forget(0, 2);

    expect(repetitions.take(places(2, 5), 20)).toEqual([]);
    expect(repetitions.take(places(1, 2), 30)).toEqual([10]);
  });
});
