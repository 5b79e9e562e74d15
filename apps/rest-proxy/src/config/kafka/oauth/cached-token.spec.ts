import { describe, expect, it } from 'vitest';
import { CachedToken } from './cached-token.ts';

class Issuer {
  issued = 0;
  failing = false;
  now = 1_000_000;
  readonly token = new CachedToken(
    async () => {
      if (this.failing) throw new Error('no token today');
      return { token: `token-${++this.issued}`, expiresAtMs: this.now + 100_000 };
    },
    () => this.now,
  );
}

describe('CachedToken', () => {
  it('gives the same token until four fifths of its time are over', async () => {
    const issuer = new Issuer();

    expect(await issuer.token.get()).toBe('token-1');
    issuer.now += 79_999;
    expect(await issuer.token.get()).toBe('token-1');
    issuer.now += 1;
    expect(await issuer.token.get()).toBe('token-2');
  });

  it('asks once for calls at one time', async () => {
    const issuer = new Issuer();

    const tokens = await Promise.all([issuer.token.get(), issuer.token.get(), issuer.token.get()]);

    expect(tokens).toEqual(['token-1', 'token-1', 'token-1']);
  });

  it('goes on with the old token while it is valid and none is to be had, then fails, then recovers', async () => {
    const issuer = new Issuer();
    await issuer.token.get();
    issuer.failing = true;

    issuer.now += 90_000;
    expect(await issuer.token.get()).toBe('token-1');
    issuer.now += 10_000;
    await expect(issuer.token.get()).rejects.toThrow('no token today');
    issuer.failing = false;
    expect(await issuer.token.get()).toBe('token-2');
  });
});
