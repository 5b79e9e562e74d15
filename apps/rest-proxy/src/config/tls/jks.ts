import { createHash, timingSafeEqual } from 'node:crypto';
import { type KeyStore, KeyStoreError } from './key-store.ts';
import { pemOf } from './pem.ts';

const magic = 0xfeedfeed;
const digestBytes = 20;
const saltBytes = 20;
const privateKeyEntry = 1;
const trustedCertificateEntry = 2;

/** Whether a file is a JKS store, whatever its name. */
export const isJks = (bytes: Buffer): boolean => bytes.length >= 4 && bytes.readUInt32BE(0) === magic;

/**
 * Reads a Java key store of the old form (JKS).
 *
 * @param password undefined: the store's digest is not checked
 * @param keyPassword undefined: private keys are not opened
 * @throws {KeyStoreError}
 */
export const readJks = (
  bytes: Buffer,
  password: string | undefined,
  keyPassword: string | undefined,
): KeyStore => {
  if (password !== undefined) checkDigest(bytes, password);
  const reader = new Reader(bytes.subarray(0, -digestBytes));
  reader.uint32();
  const version = reader.uint32();
  if (version !== 1 && version !== 2) throw new KeyStoreError(`is a JKS store of unknown version ${version}`);
  const keys: { key: string | undefined; chain: readonly string[] }[] = [];
  const trusted: string[] = [];
  for (let left = reader.uint32(); left > 0; left--) {
    const kind = reader.uint32();
    reader.text();
    reader.skip(8);
    if (kind === trustedCertificateEntry) {
      trusted.push(reader.certificate(version));
      continue;
    }
    if (kind !== privateKeyEntry)
      throw new KeyStoreError('has an entry that is neither a key nor a certificate');
    const sealed = reader.block();
    const chain: string[] = [];
    for (let certificates = reader.uint32(); certificates > 0; certificates--) {
      chain.push(reader.certificate(version));
    }
    const key = keyPassword === undefined ? undefined : pemOf('PRIVATE KEY', unseal(sealed, keyPassword));
    keys.push({ key, chain });
  }
  return { keys, trusted };
};

const checkDigest = (bytes: Buffer, password: string): void => {
  const expected = createHash('sha1')
    .update(utf16(password))
    .update('Mighty Aphrodite')
    .update(bytes.subarray(0, -digestBytes))
    .digest();
  if (bytes.length < digestBytes || !timingSafeEqual(expected, bytes.subarray(-digestBytes))) {
    throw new KeyStoreError('is damaged, or its password is another one');
  }
};

/** Opens the EncryptedPrivateKeyInfo of Sun's own scheme: SHA-1 in a chain makes the stream that covers the key. */
const unseal = (sealed: Buffer, password: string): Buffer => {
  const covered = encryptedDataOf(sealed);
  const secret = utf16(password);
  const key = Buffer.from(covered.subarray(saltBytes, -digestBytes));
  let digest = covered.subarray(0, saltBytes);
  for (let at = 0; at < key.length; at += digestBytes) {
    digest = createHash('sha1').update(secret).update(digest).digest();
    for (let i = 0; i < digestBytes && at + i < key.length; i++) {
      key.writeUInt8(key.readUInt8(at + i) ^ digest.readUInt8(i), at + i);
    }
  }
  const check = createHash('sha1').update(secret).update(key).digest();
  if (!check.equals(covered.subarray(-digestBytes))) {
    throw new KeyStoreError('has a private key with another password');
  }
  return key;
};

/** The OCTET STRING of `SEQUENCE { SEQUENCE { OID, … }, OCTET STRING }`. */
const encryptedDataOf = (der: Buffer): Buffer => {
  const outer = element(der, 0x30);
  const algorithm = element(outer.content, 0x30);
  const data = element(outer.content.subarray(algorithm.end), 0x04).content;
  if (data.length < saltBytes + digestBytes) throw new KeyStoreError('has a damaged private key');
  return data;
};

const element = (der: Buffer, tag: number): { content: Buffer; end: number } => {
  const first = der[1] ?? 0;
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (der[0] !== tag || more > 4 || der.length < 2 + more) {
    throw new KeyStoreError('has a private key of an unknown form');
  }
  const start = 2 + more;
  const length = more === 0 ? first : der.readUIntBE(2, more);
  return { content: der.subarray(start, start + length), end: start + length };
};

/** Java hashes passwords as the two bytes of every character. */
const utf16 = (password: string): Buffer => Buffer.from(password, 'utf16le').swap16();

class Reader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }

  text(): string {
    return this.take(this.take(2).readUInt16BE(0)).toString('utf8');
  }

  block(): Buffer {
    return this.take(this.uint32());
  }

  skip(length: number): void {
    this.take(length);
  }

  certificate(version: number): string {
    const type = version === 2 ? this.text() : 'X.509';
    if (type !== 'X.509') throw new KeyStoreError('has a certificate that is not X.509');
    return pemOf('CERTIFICATE', this.block());
  }

  private take(length: number): Buffer {
    if (this.#at + length > this.bytes.length) throw new KeyStoreError('is cut off');
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }
}
