import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { requireCommand } from './prerequisites.ts';

/** The password of every PKCS#12 store made here. */
export const storePassword = 'store-password';

/** Paths of PEM files, and of the same in PKCS#12 stores. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** Key and chain in one PEM file, as Kafka's `ssl.keystore.type=PEM` wants it. */
  readonly keyStorePem: string;
  readonly keyStoreP12: string;
}

/** Makes certificates in a folder with openssl: one authority, and what it signs. */
export class CertificateAuthority {
  readonly certificate: string;
  /** The authority's certificate in a PKCS#12 store without a key. */
  readonly trustStoreP12: string;
  private readonly dir: string;
  private readonly key: string;

  /** @throws {MissingPrerequisite} when there is no openssl */
  constructor(dir: string, commonName = 'Test authority') {
    requireCommand('openssl', 'Certificates for tests are made with openssl: install it.', 'version');
    mkdirSync(dir, { recursive: true });
    this.dir = dir;
    this.key = join(dir, 'ca-key.pem');
    this.certificate = join(dir, 'ca.pem');
    this.trustStoreP12 = join(dir, 'truststore.p12');
    if (existsSync(this.certificate)) return;
    openssl(
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', `/CN=${commonName}`],
      ['-addext', 'basicConstraints=critical,CA:TRUE', '-keyout', this.key, '-out', this.certificate],
    );
    openssl(
      ['pkcs12', '-export', '-nokeys', '-in', this.certificate, '-out', this.trustStoreP12],
      ['-passout', `pass:${storePassword}`],
    );
  }

  /**
   * Makes a key and a certificate.
   *
   * @param name names the files, and is the certificate's common name
   * @param hosts what the certificate is valid for, `DNS:name` or `IP:address`
   */
  issue(name: string, hosts: readonly string[] = ['DNS:localhost', 'IP:127.0.0.1']): CertificateFiles {
    const path = (suffix: string): string => join(this.dir, `${name}${suffix}`);
    const files = {
      certificate: path('.pem'),
      key: path('-key.pem'),
      keyStorePem: path('-keystore.pem'),
      keyStoreP12: path('.p12'),
    };
    if (existsSync(files.keyStoreP12)) return files;
    writeFileSync(path('.ext'), `subjectAltName=${hosts.join(',')}\n`);
    openssl(
      ['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`],
      ['-keyout', files.key, '-out', path('.csr')],
    );
    openssl(
      ['x509', '-req', '-in', path('.csr'), '-CA', this.certificate, '-CAkey', this.key, '-CAcreateserial'],
      ['-days', '3650', '-extfile', path('.ext'), '-out', files.certificate],
    );
    writeFileSync(
      files.keyStorePem,
      readFileSync(files.key, 'utf8') +
        readFileSync(files.certificate, 'utf8') +
        readFileSync(this.certificate, 'utf8'),
    );
    openssl(
      ['pkcs12', '-export', '-inkey', files.key, '-in', files.certificate, '-certfile', this.certificate],
      ['-out', files.keyStoreP12, '-passout', `pass:${storePassword}`],
    );
    return files;
  }
}

function openssl(...args: readonly (readonly string[])[]): void {
  execFileSync('openssl', args.flat(), { stdio: ['ignore', 'ignore', 'pipe'] });
}
