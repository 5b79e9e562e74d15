/** When a JWT expires, in ms since the epoch; undefined where it does not say, or is no JWT. */
export const expiryOf = (jwt: string): number | undefined => {
  try {
    const [, payload = ''] = jwt.split('.');
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const hasExpiry = typeof claims === 'object' && claims !== null && 'exp' in claims;
    return hasExpiry && typeof claims.exp === 'number' ? claims.exp * 1000 : undefined;
  } catch {
    return undefined;
  }
};

/** A JWT without signature, which brokers set up for tests accept. */
export const unsecuredJwt = (claims: Readonly<Record<string, unknown>>): string => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
};
