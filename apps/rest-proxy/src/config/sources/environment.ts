import type { RawSetting } from './raw-settings.ts';

const prefix = 'KAFKA_REST_';

/** Variables of the original image's launch script, about the JVM and its logging: nothing here to set. */
const ofTheLauncher = /^(HEAP_OPTS|OPTS|JMX_.*|LOG4J_.*|JVM_.*|GC_.*|CUB_.*|ZOOKEEPER_CONNECT|LOG_DIR)$/;

/** Settings from `KAFKA_REST_…` variables: `_` stands for `.`, `__` for `_`, `___` for `-`. */
export const settingsOfEnvironment = (
  environment: Readonly<Record<string, string | undefined>>,
): readonly RawSetting[] =>
  Object.entries(environment).flatMap(([name, value]) => {
    if (value === undefined || !name.startsWith(prefix)) return [];
    const rest = name.slice(prefix.length);
    return rest === '' || ofTheLauncher.test(rest) ? [] : [{ key: keyOf(rest), value, origin: name }];
  });

const keyOf = (rest: string): string =>
  rest
    .toLowerCase()
    .replaceAll(/(?<!_)_(?!_)/g, '.')
    .replaceAll('___', '-')
    .replaceAll('__', '_');
