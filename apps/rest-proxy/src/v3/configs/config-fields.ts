import type { ConfigEntry, ConfigSource } from '#libs/kafka/kafka-admin.ts';

/** What the configuration entries of topics, brokers and the cluster share. */
export interface ConfigFields {
  readonly cluster_id: string;
  readonly name: string;
  /** null when sensitive or unset. */
  readonly value: string | null;
  readonly is_read_only: boolean;
  readonly is_sensitive: boolean;
  readonly source: ConfigSource;
  readonly synonyms: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly source: ConfigSource;
  }[];
}

/** In the order of the wire; what the entry belongs to and `is_default` come after. */
export function configFields(clusterId: string, entry: ConfigEntry): ConfigFields {
  return {
    cluster_id: clusterId,
    name: entry.name,
    value: entry.value,
    is_read_only: entry.readOnly,
    is_sensitive: entry.sensitive,
    source: entry.source,
    synonyms: entry.synonyms.map(({ name, value, source }) => ({ name, value, source })),
  };
}

export function isDefault(entry: ConfigEntry): boolean {
  return entry.source === 'DEFAULT_CONFIG';
}
