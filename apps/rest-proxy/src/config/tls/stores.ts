import { readFileSync } from 'node:fs';
import { reasonOf } from '../sources/config-providers.ts';
import { isJks, readJks } from './jks.ts';
import { type KeyStore, KeyStoreError } from './key-store.ts';
import { isPem, pemBlocks } from './pem.ts';
import { readPkcs12 } from './pkcs12.ts';

export type StoreType = 'JKS' | 'PKCS12' | 'PEM';

/** A store by its path and what the settings say of it; "" for a password that was not set. */
export interface StoreFile {
  readonly path: string;
  /** undefined where the operator did not say. */
  readonly type: StoreType | undefined;
  readonly password: string;
}

/** @throws {KeyStoreError} with the path, nothing of the content */
export const readTrustStore = (file: StoreFile): readonly string[] =>
  inFile(file, (bytes) => {
    if (isPem(bytes)) return some(pemBlocks(bytes.toString('utf8'), 'CERTIFICATE'), 'certificate');
    if (file.password === '' && !isJks(bytes)) throw new KeyStoreError('needs a password');
    const store = isJks(bytes)
      ? readJks(bytes, file.password === '' ? undefined : file.password, undefined)
      : readPkcs12(bytes, file.password);
    return some([...store.trusted, ...store.keys.flatMap(({ chain }) => chain.slice(0, 1))], 'certificate');
  });

/** Key, certificates and, for a PEM file, the password that the key still needs. @throws {KeyStoreError} */
export const readKeyStore = (
  file: StoreFile,
  keyPassword: string,
): { readonly key: string; readonly cert: string; readonly passphrase?: string } =>
  inFile(file, (bytes) => {
    if (isPem(bytes)) {
      const pem = bytes.toString('utf8');
      const [key = ''] = some(pemBlocks(pem, 'PRIVATE KEY'), 'private key');
      const cert = some(pemBlocks(pem, 'CERTIFICATE'), 'certificate').join('');
      return { key, cert, ...(keyPassword === '' ? {} : { passphrase: keyPassword }) };
    }
    if (file.password === '') throw new KeyStoreError('needs a password');
    return ownKeyOf(
      isJks(bytes)
        ? readJks(bytes, file.password, keyPassword === '' ? file.password : keyPassword)
        : readPkcs12(bytes, file.password),
    );
  });

const ownKeyOf = (store: KeyStore): { readonly key: string; readonly cert: string } => {
  const [own, ...others] = store.keys;
  if (own?.key === undefined) throw new KeyStoreError('has no private key');
  if (others.length > 0) throw new KeyStoreError('has more than one private key');
  return { key: own.key, cert: some(own.chain, 'certificate').join('') };
};

const some = (found: readonly string[], what: string): readonly string[] => {
  if (found.length === 0) throw new KeyStoreError(`has no ${what}`);
  return found;
};

const inFile = <T>(file: StoreFile, read: (bytes: Buffer) => T): T => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file.path);
  } catch (cause) {
    throw new KeyStoreError(`cannot read ${file.path}: ${reasonOf(cause)}`, { cause });
  }
  try {
    if (file.type !== undefined && (file.type === 'PEM') !== isPem(bytes)) {
      throw new KeyStoreError(`is not a ${file.type} store`);
    }
    return read(bytes);
  } catch (cause) {
    if (!(cause instanceof KeyStoreError)) throw cause;
    throw new KeyStoreError(`${file.path} ${cause.message}`, { cause });
  }
};
