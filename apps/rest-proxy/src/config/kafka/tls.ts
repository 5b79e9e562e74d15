import { type ConnectionOptions, createSecureContext } from 'node:tls';
import type { Findings } from '../schema/findings.ts';
import type { RawSettings } from '../sources/raw-settings.ts';
import { keyMaterial, type TlsValues } from '../tls/key-material.ts';

/** TLS towards a broker. One secure context serves all connections: it holds the parsed certificates. */
export const clientTls = (
  values: TlsValues & { readonly 'ssl.endpoint.identification.algorithm': 'https' | '' },
  raw: RawSettings,
  findings: Findings,
): ConnectionOptions => {
  const material = keyMaterial(values, raw, findings);
  if (material === undefined) return {};
  const checksHost = values['ssl.endpoint.identification.algorithm'] !== '';
  return {
    secureContext: createSecureContext(material),
    ...(checksHost ? {} : { checkServerIdentity: () => undefined }),
  };
};
