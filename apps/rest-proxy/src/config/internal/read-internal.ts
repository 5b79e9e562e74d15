import type { InternalConfig, Listener } from '../config.ts';
import { listenersOf } from '../http/listeners.ts';
import type { Findings } from '../schema/findings.ts';
import type { RawSettings } from '../sources/raw-settings.ts';
import { ofInternal } from './read-replicas.ts';

const key = 'internal.listeners';

/** What concerns the internal listeners. @param clients the listeners for clients */
export const readInternal = (
  values: { readonly [key]: readonly string[]; readonly 'listener.protocol.map': readonly string[] },
  clients: readonly Listener[],
  raw: RawSettings,
  findings: Findings,
): InternalConfig => {
  const given = raw.get(key);
  const listeners = listenersOf(key, values[key], values['listener.protocol.map'], ofInternal(raw), findings);
  const shared = listeners.find((listener) => clients.some((other) => isSame(listener, other)));
  if (shared !== undefined && given !== undefined) {
    findings.problem(given, `port ${shared.port} of ${shared.host} is that of a listener for clients`);
  }
  // Without them other replicas could not reach this one.
  const hasPeers = (raw.get('redis.url')?.value ?? '') !== '';
  return { listeners, required: given !== undefined || hasPeers };
};

/** Whether one takes the other's place. A host that means all of them means the other's too. */
const isSame = (one: Listener, other: Listener): boolean =>
  one.port !== 0 &&
  one.port === other.port &&
  (one.host === other.host || isEverywhere(one) || isEverywhere(other));

const isEverywhere = ({ host }: Listener): boolean => host === '0.0.0.0' || host === '::';
