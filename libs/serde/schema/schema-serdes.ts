import type { SchemaRegistrySettings } from '#libs/schema-registry/schema-registry-settings.ts';
import type { SchemaRegistry } from '#libs/schema-registry/schema-registry.ts';
import { CompiledSchemas } from './compiled-schemas.ts';
import type { SchemaLanguage } from './schema-language.ts';
import { SchemaResolver, type ResolverSettings } from './schema-resolver.ts';
import { SchemaSerde } from './schema-serde.ts';

export type SchemaSerdesSettings = ResolverSettings &
  Pick<SchemaRegistrySettings, 'caches'> & {
    /** Whether null is Kafka's null though there is a schema. */
    readonly nullIsTombstone: boolean;
  };

/** The serdes of the schema formats; all with the same registry and caches. */
export function schemaSerdes(
  registry: SchemaRegistry,
  languages: readonly SchemaLanguage[],
  settings: SchemaSerdesSettings,
): readonly SchemaSerde[] {
  const compiled = new CompiledSchemas(registry, languages, settings.caches.maxSchemas);
  const resolver = new SchemaResolver(registry, compiled, settings);
  const { nullIsTombstone } = settings;
  return languages.map((language) => new SchemaSerde(language, { compiled, resolver, nullIsTombstone }));
}
