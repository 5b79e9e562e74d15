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
  /** The default as an operator would write it, or a word on what happens without it. */
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

interface Options {
  readonly doc: string;
  readonly stance?: Stance;
}

interface IntOptions extends Options {
  readonly min?: number;
  readonly max?: number;
}

export const noEffect = (why: string): Stance => ({ kind: 'no effect', why });
export const notSupported = (why: string): Stance => ({ kind: 'not supported', why });
export const refused = (why: string): Stance => ({ kind: 'refused', why });

const largestInt = 2 ** 31 - 1;
const largestLong = Number.MAX_SAFE_INTEGER;

export const int = (fallback: number, options: IntOptions): Setting<number> => {
  const { min = 0, max = largestInt } = options;
  return {
    ...base(options),
    type: range(min, max),
    fallback,
    defaultText: String(fallback),
    parse: (given) => integer(given, min, max),
  };
};

export const long = (fallback: number, options: IntOptions): Setting<number> =>
  int(fallback, { max: largestLong, ...options });

/** An integer that may be left out; `unset` says what happens then. */
export const optionalInt = (unset: string, options: IntOptions): Setting<number | undefined> => ({
  ...int(0, options),
  fallback: undefined,
  defaultText: unset,
});

const integer = (text: string, min: number, max: number): number => {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) throw new InvalidValue('must be an integer');
  if (number < min || number > max) throw new InvalidValue(`must be ${range(min, max)}`);
  return number;
};

const range = (min: number, max: number): string =>
  max >= largestInt ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`;

export const bool = (fallback: boolean, options: Options): Setting<boolean> => ({
  ...base(options),
  type: 'true or false',
  fallback,
  defaultText: String(fallback),
  parse: (given) => {
    const lower = given.toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw new InvalidValue('must be true or false');
    return lower === 'true';
  },
});

export const text = (fallback: string, options: Options): Setting<string> => ({
  ...base(options),
  type: 'text',
  fallback,
  defaultText: fallback,
  parse: (given) => given,
});

export const secret = (options: Options): Setting<string> => ({
  ...text('', options),
  type: 'secret',
  secret: true,
});

/** Items separated by commas. */
export const list = (fallback: readonly string[], options: Options): Setting<readonly string[]> => ({
  ...base(options),
  type: 'list',
  fallback,
  defaultText: fallback.join(','),
  parse: splitList,
});

export function splitList(given: string): readonly string[] {
  return given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** One of a few words, in whatever case; the value has the case of `words`. */
export const oneOf = <const Word extends string>(
  words: readonly Word[],
  fallback: NoInfer<Word>,
  options: Options,
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

/** A text of its own form. `parse` throws InvalidValue, and takes `defaultText`. */
export const parsed = <T>(
  type: string,
  defaultText: string,
  parse: (given: string) => T,
  options: Options,
): Setting<T> => ({ ...base(options), type, defaultText, fallback: parse(defaultText), parse });

/** The name of a Java class, of which the part after the last dot or dollar counts; "" for none. */
export const javaClass = <const Name extends string>(
  names: readonly Name[],
  options: Options,
): Setting<Name | ''> =>
  parsed<Name | ''>(
    'class',
    '',
    (given) => {
      if (given === '') return '';
      const simple = given.slice(Math.max(given.lastIndexOf('.'), given.lastIndexOf('$')) + 1);
      const name = names.find((candidate) => candidate === simple);
      if (name === undefined) throw new InvalidValue(`must be one of ${names.join(', ')}`);
      return name;
    },
    options,
  );

/** A setting that nothing is made of: its text is not looked at. */
export const unused = (defaultText: string, stance: Stance, doc = ''): Setting<string> => ({
  ...text(defaultText, { doc, stance }),
});

function base({ doc, stance }: Options): Pick<Setting<never>, 'doc' | 'stance' | 'secret'> {
  return { doc, stance: stance ?? { kind: 'honoured' }, secret: false };
}
