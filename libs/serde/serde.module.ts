import { Module, type DynamicModule } from '@nestjs/common';
import { CachedSchemaRegistry } from '#libs/schema-registry/cached-schema-registry.ts';
import { RegistryWhenNeeded } from '#libs/schema-registry/registry-when-needed.ts';
import type { SchemaRegistrySettings } from '#libs/schema-registry/schema-registry-settings.ts';
import { AvroLanguage } from './avro/avro-language.ts';
import type { AvroCodecOptions } from './avro/codec/compile-codec.ts';
import { BinarySerde } from './binary/binary-serde.ts';
import { JsonSerde } from './json/json-serde.ts';
import { JsonSchemaLanguage } from './jsonschema/json-schema-language.ts';
import { ProtobufLanguage } from './protobuf/protobuf-language.ts';
import { SchemaFormats } from './schema/schema-formats.ts';
import { Serdes } from './serdes.ts';
import { StringSerde } from './string/string-serde.ts';

export interface SerdeSettings {
  /** undefined: schema formats are off. */
  readonly schemaRegistry: SchemaRegistrySettings | undefined;
  /** Null data with a schema is Kafka's null; otherwise it is null by the schema. */
  readonly nullWithSchemaIsTombstone: boolean;
  readonly avro: AvroCodecOptions;
}

/** The embedded formats, for the whole application. */
@Module({})
export class SerdeModule {
  static forRoot(settings: SerdeSettings): DynamicModule {
    return {
      module: SerdeModule,
      global: true,
      providers: [
        { provide: SchemaFormats, useFactory: () => schemaFormats(settings) },
        {
          provide: Serdes,
          useFactory: (formats: SchemaFormats) =>
            new Serdes(
              [new BinarySerde(), new JsonSerde(), new StringSerde(), ...formats.serdes],
              formats.bySchema,
            ),
          inject: [SchemaFormats],
        },
      ],
      exports: [Serdes],
    };
  }
}

function schemaFormats({ schemaRegistry, nullWithSchemaIsTombstone, avro }: SerdeSettings): SchemaFormats {
  if (schemaRegistry === undefined) return SchemaFormats.none;
  const registry = new RegistryWhenNeeded(async () => {
    const { ConfluentSchemaRegistry } =
      await import('#libs/schema-registry/confluent/confluent-schema-registry.ts');
    return new ConfluentSchemaRegistry(schemaRegistry);
  });
  return SchemaFormats.of(
    new CachedSchemaRegistry(registry, schemaRegistry.caches),
    [new AvroLanguage(avro), new ProtobufLanguage(), new JsonSchemaLanguage()],
    {
      ...schemaRegistry,
      nullIsTombstone: nullWithSchemaIsTombstone,
    },
  );
}
