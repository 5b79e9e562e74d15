import { list, noEffect, oneOf, refused, secret, text, unused } from './setting.ts';

const jvm = noEffect('the TLS of Node has no such choice');

/** How this side of a TLS connection proves itself and whom it trusts; the same for listeners and for Kafka. */
export const tlsSettings = {
  'ssl.keystore.location': text('', {
    doc: 'File with the private key and its certificates: JKS, PKCS12 or PEM (key, certificate and chain in one file).',
  }),
  'ssl.keystore.password': secret({ doc: 'Password of the key store (JKS, PKCS12).' }),
  'ssl.keystore.type': oneOf(['JKS', 'PKCS12', 'PEM'], 'JKS', {
    doc: 'Form of the key store. What the file is in truth is seen from its content; JKS and PKCS12 stand for each other, as in Java.',
  }),
  'ssl.keystore.key': secret({ doc: 'Private key as PEM (PKCS8), in the place of a file.' }),
  'ssl.keystore.certificate.chain': secret({ doc: 'Its certificates as PEM.' }),
  'ssl.key.password': secret({ doc: 'Password of the private key; that of the key store where not set.' }),
  'ssl.truststore.location': text('', {
    doc: 'File with the certificates to trust: JKS, PKCS12 or PEM. Empty: the authorities that Node ships.',
  }),
  'ssl.truststore.password': secret({ doc: 'Password of the trust store (JKS: may be missing; PKCS12).' }),
  'ssl.truststore.type': oneOf(['JKS', 'PKCS12', 'PEM'], 'JKS', { doc: 'Form of the trust store.' }),
  'ssl.truststore.certificates': secret({ doc: 'Certificates to trust as PEM, in the place of a file.' }),
  'ssl.enabled.protocols': list(['TLSv1.2', 'TLSv1.3'], {
    doc: 'Versions of TLS; without a gap between them.',
  }),
  'ssl.cipher.suites': list([], { doc: "Cipher suites, by Java's or OpenSSL's names. Empty: Node's." }),
  'ssl.protocol': unused('TLS', jvm),
  'ssl.provider': unused('', jvm),
  'ssl.keymanager.algorithm': unused('', jvm),
  'ssl.trustmanager.algorithm': unused('', jvm),
  'ssl.secure.random.implementation': unused('', jvm),
  'ssl.engine.factory.class': unused('', refused('plug-ins are Java classes')),
};

/** What an https listener has beyond. Each key may be given for one listener as `listener.name.<name>.<key>`. */
export const listenerTlsSettings = {
  ...tlsSettings,
  'ssl.truststore.location': text('', {
    doc: 'File with the certificates that client certificates must come from: JKS, PKCS12 or PEM.',
  }),
  'ssl.client.authentication': oneOf(['NONE', 'REQUESTED', 'REQUIRED'], 'NONE', {
    doc: 'Whether clients show a certificate. REQUIRED: none is let in without one that is trusted.',
  }),
  'ssl.client.auth': oneOf(['true', 'false'], 'false', {
    doc: 'Older: true is `ssl.client.authentication=REQUIRED`.',
  }),
  'ssl.endpoint.identification.algorithm': unused('', noEffect('the host of a client is not compared')),
  'ssl.keystore.reload': unused('false', {
    kind: 'not supported',
    why: 'a new certificate needs a new start',
  }),
  'ssl.keystore.watch.location': unused('', noEffect('see `ssl.keystore.reload`')),
  'ssl.spire.enabled': unused('false', refused('SPIFFE is not supported')),
  'ssl.spire.trust.only.enabled': unused('false', refused('SPIFFE is not supported')),
};
