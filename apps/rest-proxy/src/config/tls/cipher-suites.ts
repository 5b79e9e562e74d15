import { getCiphers } from 'node:tls';
import { InvalidValue } from '../schema/setting.ts';

/** Cipher suites for Node, from Java's names (`TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`) or OpenSSL's. @throws {InvalidValue} */
export const cipherSuites = (names: readonly string[]): string => {
  const known = new Set(getCiphers().map((name) => name.toLowerCase()));
  return names
    .map((name) => {
      const own = name.includes('_WITH_') ? ofJava(name) : name;
      if (!known.has(own.toLowerCase())) throw new InvalidValue(`has an unknown cipher suite "${name}"`);
      return own;
    })
    .join(':');
};

const ofJava = (name: string): string => {
  const [exchange = '', cipher = ''] = name.replace(/^(TLS|SSL)_/, '').split('_WITH_');
  const bulk = cipher
    .replace(/^AES_(\d+)_GCM/, 'AES$1-GCM')
    .replace(/^AES_(\d+)_CCM/, 'AES$1-CCM')
    .replace(/^AES_(\d+)_CBC/, 'AES$1')
    .replace(/^CHACHA20_POLY1305_SHA256$/, 'CHACHA20-POLY1305')
    .replaceAll('_', '-');
  // OpenSSL leaves the exchange by RSA alone out of the name.
  return exchange === 'RSA' ? bulk : `${exchange.replaceAll('_', '-')}-${bulk}`;
};
