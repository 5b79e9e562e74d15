import type { AdvertisedListener, Listener } from '../config.ts';
import type { Findings } from '../schema/findings.ts';

const shape = /^([a-z][a-z0-9_+-]*):\/\/(?:\[([0-9a-f:.%]+)\]|([^\s:[\]/]*))(?::(\d{1,5}))?\/?$/i;

/** The addresses to listen on. */
export const parseListeners = (
  given: readonly string[],
  port: number,

  findings: Findings,
): readonly Listener[] => {
  if (given.length === 0) return [{ name: 'http', protocol: 'http', host: '0.0.0.0', port, tls: undefined }];
  return given.flatMap((text) => {
    const [, name = '', address, host, digits = ''] = shape.exec(text) ?? [];
    const protocol = name.toLowerCase();
    if (digits === '' || Number(digits) > 65535 || (protocol !== 'http' && protocol !== 'https')) {
      findings.problems.push(`listeners: must be a list of http://host:port, "${text}" is not`);
      return [];
    }
    return [
      {
        name: protocol,
        protocol,
        host: address ?? (host || '0.0.0.0'),
        port: Number(digits),
        tls: undefined,
      },
    ];
  });
};

/** The authorities of absolute URLs. */
export const parseAdvertised = (
  given: readonly string[],
  findings: Findings,
): readonly AdvertisedListener[] =>
  given.flatMap((text) => {
    const [, name = '', address, host, digits] = shape.exec(text) ?? [];
    const protocol = name.toLowerCase();
    const authority = address === undefined ? host : `[${address}]`;
    if (authority === undefined || authority === '' || (protocol !== 'http' && protocol !== 'https')) {
      findings.problems.push(`advertised.listeners: must be a list of http://host:port, "${text}" is not`);
      return [];
    }
    return [{ protocol, host: authority, port: digits === undefined ? undefined : Number(digits) }];
  });
