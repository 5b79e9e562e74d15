import { describe, expect, it } from 'vitest';

import { MissingPrerequisite, javaMajor, requireCommand } from './prerequisites.ts';

describe('javaMajor', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "21" 2023-09-19', 21],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "25-ea" 2025-09-16', 25],
  ])('reads %s as %i', (text, major) => {
    expect(javaMajor(text)).toBe(major);
  });

  it('knows nothing of other text', () => {
    expect(javaMajor('command not found')).toBeUndefined();
  });
});

describe('requireCommand', () => {
  it('lets a command pass that is there', () => {
    expect(() => requireCommand('sh', 'install sh', '-c')).not.toThrow();
  });

  it('says the sentence when it is not', () => {
    expect(() => requireCommand('no-such-command', 'Install it.')).toThrow(
      new MissingPrerequisite('Install it.'),
    );
  });
});
