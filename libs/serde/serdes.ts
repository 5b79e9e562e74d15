import type { EmbeddedFormat } from './embedded-format.ts';
import type { Serde } from './serde.ts';
import { noRegistry, WithoutRegistrySerde } from './without-registry-serde.ts';

/** The embedded formats that the proxy speaks. */
export class Serdes {
  readonly #serdes = new Map<EmbeddedFormat, Serde>();

  constructor(serdes: readonly Serde[]) {
    for (const serde of serdes) this.#serdes.set(serde.format, serde);
  }

  /**
   * The format's serde; one that refuses to serialise (42206, 42207) and to deserialise (42206) where the format needs
   * a schema registry and there is none.
   */
  of(format: EmbeddedFormat): Serde {
    return this.#serdes.get(format) ?? new WithoutRegistrySerde(format);
  }

  /** The format's serde, to read with. @throws {RestError} 42206 when the format needs a registry and there is none */
  toRead(format: EmbeddedFormat): Serde {
    const serde = this.#serdes.get(format);
    if (serde === undefined) throw noRegistry();
    return serde;
  }
}
