import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AskableAnswers } from './askable-answers.ts';

const there = (): Promise<boolean> => Promise.resolve(true);
const nobody = (): void => undefined;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('AskableAnswers', () => {
  it('forgets answers that are older than anybody asks for, when others come', async () => {
    const answers = new AskableAnswers();
    answers.keep('a', there, nobody);
    vi.advanceTimersByTime(5_999);
    answers.keep('b', there, nobody);
    expect(await answers.stillHas('a')).toBe(true);
    vi.advanceTimersByTime(1);
    answers.keep('c', there, nobody);

    expect(await answers.stillHas('a')).toBe(false);
    expect(await answers.stillHas('b')).toBe(true);
  });

  it('keeps only so many: of the oldest nothing is known', async () => {
    const answers = new AskableAnswers();
    for (let n = 0; n <= 20_000; n++) answers.keep(`a-${n}`, there, nobody);

    expect(await answers.stillHas('a-0')).toBe(false);
    expect(await answers.stillHas('a-1')).toBe(true);
  });

  it('says at the end which clients are still there, once', async () => {
    const answers = new AskableAnswers();
    const said: string[] = [];
    answers.keep('a', there, () => said.push('a'));
    answers.keep(
      'b',
      () => Promise.resolve(false),
      () => said.push('b'),
    );
    await answers.settle();
    await answers.settle();

    expect(said).toEqual(['a']);
  });
});
