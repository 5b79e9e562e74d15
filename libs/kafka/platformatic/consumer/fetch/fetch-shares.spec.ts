import { describe, expect, it } from 'vitest';
import { FetchShares } from './fetch-shares.ts';

const mib = 1024 * 1024;

function readers(shares: FetchShares, count: number): readonly ReturnType<FetchShares['share']>[] {
  const all = Array.from({ length: count }, () => shares.share());
  for (const one of all) one.use();
  return all;
}

describe('FetchShares', () => {
  it('gives a few consumers more than a fetch of theirs takes', () => {
    const [one] = readers(new FetchShares(), 100);

    expect(one?.bytes()).toBeGreaterThan(mib);
    expect(one?.mayFetchAhead()).toBe(true);
  });

  it('keeps what thousands hold together within 256 MiB', () => {
    const all = readers(new FetchShares(), 1_500);

    expect(all.reduce((sum, one) => sum + one.bytes() * 2, 0)).toBeLessThanOrEqual(256 * mib);
  });

  it('fetches nothing ahead when there are more than memory was given for', () => {
    const [one] = readers(new FetchShares(), 5_000);

    expect(one?.bytes()).toBe(64 * 1024);
    expect(one?.mayFetchAhead()).toBe(false);
  });

  it('counts a consumer once however often it is used, and not while it rests', () => {
    const shares = new FetchShares();
    const [one, ...others] = readers(shares, 2_000);
    one?.use();

    for (const other of others) {
      other.rest();
      other.rest();
    }

    expect(one?.bytes()).toBe(128 * mib);
  });
});
