import { hostname } from 'node:os';
import type { Listener, ReplicasConfig } from '../config.ts';
import type { Findings } from '../schema/findings.ts';
import { readSettings } from '../schema/read-settings.ts';
import type { replicaSettings } from '../schema/replica-settings.ts';
import { splitList, type ValuesOf } from '../schema/setting.ts';
import { tlsSettings } from '../schema/tls-settings.ts';
import type { RawSettings } from '../sources/raw-settings.ts';
import { keyMaterial } from '../tls/key-material.ts';

/**
 * What replicas need of each other.
 *
 * @param listeners the internal ones
 * @param podIp `POD_IP` of the environment
 * @returns undefined without Redis: there is one replica
 */
export const readReplicas = (
  values: ValuesOf<typeof replicaSettings>,
  listeners: readonly Listener[],
  raw: RawSettings,
  podIp: string | undefined,
  findings: Findings,
): ReplicasConfig | undefined => {
  const given = raw.get('redis.url');
  if (given === undefined || given.value === '') return undefined;
  const leaseMs = values['replica.lease.ms'];
  const renewMs = values['replica.lease.renew.ms'];
  if (renewMs * 2 >= leaseMs) {
    findings.problemOf('replica.lease.renew.ms', 'must be less than half of replica.lease.ms');
  }
  const [listener] = listeners;
  if (listener === undefined) findings.problem(given, 'needs internal.listeners');
  const acceptedSecrets = splitList(values['internal.secret']);
  const [secret = ''] = acceptedSecrets;
  const mutualTls = listeners.length > 0 && listeners.every(asksForCertificates);
  if (secret === '' && !mutualTls) {
    findings.problemOf('internal.secret', 'required with redis.url, unless replicas show certificates');
  }
  if (!acceptedSecrets.every(fitsInHeader)) {
    findings.problemOf('internal.secret', 'must be printable ASCII, because it is sent in a header');
  }
  const address = values['internal.advertised.url'] || addressOf(listener, podIp);
  const ofHop = ofInternal(raw);
  const secure = address.startsWith('https:');
  return {
    address,
    leaseMs,
    renewMs,
    mutualTls,
    hop: {
      secret,
      acceptedSecrets,
      tls: secure ? keyMaterial(readSettings(tlsSettings, ofHop, findings), ofHop, findings) : undefined,
      checksHost: values['internal.ssl.endpoint.identification.algorithm'] !== '',
    },
  };
};

/** Settings as the internal listeners see them: what is said of them takes the place of what is said of all. */
export const ofInternal = (raw: RawSettings): RawSettings =>
  raw.overlaidBy(raw.filter((key) => key.startsWith('internal.ssl.')).under('internal.'));

const fitsInHeader = (text: string): boolean => /^[ -~]*$/.test(text);

/** REQUESTED will do: who shows none, a kubelet that probes or Prometheus, is no replica and hears of health and metrics. */
const asksForCertificates = ({ tls }: Listener): boolean => tls?.requestCert === true;

const addressOf = (listener: Listener | undefined, podIp: string | undefined): string => {
  const host = podIp === undefined || podIp === '' ? hostname() : podIp;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${listener?.protocol ?? 'http'}://${name}:${listener?.port ?? 0}`;
};
