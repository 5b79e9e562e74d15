import { InvalidValue, splitList } from '../schema/setting.ts';

export type SecurityProtocol = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';

export const securityProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;

export interface Brokers {
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  /** What the servers' own prefixes say; undefined where none has one. */
  readonly protocol: SecurityProtocol | undefined;
}

const shape = /^(?:([a-z_]+):\/\/)?(?:\[([0-9a-f:.%]+)\]|([^\s:[\]/]+)):(\d{1,5})$/i;

/** `host:port`, `[::1]:port`, each with a protocol before it or not. @throws {InvalidValue} */
export const parseBrokers = (given: string): Brokers => {
  const parts = splitList(given).map(parseBroker);
  const protocols = [...new Set(parts.map(({ protocol }) => protocol))];
  if (protocols.length > 1) throw new InvalidValue('must have the same protocol before every server');
  return { brokers: parts.map(({ host, port }) => ({ host, port })), protocol: protocols[0] };
};

const parseBroker = (given: string) => {
  const [, prefix, address, name, port = ''] = shape.exec(given) ?? [];
  const host = address ?? name;
  if (host === undefined || Number(port) < 1 || Number(port) > 65535) {
    throw new InvalidValue(`must be a list of host:port, "${given}" is not`);
  }
  const protocol = securityProtocols.find((candidate) => candidate === prefix?.toUpperCase());
  if (prefix !== undefined && protocol === undefined) {
    throw new InvalidValue(
      `has an unknown protocol in "${given}", known are ${securityProtocols.join(', ')}`,
    );
  }
  return { host, port: Number(port), protocol };
};
