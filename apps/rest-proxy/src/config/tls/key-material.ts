import { createSecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls';
import type { Findings } from '../schema/findings.ts';
import { InvalidValue, type ValuesOf } from '../schema/setting.ts';
import type { tlsSettings } from '../schema/tls-settings.ts';
import type { RawSettings } from '../sources/raw-settings.ts';
import { cipherSuites } from './cipher-suites.ts';
import { KeyStoreError } from './key-store.ts';
import { pemBlocks } from './pem.ts';
import { readKeyStore, readTrustStore, type StoreType } from './stores.ts';

export type TlsValues = ValuesOf<typeof tlsSettings>;

/** The secure context that the `ssl.*` settings make, tried out; undefined where something is wrong, which is a finding. */
export const keyMaterial = (
  values: TlsValues,
  raw: RawSettings,
  findings: Findings,
): SecureContextOptions | undefined => {
  let sound = true;
  const tried = <T>(key: keyof TlsValues, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidValue) && !(error instanceof KeyStoreError)) throw error;
      const given = raw.get(key);
      if (given === undefined) findings.problemOf(key, error.message);
      else findings.problem(given, error.message);
      sound = false;
      return undefined;
    }
  };
  const keyKey = values['ssl.keystore.location'] === '' ? 'ssl.keystore.key' : 'ssl.keystore.location';
  const trustKey =
    values['ssl.truststore.location'] === '' ? 'ssl.truststore.certificates' : 'ssl.truststore.location';
  const material: SecureContextOptions = {
    ...tried(keyKey, () => ownKey(values, raw)),
    ...tried(trustKey, () => trust(values, raw)),
    ...tried('ssl.enabled.protocols', () => versions(values['ssl.enabled.protocols'])),
    ...tried('ssl.cipher.suites', () => ciphers(values['ssl.cipher.suites'])),
  };
  if (sound) tried(material.key === undefined ? trustKey : keyKey, () => tryOut(material));
  return sound ? material : undefined;
};

const ownKey = (values: TlsValues, raw: RawSettings): SecureContextOptions => {
  const path = values['ssl.keystore.location'];
  const passphrase = values['ssl.key.password'];
  if (path !== '') {
    const type = typeIfGiven(raw, 'ssl.keystore.type', values['ssl.keystore.type']);
    return readKeyStore({ path, type, password: values['ssl.keystore.password'] }, passphrase);
  }
  if (values['ssl.keystore.key'] === '' && values['ssl.keystore.certificate.chain'] === '') return {};
  const [key] = pemBlocks(values['ssl.keystore.key'], 'PRIVATE KEY');
  const chain = pemBlocks(values['ssl.keystore.certificate.chain'], 'CERTIFICATE');
  if (key === undefined || chain.length === 0) {
    throw new InvalidValue(
      'needs a private key as PEM, and its certificates in ssl.keystore.certificate.chain',
    );
  }
  return { key, cert: chain.join(''), ...(passphrase === '' ? {} : { passphrase }) };
};

const trust = (values: TlsValues, raw: RawSettings): SecureContextOptions => {
  const path = values['ssl.truststore.location'];
  // Java takes every certificate of the store as an anchor, that of an intermediate authority too.
  const anchors = (ca: readonly string[]): SecureContextOptions => ({
    ca: [...ca],
    allowPartialTrustChain: true,
  });
  if (path !== '') {
    const type = typeIfGiven(raw, 'ssl.truststore.type', values['ssl.truststore.type']);
    return anchors(readTrustStore({ path, type, password: values['ssl.truststore.password'] }));
  }
  if (values['ssl.truststore.certificates'] === '') return {};
  const certificates = pemBlocks(values['ssl.truststore.certificates'], 'CERTIFICATE');
  if (certificates.length === 0) throw new InvalidValue('needs certificates as PEM');
  return anchors(certificates);
};

const typeIfGiven = (raw: RawSettings, key: string, type: StoreType): StoreType | undefined =>
  raw.get(key) === undefined ? undefined : type;

const allVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const satisfies SecureVersion[];

const versions = (names: readonly string[]): SecureContextOptions => {
  const wrong = names.find((name) => !allVersions.some((version) => version === name));
  if (wrong !== undefined)
    throw new InvalidValue(`must be a list of ${allVersions.join(', ')}, "${wrong}" is not`);
  const chosen = allVersions.filter((version) => names.includes(version));
  const [first] = chosen;
  const last = chosen.at(-1);
  if (first === undefined || last === undefined) return {};
  if (allVersions.indexOf(last) - allVersions.indexOf(first) !== chosen.length - 1) {
    throw new InvalidValue('must have no gap between the versions');
  }
  return { minVersion: first, maxVersion: last };
};

const ciphers = (names: readonly string[]): SecureContextOptions =>
  names.length === 0 ? {} : { ciphers: cipherSuites(names) };

/** OpenSSL's word on whether key, password and certificates go together. Its errors quote nothing of them. */
const tryOut = (material: SecureContextOptions): void => {
  try {
    createSecureContext(material);
  } catch (cause) {
    throw new InvalidValue(`cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
};
