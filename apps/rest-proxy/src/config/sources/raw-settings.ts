/** One setting as it was given. */
export interface RawSetting {
  /** The whole key, prefixes included. */
  readonly key: string;
  readonly value: string;
  /** Where it was given, as an operator would look for it. */
  readonly origin: string;
}

/** Settings by the key under which they are read, which may lack a prefix of the key that was given. */
export class RawSettings {
  readonly #byKey: ReadonlyMap<string, RawSetting>;

  constructor(byKey: ReadonlyMap<string, RawSetting>) {
    this.#byKey = byKey;
  }

  /** The later of two with the same key counts. */
  static of(settings: Iterable<RawSetting>): RawSettings {
    return new RawSettings(new Map([...settings].map((setting) => [setting.key, setting])));
  }

  get(key: string): RawSetting | undefined {
    return this.#byKey.get(key);
  }

  entries(): readonly (readonly [string, RawSetting])[] {
    return [...this.#byKey];
  }

  filter(wanted: (key: string) => boolean): RawSettings {
    return new RawSettings(new Map([...this.#byKey].filter(([key]) => wanted(key))));
  }

  /** Only those whose key begins with `prefix`, without it. */
  under(prefix: string): RawSettings {
    const found = [...this.#byKey].filter(([key]) => key.startsWith(prefix) && key.length > prefix.length);
    return new RawSettings(new Map(found.map(([key, setting]) => [key.slice(prefix.length), setting])));
  }

  /** Those of `other` in addition, and in the place of the same. */
  overlaidBy(other: RawSettings): RawSettings {
    return new RawSettings(new Map([...this.#byKey, ...other.#byKey]));
  }
}
