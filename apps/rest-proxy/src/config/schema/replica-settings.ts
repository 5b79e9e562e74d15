import { parseIdentification } from './connection-settings.ts';
import { int, InvalidValue, parsed, secret, type Setting } from './setting.ts';
import { listenerTlsSettings } from './tls-settings.ts';

const parseUrl = (given: string): string => {
  if (given === '') return '';
  const url = URL.parse(given);
  const isPlain = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (!isPlain || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InvalidValue('must be http://host:port or https://host:port');
  }
  return url.origin;
};

type Prefixed<Table> = { readonly [Key in keyof Table & string as `internal.${Key}`]: Table[Key] };

const prefixed = <Table extends Readonly<Record<string, Setting<unknown>>>>(table: Table): Prefixed<Table> =>
  Object.fromEntries(
    Object.entries(table).map(([key, setting]) => [`internal.${key}`, setting]),
  ) as unknown as Prefixed<Table>;

/** Keys of several replicas that share consumer instances, which the original does not have. */
export const replicaSettings = {
  'internal.advertised.url': parsed('http://host:port or https://host:port', '', parseUrl, {
    doc: "URL of the internal listener as the other replicas reach it. Empty: the first internal listener's port on `POD_IP` of the environment, or else on the name of the host.",
  }),
  'internal.secret': secret({
    doc: 'What replicas prove to each other that they are such with; the same for all. To change it while they run, a list with commas: the first is sent, any of them is accepted (docs/operations.md). Required with `redis.url`, unless they show certificates: `internal.ssl.client.authentication` is `REQUIRED`, or `REQUESTED`, where probes and Prometheus need none.',
  }),
  'replica.lease.ms': int(6_000, {
    min: 1_000,
    doc: 'A replica that has not been heard of for this many ms counts as dead, and others take over its consumer instances.',
  }),
  'replica.lease.renew.ms': int(2_000, {
    min: 100,
    doc: 'How often a replica says that it is there, in ms; less than half of `replica.lease.ms`.',
  }),
  ...prefixed({
    ...listenerTlsSettings,
    'ssl.endpoint.identification.algorithm': parsed('https or empty', 'https', parseIdentification, {
      doc: 'Whether the host of another replica must be in its certificate; empty: it need not.',
    }),
  }),
};
