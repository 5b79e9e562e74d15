import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseProperties } from './properties-file.ts';

/** A value points to something that is not there; the message holds no value. */
export class UnresolvedValue extends Error {
  override readonly name = 'UnresolvedValue';
}

/** What can stand before the colon of `${…:…}`: Kafka's own configuration providers. */
export type ConfigProvider = 'env' | 'file' | 'directory';

const classes: Readonly<Record<string, ConfigProvider>> = {
  'org.apache.kafka.common.config.provider.EnvVarConfigProvider': 'env',
  'org.apache.kafka.common.config.provider.FileConfigProvider': 'file',
  'org.apache.kafka.common.config.provider.DirectoryConfigProvider': 'directory',
};

export const knownProviders: ReadonlyMap<string, ConfigProvider> = new Map([
  ['env', 'env'],
  ['file', 'file'],
  ['directory', 'directory'],
]);

/** The provider that a Java class is. */
export const providerOfClass = (name: string): ConfigProvider | undefined => classes[name];

/**
 * Puts in what Kafka's configuration providers would: `${env:NAME}`, `${file:/path.properties:key}`,
 * `${directory:/path:file}`, and beyond them `${file:/path}` for the whole content of a file.
 *
 * The white space at the end of a whole file is left out. What is put in is not looked at again.
 *
 * @throws {UnresolvedValue}
 */
export const resolveReferences = (
  value: string,
  environment: Readonly<Record<string, string | undefined>>,
  providers: ReadonlyMap<string, ConfigProvider>,
): string =>
  value.replaceAll(
    /\$\{([^:{}$]+):([^:}]*)(?::([^}]+))?\}/g,
    (whole, name: string, path: string, key: string | undefined) => {
      const provider = providers.get(name);
      if (provider === undefined) return whole;
      const found = look(provider, path, key, environment);
      if (found === undefined) throw new UnresolvedValue(`nothing found for ${whole}`);
      return found;
    },
  );

const look = (
  provider: ConfigProvider,
  path: string,
  key: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  switch (provider) {
    case 'env':
      return environment[key ?? path];
    case 'directory':
      return key === undefined ? undefined : content(join(path, key));
    case 'file':
      if (key === undefined) return content(path);
      return parseProperties(bytes(path)).findLast((property) => property.key === key)?.value;
  }
};

const content = (path: string): string => bytes(path).toString('utf8').trimEnd();

const bytes = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UnresolvedValue(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
};

/** The code of a failed system call, without the text around it. */
export const reasonOf = (cause: unknown): string => {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
};
