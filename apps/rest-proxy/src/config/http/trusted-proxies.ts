import { isIP } from 'node:net';
import { InvalidValue, splitList } from '../schema/setting.ts';

/** Addresses and CIDR ranges. @throws {InvalidValue} */
export const parseTrustedProxies = (given: string): readonly string[] =>
  splitList(given).map((item) => {
    const [address = '', bits, ...more] = item.split('/');
    const longest = isIP(address) === 4 ? 32 : 128;
    const wrongBits = bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > longest);
    if (isIP(address) === 0 || wrongBits || more.length > 0) {
      throw new InvalidValue(`must be a list of addresses and CIDR ranges, "${item}" is not`);
    }
    return item;
  });
