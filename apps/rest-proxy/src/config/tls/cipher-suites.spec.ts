import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { cipherSuites } from './cipher-suites.ts';

describe('cipherSuites', () => {
  it.each([
    ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
    ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
    ['TLS_DHE_RSA_WITH_AES_256_CBC_SHA256', 'DHE-RSA-AES256-SHA256'],
    ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'],
    ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
    ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
    ['TLS_AES_256_GCM_SHA384', 'TLS_AES_256_GCM_SHA384'],
    ['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ])('knows %s', (name, openssl) => {
    expect(cipherSuites([name])).toBe(openssl);
    expect(() => createSecureContext({ ciphers: openssl })).not.toThrow();
  });

  it('refuses what OpenSSL does not know', () => {
    expect(() => cipherSuites(['TLS_AES_256_GCM_SHA384', 'TLS_ECDHE_RSA_WITH_RC4_128_SHA'])).toThrow(
      'has an unknown cipher suite "TLS_ECDHE_RSA_WITH_RC4_128_SHA"',
    );
  });
});
