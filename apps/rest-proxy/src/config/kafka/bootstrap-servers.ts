import { InvalidValue, splitList } from '../schema/setting.ts';

export const securityProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;

export type SecurityProtocol = (typeof securityProtocols)[number];

export interface Brokers {
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  /** The security protocols that stand before the servers; other words there say nothing, as in Java. */
  readonly protocols: readonly SecurityProtocol[];
}

const shape = /^(?:([a-z0-9_.%-]+):\/\/)?(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([^\s:[\]/]+)):(\d{1,5})$/i;

/** `host:port`, `[::1]:port`, each with `NAME://` before it or not. @throws {InvalidValue} */
export const parseBrokers = (given: string): Brokers => {
  const servers = splitList(given).map((server) => {
    const [, prefix, address, name, digits = ''] = shape.exec(server) ?? [];
    const host = address ?? name;
    const port = Number(digits);
    if (host === undefined || port < 1 || port > 65535) {
      throw new InvalidValue(`must be a list of host:port, "${server}" is not`);
    }
    return { host, port, protocol: securityProtocols.find((known) => known === prefix?.toUpperCase()) };
  });
  return {
    brokers: servers.map(({ host, port }) => ({ host, port })),
    protocols: [...new Set(servers.flatMap(({ protocol }) => protocol ?? []))],
  };
};
