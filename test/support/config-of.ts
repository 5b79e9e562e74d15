import { ConfigError } from '../../apps/rest-proxy/src/config/config-error.ts';
import type { Config } from '../../apps/rest-proxy/src/config/config.ts';
import { readConfig } from '../../apps/rest-proxy/src/config/read-config.ts';

/** The name of the variable that stands for a key. */
export const variableOf = (key: string): string => `KAFKA_REST_${key.toUpperCase().replaceAll('.', '_')}`;

/** The configuration that some settings and a broker make, given in the environment. @throws {ConfigError} */
export const configOf = (settings: Readonly<Record<string, string>>): Config => {
  const given = Object.entries({ 'bootstrap.servers': 'broker:9092', ...settings });
  return readConfig(Object.fromEntries(given.map(([key, value]) => [variableOf(key), value])), []);
};

/** The problems that keep a configuration from being read; none when it can be. */
export const problemsOf = (read: () => Config): readonly string[] => {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};
