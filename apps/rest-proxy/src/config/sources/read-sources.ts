import { readFileSync } from 'node:fs';
import type { Findings } from '../schema/findings.ts';
import {
  type ConfigProvider,
  knownProviders,
  providerOfClass,
  reasonOf,
  resolveReferences,
  UnresolvedValue,
} from './config-providers.ts';
import { settingsOfEnvironment } from './environment.ts';
import { parseProperties, PropertiesSyntaxError } from './properties-file.ts';
import { type RawSetting, RawSettings } from './raw-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** All settings that were given: those of the properties file, overridden by those of the environment. */
export const readSources = (
  environment: Environment,
  args: readonly string[],
  findings: Findings,
): RawSettings => {
  const [path, ...others] = args;
  if (others.length > 0) {
    findings.problemOf('arguments', 'at most one is taken, the path of a properties file');
  }
  const ofFile = path === undefined ? [] : settingsOfFile(path, findings);
  const given = [...ofFile, ...settingsOfEnvironment(environment)];
  const providers = providersOf(RawSettings.of(given), findings);
  return RawSettings.of(given.map((setting) => resolved(setting, environment, providers, findings)));
};

const settingsOfFile = (path: string, findings: Findings): readonly RawSetting[] => {
  try {
    const properties = parseProperties(readFileSync(path));
    const settings = properties.map(({ key, value, line }) => ({
      key,
      value,
      origin: `${path} line ${line}`,
    }));
    const seen = new Set<string>();
    for (const setting of settings) {
      if (seen.has(setting.key)) findings.warning(setting, 'given more than once, the last one counts');
      seen.add(setting.key);
    }
    return settings;
  } catch (error) {
    const reason = error instanceof PropertiesSyntaxError ? error.message : reasonOf(error);
    findings.problemOf('arguments', `cannot read the properties file ${path}: ${reason}`);
    return [];
  }
};

const providersOf = (given: RawSettings, findings: Findings): ReadonlyMap<string, ConfigProvider> => {
  const providers = new Map(knownProviders);
  for (const [key, setting] of given.under('config.providers.').entries()) {
    if (!key.endsWith('.class')) continue;
    const provider = providerOfClass(setting.value.trim());
    if (provider === undefined) {
      findings.problem(setting, "must be one of Kafka's own providers: environment, file, directory");
    } else {
      providers.set(key.slice(0, -'.class'.length), provider);
    }
  }
  return providers;
};

const resolved = (
  setting: RawSetting,
  environment: Environment,
  providers: ReadonlyMap<string, ConfigProvider>,
  findings: Findings,
): RawSetting => {
  try {
    return { ...setting, value: resolveReferences(setting.value, environment, providers).trim() };
  } catch (error) {
    if (!(error instanceof UnresolvedValue) && !(error instanceof PropertiesSyntaxError)) throw error;
    findings.problem(setting, error.message);
    return { ...setting, value: '' };
  }
};
