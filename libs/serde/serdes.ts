import type { EmbeddedFormat } from './embedded-format.ts';
import type { RecordFormat } from './record-format.ts';
import type { RecordSerializer, Serde, SerializationTarget } from './serde.ts';
import { noRegistry, WithoutRegistrySerde } from './without-registry-serde.ts';

/** Makes serializers of whatever format the schema is in that the target selects. */
export interface SchemaSerializers {
  /** @throws {RestError} when the schema cannot be had */
  serializer(target: SerializationTarget): RecordSerializer | Promise<RecordSerializer>;
}

/** The embedded formats that the proxy speaks. */
export class Serdes {
  readonly #serdes = new Map<RecordFormat, Serde>();

  /** @param bySchema for targets whose schema says the format; absent without a registry */
  constructor(
    serdes: readonly Serde[],
    private readonly bySchema?: SchemaSerializers,
  ) {
    for (const serde of serdes) this.#serdes.set(serde.format, serde);
  }

  /**
   * The format's serde; one that refuses to serialise (42206, 42207) and to deserialise (42206) where the format needs
   * a schema registry and there is none.
   */
  of(format: RecordFormat): Serde {
    return this.#serdes.get(format) ?? new WithoutRegistrySerde(format);
  }

  /**
   * Writes in the format of the schema that is selected by id or version.
   *
   * @throws {RestError} when the schema cannot be had; 42206 when there is no registry
   */
  ofSchema(target: SerializationTarget): RecordSerializer | Promise<RecordSerializer> {
    if (this.bySchema === undefined) throw noRegistry();
    return this.bySchema.serializer(target);
  }

  /** The format's serde, to read with. @throws {RestError} 42206 when the format needs a registry and there is none */
  toRead(format: EmbeddedFormat): Serde {
    const serde = this.#serdes.get(format);
    if (serde === undefined) throw noRegistry();
    return serde;
  }
}
