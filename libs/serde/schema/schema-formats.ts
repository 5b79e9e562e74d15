import type { OnApplicationShutdown } from '@nestjs/common';
import type { SchemaRegistrySettings } from '#libs/schema-registry/schema-registry-settings.ts';
import type { SchemaRegistry } from '#libs/schema-registry/schema-registry.ts';
import { CompiledSchemas } from './compiled-schemas.ts';
import type { SchemaLanguage } from './schema-language.ts';
import { SchemaResolver, type ResolverSettings } from './schema-resolver.ts';
import { SchemaSerde } from './schema-serde.ts';
import { SerializersBySchema } from './serializers-by-schema.ts';

export type SchemaFormatsSettings = ResolverSettings &
  Pick<SchemaRegistrySettings, 'caches'> & {
    /** Whether null is Kafka's null though there is a schema. */
    readonly nullIsTombstone: boolean;
  };

/** The formats whose data have a schema in a registry: one serde a language, all with the same registry and caches. */
export class SchemaFormats implements OnApplicationShutdown {
  /** There is no registry. */
  static readonly none = new SchemaFormats([], undefined, undefined);

  private constructor(
    readonly serdes: readonly SchemaSerde[],
    /** For schemas that say themselves which of the formats they are in. */
    readonly bySchema: SerializersBySchema | undefined,
    private readonly registry: SchemaRegistry | undefined,
  ) {}

  static of(
    registry: SchemaRegistry,
    languages: readonly SchemaLanguage[],
    settings: SchemaFormatsSettings,
  ): SchemaFormats {
    const compiled = new CompiledSchemas(registry, languages, settings.caches.maxSchemas);
    const resolver = new SchemaResolver(registry, compiled, settings);
    const { nullIsTombstone } = settings;
    const serdes = languages.map(
      (language) => new SchemaSerde(language, { compiled, resolver, nullIsTombstone }),
    );
    return new SchemaFormats(serdes, new SerializersBySchema(resolver, nullIsTombstone), registry);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.registry?.close();
  }
}
