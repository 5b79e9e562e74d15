import type { RawSetting, RawSettings } from '../sources/raw-settings.ts';
import {
  isTopLevel,
  listenerSettings,
  own,
  type PassThrough,
  passThrough,
  topLevelSettings,
} from './catalogue.ts';
import type { Findings } from './findings.ts';
import { listenerTlsSettings } from './tls-settings.ts';

type Kind = 'fine' | 'no effect' | 'refused';

/** Keys without a table, by their beginning; the first that fits counts. */
const byPrefix: readonly (readonly [prefix: string, kind: Kind, why: string])[] = [
  ['config.providers.', 'fine', ''],
  ['schema.registry.request.header.', 'fine', ''],
  [
    'confluent.rest.auth.',
    'refused',
    'the security plug-in is not there, and the proxy would run unprotected',
  ],
  [
    'confluent.metadata.',
    'refused',
    'the security plug-in is not there, and the proxy would run unprotected',
  ],
  ['public.key.path', 'refused', 'the security plug-in is not there, and the proxy would run unprotected'],
  ['confluent.telemetry.', 'no effect', 'no telemetry is sent'],
  ['confluent.license', 'no effect', 'no licence is needed'],
  ['metrics.context.', 'no effect', 'there is no JMX'],
];

/**
 * Says of every key that nothing reads that it is so, with the key that was perhaps meant.
 *
 * @param listeners names of the listeners
 */
export const checkKeys = (raw: RawSettings, listeners: readonly string[], findings: Findings): void => {
  for (const [key, setting] of raw.entries()) {
    if (isTopLevel(key) || own(listenerTlsSettings, key) !== undefined) continue;
    const route = passThrough.find(({ prefix }) => key.startsWith(prefix));
    const rule = byPrefix.find(([prefix]) => key.startsWith(prefix));
    if (rule?.[1] === 'fine') continue;
    if (key.startsWith('listener.name.')) checkListenerKey(setting, listeners, findings);
    else if (route !== undefined) checkPassThrough(setting, route, findings);
    else if (rule === undefined) findings.warning(setting, `unknown, ignored${meant(key)}`);
    else if (rule[1] === 'refused') findings.problem(setting, `refused: ${rule[2]}`);
    else if (rule[1] === 'no effect') findings.warning(setting, `has no effect: ${rule[2]}`);
  }
};

const checkListenerKey = (setting: RawSetting, listeners: readonly string[], findings: Findings): void => {
  const [, , name = '', ...rest] = setting.key.split('.');
  if (!listeners.includes(name)) findings.warning(setting, `there is no listener ${name}, ignored`);
  else if (own(listenerSettings, rest.join('.')) === undefined) findings.warning(setting, 'unknown, ignored');
};

const checkPassThrough = (setting: RawSetting, route: PassThrough, findings: Findings): void => {
  const key = setting.key.slice(route.prefix.length);
  if (own(route.table, key) !== undefined) return;
  const others = passThrough.filter(
    ({ prefix, table }) => prefix !== 'client.' && own(table, key) !== undefined,
  );
  const suggestion =
    others.length > 0
      ? `; did you mean ${others.map(({ prefix }) => prefix + key).join(' or ')}?`
      : closest(setting.key, [
          ...Object.keys(route.table).map((name) => route.prefix + name),
          ...Object.keys(topLevelSettings),
        ]);
  findings.warning(setting, `not a setting of the ${route.client}, ignored${suggestion}`);
};

const meant = (key: string): string => {
  const routes = passThrough
    .filter(({ table }) => own(table, key) !== undefined)
    .map(({ prefix }) => prefix + key);
  const [first] = routes;
  return first === undefined
    ? closest(key, [...Object.keys(topLevelSettings), ...Object.keys(listenerTlsSettings)])
    : `; did you mean ${first}?`;
};

const closest = (key: string, candidates: readonly string[]): string => {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(key, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(2, key.length / 5)
    ? `; did you mean ${best.candidate}?`
    : '';
};

/** Levenshtein's. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};
