/** What the proxy makes of a setting. */
export type Stance =
  | { readonly kind: 'honoured' }
  /** Read and checked; nothing follows from it, as in the original or because it speaks of the JVM. */
  | { readonly kind: 'no effect'; readonly why: string }
  /** Anything but the default brings a warning at start. */
  | { readonly kind: 'not supported'; readonly why: string }
  /** Anything but the default stops the start: going on would be unsafe. */
  | { readonly kind: 'refused'; readonly why: string };

/** One setting: a row of the reference, and how its text becomes a value. */
export interface Setting<T> {
  /** Type and range, for the reference. */
  readonly type: string;
  /** The default as an operator would write it; "" for an empty text or none. */
  readonly defaultText: string;
  readonly fallback: T;
  /** @throws {InvalidValue} */
  readonly parse: (text: string) => T;
  readonly doc: string;
  readonly stance: Stance;
  /** Never shown, not even in an error. */
  readonly secret: boolean;
}

export type SettingTable = Readonly<Record<string, Setting<unknown>>>;

/** The typed values of a table. */
export type ValuesOf<Table extends SettingTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer T> ? T : never;
};

/** The text is not a value of the setting; the message continues "key: ". */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue';
}

interface Common {
  readonly doc: string;
  readonly stance?: Stance;
}

export const honoured: Stance = { kind: 'honoured' };
export const noEffect = (why: string): Stance => ({ kind: 'no effect', why });
export const notSupported = (why: string): Stance => ({ kind: 'not supported', why });
export const refused = (why: string): Stance => ({ kind: 'refused', why });

const integer = (text: string, min: number, max: number): number => {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) throw new InvalidValue('must be an integer');
  if (number < min || number > max) throw new InvalidValue(`must be ${range(min, max)}`);
  return number;
};

const largestInt = 2 ** 31 - 1;
const largestLong = Number.MAX_SAFE_INTEGER;

const range = (min: number, max: number): string =>
  max >= largestInt ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`;

interface IntOptions extends Common {
  readonly min?: number;
  readonly max?: number;
}

export const int = (fallback: number, options: IntOptions): Setting<number> => ({
  ...base(options),
  type: range(options.min ?? 0, options.max ?? largestInt),
  fallback,
  defaultText: String(fallback),
  parse: (text) => integer(text, options.min ?? 0, options.max ?? largestInt),
});

export const long = (fallback: number, options: IntOptions): Setting<number> =>
  int(fallback, { max: largestLong, ...options });

/** An integer that may be left out; `unset` says what happens then. */
export const optionalInt = (unset: string, options: IntOptions): Setting<number | undefined> => ({
  ...int(0, options),
  fallback: undefined,
  defaultText: unset,
});

export const bool = (fallback: boolean, options: Common): Setting<boolean> => ({
  ...base(options),
  type: 'true or false',
  fallback,
  defaultText: String(fallback),
  parse: (text) => {
    const lower = text.toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw new InvalidValue('must be true or false');
    return lower === 'true';
  },
});

export const text = (fallback: string, options: Common): Setting<string> => ({
  ...base(options),
  type: 'text',
  fallback,
  defaultText: fallback,
  parse: (given) => given,
});

export const secret = (options: Common): Setting<string> => ({
  ...text('', options),
  type: 'secret',
  secret: true,
});

/** Items separated by commas. */
export const list = (fallback: readonly string[], options: Common): Setting<readonly string[]> => ({
  ...base(options),
  type: 'list',
  fallback,
  defaultText: fallback.join(','),
  parse: (given) => splitList(given),
});

export const splitList = (given: string): readonly string[] =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** One of a few words, in whatever case; the value has the case of `words`. */
export const oneOf = <const Word extends string>(
  words: readonly Word[],
  fallback: NoInfer<Word>,
  options: Common,
): Setting<Word> => ({
  ...base(options),
  type: words.join(', '),
  fallback,
  defaultText: fallback,
  parse: (given) => {
    const word = words.find((candidate) => candidate.toLowerCase() === given.toLowerCase());
    if (word === undefined) throw new InvalidValue(`must be one of ${words.join(', ')}`);
    return word;
  },
});

/** A text of its own form. `parse` throws InvalidValue. */
export const parsed = <T>(
  type: string,
  defaultText: string,
  parse: (given: string) => T,
  options: Common,
): Setting<T> => ({ ...base(options), type, defaultText, fallback: parse(defaultText), parse });

const base = (options: Common): Pick<Setting<never>, 'doc' | 'stance' | 'secret'> => ({
  doc: options.doc,
  stance: options.stance ?? honoured,
  secret: false,
});
