import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AskableAnswers } from './askable-answers.ts';

const gone = (): Promise<boolean> => Promise.resolve(false);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('AskableAnswers', () => {
  it('forgets answers that are older than anybody asks for, when others come', async () => {
    const answers = new AskableAnswers();
    answers.keep('a', gone);
    vi.advanceTimersByTime(5_999);
    answers.keep('b', gone);
    expect(await answers.stillHas('a')).toBe(false);
    vi.advanceTimersByTime(1);
    answers.keep('c', gone);

    expect(await answers.stillHas('a')).toBe(true);
    expect(await answers.stillHas('b')).toBe(false);
  });

  it('keeps only so many: the oldest count', async () => {
    const answers = new AskableAnswers();
    for (let n = 0; n <= 20_000; n++) answers.keep(`a-${n}`, gone);

    expect(await answers.stillHas('a-0')).toBe(true);
    expect(await answers.stillHas('a-1')).toBe(false);
  });
});
