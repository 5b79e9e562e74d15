import { describe, expect, it } from 'vitest';
import { unsecuredToken } from './unsecured-token.ts';

const part = (token: string, index: number): unknown =>
  JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());

describe('unsecuredToken', () => {
  it('makes a token without signature from the claims of the options', async () => {
    const options = new Map([
      ['unsecuredLoginStringClaim_sub', 'alice'],
      ['unsecuredLoginNumberClaim_level', '3'],
      ['unsecuredLoginListClaim_scope', '|a|b'],
      ['unsecuredLoginLifetimeSeconds', '60'],
    ]);

    const token = await unsecuredToken(options)();

    expect(token).toMatch(/^[\w-]+\.[\w-]+\.$/);
    expect(part(token, 0)).toEqual({ alg: 'none' });
    const claims = part(token, 1);
    expect(claims).toMatchObject({ sub: 'alice', level: 3, scope: ['a', 'b'] });
    const { iat, exp } = claims as { iat: number; exp: number };
    expect(exp - iat).toBe(60);
  });

  it('needs a principal', () => {
    expect(() => unsecuredToken(new Map([['clientId', 'x']]))).toThrow('sasl.oauthbearer.token.endpoint.url');
  });
});
