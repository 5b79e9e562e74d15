import { createRequire } from 'node:module';
import type { asn1 as Asn1, pkcs12 as Pkcs12 } from 'node-forge';
import { type KeyStore, KeyStoreError } from './key-store.ts';
import { pemOf } from './pem.ts';

type Forge = typeof import('node-forge');

/**
 * Reads a PKCS12 store: what Java (also with its attribute for trusted certificates), OpenSSL and Windows write.
 *
 * OpenSSL itself, under Node, reads neither stores without a key nor those with the old ciphers of Java before 16.
 *
 * @throws {KeyStoreError}
 */
export const readPkcs12 = (bytes: Buffer, password: string): KeyStore => {
  // Few deployments have such a store; the others need not pay for the library.
  const forge: Forge = createRequire(import.meta.url)('node-forge');
  const { pki } = forge;
  const store = open(forge, bytes, password);
  const bags = store.safeContents.flatMap((contents) => contents.safeBags);
  const der = (node: Asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1');
  // What forge does not understand (elliptic curves, for one) it leaves as ASN.1, which is what we want anyway.
  const certificates = bags
    .filter(({ type }) => type === pki.oids['certBag'])
    .map((bag) => ({
      id: localKeyIdOf(bag),
      pem: pemOf('CERTIFICATE', der(bag.cert ? pki.certificateToAsn1(bag.cert) : bag.asn1)),
    }));
  const keys = bags
    .filter(({ type }) => type === pki.oids['keyBag'] || type === pki.oids['pkcs8ShroudedKeyBag'])
    .map((bag) => ({
      id: localKeyIdOf(bag),
      pem: pemOf(
        'PRIVATE KEY',
        der(bag.key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(bag.key)) : bag.asn1),
      ),
    }));
  if (keys.length === 0) return { keys: [], trusted: certificates.map(({ pem }) => pem) };
  const owned = new Set(keys.map(({ id }) => id));
  const others = certificates.filter(({ id }) => id === undefined || !owned.has(id));
  return {
    keys: keys.map(({ id, pem }) => ({
      key: pem,
      chain: [...certificates.filter((one) => one.id !== undefined && one.id === id), ...others].map(
        (one) => one.pem,
      ),
    })),
    trusted: others.map(({ pem }) => pem),
  };
};

const open = ({ asn1, pkcs12 }: Forge, bytes: Buffer, password: string): Pkcs12.Pkcs12Pfx => {
  try {
    return pkcs12.pkcs12FromAsn1(asn1.fromDer(bytes.toString('latin1')), false, password);
  } catch (cause) {
    throw new KeyStoreError('is not a PKCS12 store, is damaged, or its password is another one', { cause });
  }
};

const localKeyIdOf = (bag: Pkcs12.Bag): string | undefined => {
  const attributes: Record<string, unknown> = bag.attributes;
  const ids = attributes['localKeyId'];
  return Array.isArray(ids) && typeof ids[0] === 'string' ? ids[0] : undefined;
};
