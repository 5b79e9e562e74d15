import { describe, expect, it } from 'vitest';

import { goMinor } from './go-tool.ts';

describe('goMinor', () => {
  it.each([
    ['go version go1.26.8 linux/amd64', 26],
    ['go version go1.23rc1 darwin/arm64', 23],
    ['go version go1.19 linux/arm64', 19],
  ])('reads %s as %i', (text, minor) => {
    expect(goMinor(text)).toBe(minor);
  });

  it('knows nothing of other text', () => {
    expect(goMinor('go version devel')).toBeUndefined();
  });
});
