import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readKeyStore, readTrustStore } from './stores.ts';

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);
const password = 'store-password';
const scratch = mkdtempSync(join(tmpdir(), 'stores-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A copy of a store with one byte changed. */
const damaged = (name: string, at: number): string => {
  const bytes = readFileSync(fixture(name));
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  const path = join(scratch, `damaged-${at}-${name}`);
  writeFileSync(path, bytes);
  return path;
};

const written = (name: string, content: string | Buffer): string => {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
};

describe('readKeyStore', () => {
  it.each([
    ['rsa.jks', 'key-password', 'rsa-jks'],
    ['ec.jks', '', 'ec-jks'],
    ['rsa.p12', '', 'rsa-p12'],
    ['ec.p12', '', 'ec-p12'],
    ['rsa-legacy.p12', '', 'rsa-legacy'],
    ['rsa.pem', 'key-password', 'rsa-pem'],
  ])('reads the key of %s with its certificate', (name, keyPassword, subject) => {
    const store = readKeyStore({ path: fixture(name), type: undefined, password }, keyPassword);

    const certificate = new X509Certificate(store.cert);
    const key = createPrivateKey({
      key: store.key,
      ...(store.passphrase && { passphrase: store.passphrase }),
    });
    expect(certificate.subject).toBe(`CN=${subject}`);
    expect(certificate.checkPrivateKey(key)).toBe(true);
  });

  it.each([
    [
      'a wrong password of a JKS store',
      fixture('rsa.jks'),
      'wrong',
      'key-password',
      /its password is another/,
    ],
    ['a wrong password of a key', fixture('rsa.jks'), password, '', /private key with another password/],
    ['a wrong password of a PKCS12 store', fixture('rsa.p12'), 'wrong', '', /its password is another/],
    ['no password', fixture('rsa.p12'), '', '', /needs a password/],
    ['a store without keys', fixture('trust.p12'), password, '', /has no private key/],
    ['a JKS store without keys', fixture('trust.jks'), password, '', /has no private key/],
    ['a PEM file without a key', fixture('ec-p12.pem'), '', '', /has no private key/],
    ['a damaged JKS store', damaged('ec.jks', 100), password, '', /is damaged/],
    ['a damaged PKCS12 store', damaged('ec.p12', 100), password, '', /is damaged/],
    ['something else', written('text', 'no store'), password, '', /is not a PKCS12 store/],
    ['nothing', written('empty', ''), password, '', /is not a PKCS12 store/],
    ['a folder', scratch, password, '', /cannot read .*: EISDIR/],
    [
      'a file that is not there',
      '/nowhere/store.jks',
      password,
      '',
      /cannot read \/nowhere\/store.jks: ENOENT/,
    ],
  ])('says what is wrong with %s, naming the file', (_, path, storePassword, keyPassword, message) => {
    const reading = () => readKeyStore({ path, type: undefined, password: storePassword }, keyPassword);

    expect(reading).toThrow(message);
    expect(reading).toThrow(path);
  });

  it('takes JKS and PKCS12 for each other, as Java does, and PEM only for itself', () => {
    const reading = (name: string, type: 'JKS' | 'PKCS12' | 'PEM') => () =>
      readKeyStore({ path: fixture(name), type, password }, name === 'ec.p12' ? '' : 'key-password');

    expect(reading('ec.p12', 'JKS')).not.toThrow();
    expect(reading('rsa.jks', 'PKCS12')).not.toThrow();
    expect(reading('rsa.pem', 'PEM')).not.toThrow();
    expect(reading('rsa.pem', 'JKS')).toThrow('is not a JKS store');
    expect(reading('rsa.jks', 'PEM')).toThrow('is not a PEM store');
  });
});

describe('readTrustStore', () => {
  const rsa = new X509Certificate(readFileSync(fixture('rsa-p12.pem'))).fingerprint256;
  const ec = new X509Certificate(readFileSync(fixture('ec-p12.pem'))).fingerprint256;

  it.each([
    ['trust.jks', password, [rsa, ec]],
    ['trust.jks', '', [rsa, ec]],
    ['trust.p12', password, [rsa, ec]],
    ['trust-legacy.p12', password, [rsa]],
    ['ec-p12.pem', '', [ec]],
    ['rsa.p12', password, [rsa]],
  ])('reads the certificates of %s with password "%s"', (name, storePassword, fingerprints) => {
    const found = readTrustStore({ path: fixture(name), type: undefined, password: storePassword });

    expect(found.map((pem) => new X509Certificate(pem).fingerprint256).sort()).toEqual(fingerprints.sort());
  });

  it.each([
    ['trust.jks', 'wrong', /its password is another/],
    ['trust.p12', 'wrong', /its password is another/],
    ['trust.p12', '', /needs a password/],
  ])('refuses %s with password "%s"', (name, storePassword, message) => {
    expect(() => readTrustStore({ path: fixture(name), type: undefined, password: storePassword })).toThrow(
      message,
    );
  });

  it('refuses every truncation of a JKS store without running past its end', () => {
    const whole = readFileSync(fixture('trust.jks'));
    for (let length = 1; length < whole.length; length += 7) {
      const path = written('cut.jks', whole.subarray(0, length));

      expect(() => readTrustStore({ path, type: undefined, password: '' })).toThrow(/cut\.jks/);
    }
  });
});
