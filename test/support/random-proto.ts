import type { Random } from './random-json.ts';

/** A random schema of Protobuf, and random data for its first message. */
export interface RandomProto {
  readonly schema: string;
  /** Full name of the message. */
  readonly message: string;
  readonly hasMaps: boolean;
  /** JSON text as some client may write it. */
  value(random: Random): string;
}

type ValueMaker = (random: Random, depth: number) => string;

interface Field {
  readonly name: string;
  readonly jsonName: string;
  readonly value: ValueMaker;
  readonly required: boolean;
  /** -1 for none. */
  readonly oneof: number;
}

/** @param options.modest only what protobufjs can, too: no well-known types, not all keys */
export function randomProto(
  random: Random,
  syntax: 'proto2' | 'proto3',
  options: { readonly modest?: boolean } = {},
): RandomProto {
  return new Generator(random, syntax, options.modest ?? false).make();
}

class Generator {
  readonly #messages: Field[][];
  #hasMaps = false;

  constructor(
    private readonly random: Random,
    private readonly syntax: 'proto2' | 'proto3',
    private readonly modest: boolean,
  ) {
    this.#messages = Array.from({ length: 1 + random(3) }, () => []);
  }

  make(): RandomProto {
    const bodies = this.#messages.map((_, index) => this.#message(index));
    const schema = [
      `syntax = "${this.syntax}"; package p.q;`,
      ...(this.modest ? [] : imports),
      ...bodies,
      'enum Color { RED = 0; GREEN = 1; DARK_BLUE = -7; BIG = 2147483647; }',
    ].join('\n');
    const hasMaps = this.#hasMaps || schema.includes('.Struct') || schema.includes('protobuf.Value');
    return { schema, message: 'p.q.M0', hasMaps, value: (random) => this.#object(random, 0, 0) };
  }

  #message(index: number): string {
    const { random } = this;
    const used = new Set<number>();
    const lines: string[] = [];
    let oneof: { readonly number: number; left: number } | undefined;
    let oneofs = 0;
    for (let i = random(index === 0 ? 14 : 6); i >= 0; i--) {
      let number = 1 + random(random(8) === 0 ? 5000 : 25);
      while (used.has(number)) number++;
      used.add(number);
      const name = pick(random, [`f${i}`, `some_field_${i}`, `_x${i}`, `Caps${i}`, `a__b_${i}c`]);
      const custom = random(8) === 0 ? `x-${i} é` : undefined;
      const option = custom === undefined ? '' : ` [json_name = ${JSON.stringify(custom)}]`;
      const jsonName = custom ?? name.replace(/_+([^_]?)/g, (_match, letter: string) => letter.toUpperCase());
      if (oneof === undefined && random(6) === 0) {
        oneof = { number: oneofs++, left: 1 + random(3) };
        lines.push(`oneof o${oneof.number} {`);
      }
      const field = this.#field(name, number, option, oneof !== undefined);
      lines.push(field.text);
      this.#messages[index]?.push({ name, jsonName, ...field, oneof: oneof?.number ?? -1 });
      if (oneof !== undefined && --oneof.left === 0) {
        lines.push('}');
        oneof = undefined;
      }
    }
    if (oneof !== undefined) lines.push('}');
    return `message M${index} {\n  ${lines.join('\n  ')}\n}`;
  }

  #field(
    name: string,
    number: number,
    option: string,
    inOneof: boolean,
  ): { readonly text: string; readonly value: ValueMaker; readonly required: boolean } {
    const { random } = this;
    const [type, value] = this.#type();
    const rest = `${name} = ${number}${option};`;
    if (inOneof) return { text: `${type} ${rest}`, value, required: false };
    switch (random(5)) {
      case 0:
        return { text: `repeated ${type} ${rest}`, value: arrayOf(value), required: false };
      case 1: {
        const keysOf = this.modest ? modestKeyTypes : keyTypes;
        const [key, keys] = pick(random, keysOf);
        this.#hasMaps = true;
        return { text: `map<${key}, ${type}> ${rest}`, value: mapOf(keys, value), required: false };
      }
      case 2: {
        const required = this.syntax === 'proto2' && random(3) === 0 && !type.startsWith('M');
        return { text: `${required ? 'required' : 'optional'} ${type} ${rest}`, value, required };
      }
      default:
        return {
          text: `${this.syntax === 'proto2' ? 'optional ' : ''}${type} ${rest}`,
          value,
          required: false,
        };
    }
  }

  #type(): readonly [type: string, value: ValueMaker] {
    const { random } = this;
    const chosen = random(this.modest ? 7 : 10);
    if (chosen < 5) return pick(random, scalarTypes);
    if (chosen === 5) {
      return ['Color', (random) => pick(random, ['"RED"', '"GREEN"', '"DARK_BLUE"', '1', '"BIG"', '-7'])];
    }
    if (chosen > 6) return pick(random, wellKnownTypes);
    const index = random(this.#messages.length);
    return [`M${index}`, (random, depth) => this.#object(random, index, depth + 1)];
  }

  #object(random: Random, index: number, depth: number): string {
    const chosen = new Set<number>();
    const members: string[] = [];
    for (const field of this.#messages[index] ?? []) {
      const { name, jsonName, value, required, oneof } = field;
      if (!required && (depth > 3 || random(3) === 0 || chosen.has(oneof))) continue;
      if (oneof !== -1) chosen.add(oneof);
      const isNull = !required && oneof === -1 && random(12) === 0;
      const shown = random(3) === 0 ? name : jsonName;
      members.push(`${JSON.stringify(shown)}:${isNull ? 'null' : value(random, depth)}`);
    }
    if (random(2) === 0) shuffle(random, members);
    return `{${members.join(',')}}`;
  }
}

const arrayOf =
  (value: ValueMaker): ValueMaker =>
  (random, depth) =>
    `[${Array.from({ length: random(4) }, () => value(random, depth)).join(',')}]`;

const mapOf =
  (keys: readonly string[], value: ValueMaker): ValueMaker =>
  (random, depth) =>
    `{${shuffle(random, [...keys])
      .slice(0, random(keys.length + 1))
      .map((key) => `${JSON.stringify(key)}:${value(random, depth)}`)
      .join(',')}}`;

const oneOf =
  (...texts: readonly string[]): ValueMaker =>
  (random) =>
    pick(random, texts);

/** Integers of so many bits, as numbers and as strings, at and between their ends. */
function integers(bits: number, signed: boolean): ValueMaker {
  const most = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  const least = signed ? -most - 1n : 0n;
  return (random) => {
    const value = pick(random, [
      0n,
      1n,
      127n,
      128n,
      300n,
      most,
      least,
      most / 3n,
      least / 3n,
      most - 1n,
      least + 1n,
      65_536n,
      ...(bits === 64 ? [9_007_199_254_740_993n, 4_294_967_296n, 2_147_483_648n] : []),
    ]);
    return random(3) === 0 ? `"${value}"` : `${value}`;
  };
}

const texts = oneOf('""', '"a"', '"é€😀"', '"\\"\\\\\\n\\u0001"', `"${'long '.repeat(40)}"`, '"null"');
const doubles = oneOf(
  '0',
  '-0.0',
  '1',
  '1.5',
  '-2.25',
  '1e10',
  '0.1',
  '123456.789',
  '"2.5"',
  '"NaN"',
  '"-Infinity"',
);
const floats = oneOf(
  '0',
  '-0.0',
  '1',
  '0.1',
  '16777216',
  '3.4e38',
  '-1.5e-30',
  '"0.25"',
  '"NaN"',
  '"Infinity"',
);
const bytes = oneOf('""', '"AA=="', '"/+8="', '"_-8"', '"AAECAwQFBgc="', '"aGVsbG8"');

const scalarTypes: readonly (readonly [string, ValueMaker])[] = [
  ['double', doubles],
  ['float', floats],
  ['int32', integers(32, true)],
  ['int64', integers(64, true)],
  ['uint32', integers(32, false)],
  ['uint64', integers(64, false)],
  ['sint32', integers(32, true)],
  ['sint64', integers(64, true)],
  ['fixed32', integers(32, false)],
  ['fixed64', integers(64, false)],
  ['sfixed32', integers(32, true)],
  ['sfixed64', integers(64, true)],
  ['bool', oneOf('true', 'false')],
  ['string', texts],
  ['bytes', bytes],
];

const keyTypes: readonly (readonly [string, readonly string[]])[] = [
  ['string', ['', 'a', 'é"', '__proto__', 'constructor']],
  ['int32', ['0', '-1', '2147483647']],
  ['int64', ['0', '-9223372036854775808', '5']],
  ['uint64', ['18446744073709551615', '0']],
  ['sint32', ['-5', '6']],
  ['fixed32', ['4294967295']],
  ['bool', ['true', 'false']],
];

const modestKeyTypes = keyTypes
  .filter(([key]) => !key.endsWith('64') && key !== 'bool')
  .map(([key, keys]) => [key, keys.filter((name) => name !== '__proto__')] as const);

const json: ValueMaker = (random, depth) =>
  pick(random, [
    'null',
    'true',
    'false',
    '0',
    '-1.5',
    '1e100',
    '""',
    '"x"',
    '[]',
    '{}',
    ...(depth > 3 ? [] : [arrayOf(json)(random, depth + 1), mapOf(['a', 'b'], json)(random, depth + 1)]),
  ]);

const wellKnownTypes: readonly (readonly [string, ValueMaker])[] = [
  [
    'google.protobuf.Timestamp',
    oneOf(
      '"1970-01-01T00:00:00Z"',
      '"2024-02-29T23:59:59.123456789Z"',
      '"0001-01-01T00:00:00Z"',
      '"9999-12-31T23:59:59.999999999Z"',
      '"1969-12-31T23:59:59.5Z"',
      '"2030-01-31T12:00:00.1234+05:30"',
    ),
  ],
  ['google.protobuf.Duration', oneOf('"0s"', '"1.5s"', '"-0.000001s"', '"315576000000s"', '"-3.000000001s"')],
  ['google.protobuf.FieldMask', oneOf('""', '"a"', '"user.displayName,photo"')],
  ['google.protobuf.Struct', mapOf(['a', 'b', 'é'], json)],
  ['google.protobuf.Value', json],
  ['google.protobuf.ListValue', arrayOf(json)],
  ['google.protobuf.Empty', oneOf('{}')],
  ['google.protobuf.DoubleValue', doubles],
  ['google.protobuf.FloatValue', floats],
  ['google.protobuf.Int64Value', integers(64, true)],
  ['google.protobuf.UInt64Value', integers(64, false)],
  ['google.protobuf.Int32Value', integers(32, true)],
  ['google.protobuf.UInt32Value', integers(32, false)],
  ['google.protobuf.BoolValue', oneOf('true', 'false')],
  ['google.protobuf.StringValue', texts],
  ['google.protobuf.BytesValue', bytes],
  [
    'google.protobuf.Any',
    oneOf(
      '{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.5s"}',
      '{"value":{"a":1},"@type":"type.googleapis.com/google.protobuf.Struct"}',
      '{"@type":"type.googleapis.com/google.protobuf.Empty"}',
    ),
  ],
];

const imports = ['any', 'duration', 'empty', 'field_mask', 'struct', 'timestamp', 'wrappers'].map(
  (name) => `import "google/protobuf/${name}.proto";`,
);

function pick<T>(random: Random, from: readonly T[]): T {
  const picked = from[random(from.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

function shuffle<T>(random: Random, items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const other = random(i + 1);
    [items[i], items[other]] = [items[other] as T, items[i] as T];
  }
  return items;
}
