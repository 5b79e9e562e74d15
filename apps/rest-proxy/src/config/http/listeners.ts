import { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { AdvertisedListener, Listener } from '../config.ts';
import { listenerSettings } from '../schema/catalogue.ts';
import type { Findings } from '../schema/findings.ts';
import { readSettings } from '../schema/read-settings.ts';
import type { ValuesOf } from '../schema/setting.ts';
import type { RawSettings } from '../sources/raw-settings.ts';
import { keyMaterial } from '../tls/key-material.ts';

type Protocol = Listener['protocol'];

const shape = /^([a-z][a-z0-9_-]*):\/\/(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([^\s:[\]/]*))(?::(\d{1,5}))?\/?$/i;

const addressOf = (text: string) => {
  const [, name = '', v6, host = '', digits] = shape.exec(text) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (name === '' || (v6 !== undefined && !isIPv6(v6)) || (port !== undefined && port > 65535))
    return undefined;
  return { name: name.toLowerCase(), host: v6 ?? host, isIPv6: v6 !== undefined, port };
};

/** The addresses to listen on, with the certificates of those that speak https. */
export const readListeners = (
  values: {
    readonly listeners: readonly string[];
    readonly port: number;
    readonly 'listener.protocol.map': readonly string[];
  },
  raw: RawSettings,
  findings: Findings,
): readonly Listener[] => {
  const given = values.listeners.length === 0 ? [`http://0.0.0.0:${values.port}`] : values.listeners;
  const listeners = listenersOf('listeners', given, values['listener.protocol.map'], raw, findings);
  if (listeners.every(({ protocol }) => protocol === 'http')) {
    for (const key of ['ssl.keystore.location', 'ssl.truststore.location']) {
      const unused = raw.get(key);
      if (unused !== undefined && unused.value !== '') {
        findings.warning(unused, `has no effect: no listener speaks https; did you mean client.${key}?`);
      }
    }
  }
  return listeners;
};

/** The addresses that a key gives. @param given its items */
export const listenersOf = (
  key: string,
  given: readonly string[],
  map: readonly string[],
  raw: RawSettings,
  findings: Findings,
): readonly Listener[] => {
  const protocols = protocolMap(map, raw, findings);
  const listeners = given.flatMap((text): readonly Listener[] => {
    const address = addressOf(text);
    const protocol = address && protocols.get(address.name);
    if (address?.port === undefined || protocol === undefined) {
      const what = `must be a list of http://host:port or https://host:port, "${text}" is not`;
      complain(key, what, raw, findings);
      return [];
    }
    const { name, port } = address;
    const tls = tlsOf(name, protocol, raw, findings);
    return [{ name, protocol, host: address.host || '0.0.0.0', port, tls }];
  });
  const addresses = listeners.filter(({ port }) => port !== 0).map(({ host, port }) => `${host} ${port}`);
  if (new Set(addresses).size < addresses.length) complain(key, 'has the same address twice', raw, findings);
  return listeners;
};

/** The authorities of absolute URLs. */
export const readAdvertised = (
  values: {
    readonly 'advertised.listeners': readonly string[];
    readonly 'listener.protocol.map': readonly string[];
  },
  raw: RawSettings,
  findings: Findings,
): readonly AdvertisedListener[] => {
  const protocols = protocolMap(values['listener.protocol.map'], raw, findings);
  return values['advertised.listeners'].flatMap((text) => {
    const address = addressOf(text);
    const protocol = address && protocols.get(address.name);
    if (address === undefined || address.host === '' || protocol === undefined) {
      const what = `must be a list of http://host:port or https://host:port, "${text}" is not`;
      complain('advertised.listeners', what, raw, findings);
      return [];
    }
    return [{ protocol, host: address.isIPv6 ? `[${address.host}]` : address.host, port: address.port }];
  });
};

const protocolMap = (
  given: readonly string[],
  raw: RawSettings,
  findings: Findings,
): ReadonlyMap<string, Protocol> => {
  const map = new Map<string, Protocol>([
    ['http', 'http'],
    ['https', 'https'],
  ]);
  for (const item of given) {
    const [name = '', protocol = '', ...more] = item.split(':').map((part) => part.trim().toLowerCase());
    if (name === '' || more.length > 0 || (protocol !== 'http' && protocol !== 'https')) {
      complain(
        'listener.protocol.map',
        `must be a list of NAME:http or NAME:https, "${item}" is not`,
        raw,
        findings,
      );
    } else {
      map.set(name, protocol);
    }
  }
  return map;
};

const tlsOf = (
  name: string,
  protocol: Protocol,
  raw: RawSettings,
  findings: Findings,
): TlsOptions | undefined => {
  const ofListener = raw.overlaidBy(raw.under(`listener.name.${name}.`));
  // Read for a plain listener too: what is refused is refused for all.
  const values = readSettings(listenerSettings, ofListener, findings);
  if (protocol === 'http') return undefined;
  const clients = clientCertificates(values, ofListener, findings);
  const material = keyMaterial(values, ofListener, findings);
  if (material !== undefined && material.key === undefined) {
    findings.problemOf('ssl.keystore.location', `required for the https listener ${name}`);
  }
  if (clients.requestCert === true && material?.ca !== undefined && ![material.ca].flat().some(isRoot)) {
    // Unlike its clients, servers of Node want to see the whole chain.
    const key = ofListener.get('ssl.truststore.location')
      ? 'ssl.truststore.location'
      : 'ssl.truststore.certificates';
    complain(key, 'needs the root, a certificate that signed itself', ofListener, findings);
  }
  return { ...material, ...clients };
};

const isRoot = (pem: string | Buffer): boolean => {
  const { issuer, subject } = new X509Certificate(pem);
  return issuer === subject;
};

const clientCertificates = (
  values: ValuesOf<typeof listenerSettings>,
  raw: RawSettings,
  findings: Findings,
): TlsOptions => {
  const said = values['ssl.client.authentication'];
  const required = said === 'REQUIRED' || (said === 'NONE' && values['ssl.client.auth'] === 'true');
  if (!required && said === 'NONE') return {};
  if (values['ssl.truststore.location'] === '' && values['ssl.truststore.certificates'] === '') {
    // Node would trust every public authority, and let in whoever has bought a certificate.
    const key = said === 'NONE' ? 'ssl.client.auth' : 'ssl.client.authentication';
    complain(key, 'needs ssl.truststore.location', raw, findings);
  }
  return { requestCert: true, rejectUnauthorized: required };
};

const complain = (key: string, what: string, raw: RawSettings, findings: Findings): void => {
  const given = raw.get(key);
  if (given === undefined) findings.problemOf(key, what);
  else findings.problem(given, what);
};
