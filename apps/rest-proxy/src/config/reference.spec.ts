import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { configurationReference } from './reference.ts';

const path = join(import.meta.dirname, '../../../../docs/configuration.md');

describe('docs/configuration.md', () => {
  it('says what the tables say', async () => {
    const options = await resolveConfig(path);
    const text = await format(configurationReference(), { ...options, parser: 'markdown' });

    await expect(text).toMatchFileSnapshot(path);
  });
});
