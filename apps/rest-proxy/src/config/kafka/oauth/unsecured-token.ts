import { InvalidValue } from '../../schema/setting.ts';
import { unsecuredJwt } from './jwt.ts';

const stringClaim = 'unsecuredLoginStringClaim_';
const numberClaim = 'unsecuredLoginNumberClaim_';
const listClaim = 'unsecuredLoginListClaim_';

/** Makes unsecured tokens from the options of the login module, as Kafka's own handler for tests. @throws {InvalidValue} */
export const unsecuredToken = (options: ReadonlyMap<string, string>): (() => Promise<string>) => {
  const claims: Record<string, unknown> = {};
  for (const [key, value] of options) {
    if (key.startsWith(stringClaim)) claims[key.slice(stringClaim.length)] = value;
    if (key.startsWith(numberClaim)) claims[key.slice(numberClaim.length)] = Number(value);
    // The first character separates the items: "|a|b".
    if (key.startsWith(listClaim))
      claims[key.slice(listClaim.length)] = value.slice(1).split(value.charAt(0));
  }
  const principal = options.get('unsecuredLoginPrincipalClaimName') ?? 'sub';
  const seconds = Number(options.get('unsecuredLoginLifetimeSeconds') ?? 3600);
  if (typeof claims[principal] !== 'string' || !Number.isFinite(seconds)) {
    throw new InvalidValue(
      `needs ${stringClaim}${principal} for an unsecured token, or set sasl.oauthbearer.token.endpoint.url`,
    );
  }
  return async () => {
    const now = Date.now() / 1000;
    return unsecuredJwt({ iat: now, exp: now + seconds, ...claims });
  };
};
