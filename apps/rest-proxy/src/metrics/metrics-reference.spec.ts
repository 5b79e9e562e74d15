import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { metricNames, sampleNames } from './metric-names.ts';
import { metricsReference } from './metrics-reference.ts';

describe('docs/metrics.md', () => {
  it('has every metric, and is what the tables say', async () => {
    const path = join(import.meta.dirname, '../../../../docs/metrics.md');
    const options = await resolveConfig(path);
    const text = await format(metricsReference(), { ...options, parser: 'markdown' });

    for (const name of metricNames) expect(text.split(`| \`${name}\` `), name).toHaveLength(2);
    await expect(text).toMatchFileSnapshot(path);
  });
});

describe('sampleNames', () => {
  it('are the names that queries have', () => {
    expect(sampleNames).toEqual(
      expect.arrayContaining([
        'http_server_request_duration_seconds_bucket',
        'http_server_request_duration_seconds_count',
        'krest_redis_up',
      ]),
    );
    expect(sampleNames).not.toContain('http_server_request_duration_seconds');
  });
});
