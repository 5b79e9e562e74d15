import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pemBlocks } from './pem.ts';

const pem = readFileSync(join(import.meta.dirname, 'fixtures/ec-p12.pem'), 'utf8');
const fingerprint = new X509Certificate(pem).fingerprint256;

describe('pemBlocks', () => {
  it.each([
    ['as it is', pem],
    ['on one line', pem.replaceAll('\n', '')],
    ['with spaces for line ends', pem.replaceAll('\n', ' ')],
    ['with CRLF', pem.replaceAll('\n', '\r\n')],
  ])('finds a certificate %s', (_, text) => {
    const found = pemBlocks(`text before\n${text}`, 'CERTIFICATE');

    expect(found.map((one) => new X509Certificate(one).fingerprint256)).toEqual([fingerprint]);
  });

  it('tells keys from certificates, whatever the kind of key', () => {
    const text = '-----BEGIN EC PRIVATE KEY-----QUJD-----END EC PRIVATE KEY-----' + pem;

    expect(pemBlocks(text, 'PRIVATE KEY')).toEqual([
      '-----BEGIN EC PRIVATE KEY-----\nQUJD\n-----END EC PRIVATE KEY-----\n',
    ]);
    expect(pemBlocks(text, 'CERTIFICATE')).toHaveLength(1);
  });

  it('keeps the headers of a key encrypted the old way', () => {
    const text =
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nQUJD\n-----END RSA PRIVATE KEY-----\n';

    expect(pemBlocks(text, 'PRIVATE KEY')).toEqual([text]);
  });
});
