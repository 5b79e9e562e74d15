import { describe, expect, it } from 'vitest';
import { hedged } from './hedged.ts';

describe('hedged', () => {
  it('asks one when it answers', async () => {
    const asked: string[] = [];

    const answer = await hedged(['a', 'b'], 1_000, (name) => {
      asked.push(name);
      return Promise.resolve(name.toUpperCase());
    });

    expect(answer).toBe('A');
    expect(asked).toEqual(['a']);
  });

  it('asks the next at once when one fails', async () => {
    const answer = await hedged(['a', 'b'], 60_000, (name) =>
      name === 'a' ? Promise.reject(new Error('gone')) : Promise.resolve(name),
    );

    expect(answer).toBe('b');
  });

  it('asks the next too when one does not answer, and takes whoever does', async () => {
    const never = new Promise<string>(() => undefined);

    const answer = await hedged(['frozen', 'b'], 1, (name) =>
      name === 'frozen' ? never : Promise.resolve(name),
    );

    expect(answer).toBe('b');
  });

  it('fails with the last error when all fail', async () => {
    const all = hedged(['a', 'b'], 1_000, (name) => Promise.reject(new Error(name)));

    await expect(all).rejects.toThrow('b');
  });

  it('asks nobody any more once it has an answer', async () => {
    const asked: string[] = [];
    let failLate = (_error: Error): void => undefined;
    const late = new Promise<string>((_, reject) => {
      failLate = reject;
    });
    await hedged(['slow', 'b', 'c'], 1, (name) => {
      asked.push(name);
      return name === 'slow' ? late : Promise.resolve(name);
    });

    failLate(new Error('late'));
    await new Promise((resolve) => setImmediate(resolve));

    expect(asked).toEqual(['slow', 'b']);
  });
});
