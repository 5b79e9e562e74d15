import type { Random } from './random-json.ts';

type Schema = string | readonly Schema[] | { readonly [attribute: string]: unknown };

/** A schema, and what makes values of it in Avro's JSON encoding: unions tagged, members in the order of the fields. */
export interface RandomAvro {
  /** A record. */
  readonly schema: string;
  readonly value: (random: Random) => string;
}

type Write = (random: Random, depth: number) => string;

interface Made {
  readonly schema: Schema;
  readonly label: string;
  readonly write: Write;
}

/** @param options.modest only what avsc can, too: names of ASCII, longs that a number holds */
export function randomAvro(random: Random, options: { readonly modest?: boolean } = {}): RandomAvro {
  const made = new AvroMaker(random, options.modest ?? false).record(3, '');
  return { schema: JSON.stringify(made.schema), value: (from) => made.write(from, 0) };
}

const primitives: readonly Made[] = Object.entries<Write>({
  null: () => 'null',
  boolean: (random) => pick(random, ['true', 'false']),
  int: (random) =>
    pick(random, ['0', '-1', '63', '64', '-65', '2147483647', '-2147483648', String(random(100_000))]),
  long: (random) =>
    pick(random, [
      '0',
      '-1',
      '4503599627370496',
      '-4503599627370497',
      '9007199254740993',
      '-9007199254740993',
      '9223372036854775807',
      '-9223372036854775808',
      String(random(1_000_000_000) * 1000),
      String(-random(1_000_000_000)),
    ]),
  float: (random) => pick(random, ['0.0', '1.5', '-0.1', '3.4028234e38', '1e-45', '16777216.0', '-0.0']),
  double: (random) =>
    pick(random, [
      '0.0',
      '1.0',
      '-1.25',
      '0.1',
      '1e21',
      '1.7976931348623157e308',
      '5e-324',
      '1234567.891',
      '-0.0',
    ]),
  bytes: (random) => bytes(random, random(6)),
  string: (random) => string(random),
}).map(([type, write]) => ({ schema: type, label: type, write }));

class AvroMaker {
  #count = 0;
  readonly #named: Made[] = [];

  constructor(
    private readonly random: Random,
    private readonly modest: boolean,
  ) {}

  record(depth: number, namespace: string): Made {
    const { name, space, fullName } = this.#name(namespace);
    const fields: Record<string, unknown>[] = [];
    const writers: (readonly [name: string, write: Write])[] = [];
    const write: Write = (random, level) =>
      `{${writers.map(([field, writer]) => `${JSON.stringify(field)}:${writer(random, level + 1)}`).join(',')}}`;
    const made: Made = {
      schema: {
        type: 'record',
        name,
        ...space,
        ...(this.random(4) === 0 && { doc: 'what "it" is\n' }),
        ...(this.random(4) === 0 && { aliases: ['Old', 'other.Old'] }),
        fields,
        ...(this.random(5) === 0 && { 'x-kept': { b: [1, 'a', null], a: true } }),
      },
      label: fullName,
      write,
    };
    const inner = fullName.includes('.') ? fullName.slice(0, fullName.lastIndexOf('.')) : '';
    const count = this.random(7);
    for (let i = 0; i < count; i++) {
      // A record that contains itself must be able to end.
      const field = this.random(8) === 0 ? this.#optional(made) : this.#any(depth - 1, inner);
      const fieldName =
        pick(this.random, ['a', 'b_c', this.modest ? 'ne' : 'né', 'constructor', '__proto__', 'field']) +
        String(i);
      fields.push({
        name: fieldName,
        type: field.schema,
        ...(this.random(5) === 0 && { doc: 'é' }),
        ...(this.random(6) === 0 && { order: 'descending' }),
      });
      writers.push([fieldName, field.write]);
    }
    this.#named.push(made);
    return made;
  }

  #any(depth: number, namespace: string): Made {
    const choice = this.random(depth > 0 ? 16 : 9);
    if (choice < 8) return this.#primitive();
    switch (choice) {
      case 8: {
        if (this.#named.length === 0) return this.#primitive();
        const known = pick(this.random, this.#named);
        return { ...known, schema: known.label };
      }
      case 9:
        return this.#enum(namespace);
      case 10:
        return this.#fixed(namespace);
      case 11: {
        const items = this.#any(depth - 1, namespace);
        const write: Write = (random, level) =>
          `[${several(random, level, () => items.write(random, level + 1))}]`;
        return { schema: { type: 'array', items: items.schema }, label: 'array', write };
      }
      case 12: {
        const values = this.#any(depth - 1, namespace);
        const write: Write = (random, level) => {
          let index = 0;
          const member = (): string => `"k${index++}":${values.write(random, level + 1)}`;
          return `{${several(random, level, member)}}`;
        };
        return { schema: { type: 'map', values: values.schema }, label: 'map', write };
      }
      case 13:
        return this.record(depth - 1, namespace);
      default:
        return this.#union(depth - 1, namespace);
    }
  }

  #primitive(): Made {
    const primitive = pick(this.random, primitives);
    if (!this.modest || primitive.label !== 'long') return primitive;
    return { ...primitive, write: (random) => String(random(1_000_000_000) * 1000 - 123_456_789_000) };
  }

  #union(depth: number, namespace: string): Made {
    const branches = new Map<string, Made>();
    const count = 1 + this.random(4);
    for (let i = 0; i < count; i++) {
      const branch = this.#any(depth, namespace);
      if (!Array.isArray(branch.schema)) branches.set(branch.label, branches.get(branch.label) ?? branch);
    }
    return union([...branches.values()]);
  }

  #optional(made: Made): Made {
    const write: Write = (random, level) =>
      level > 6 || random(3) > 0 ? 'null' : `{${JSON.stringify(made.label)}:${made.write(random, level)}}`;
    return { schema: ['null', made.label], label: 'union', write };
  }

  #enum(namespace: string): Made {
    const { name, space, fullName } = this.#name(namespace);
    const symbols = ['A', 'B', 'LONG_SYMBOL', this.modest ? 'e' : 'é'];
    const made: Made = {
      schema: { type: 'enum', name, ...space, symbols, ...(this.random(2) === 0 && { default: 'A' }) },
      label: fullName,
      write: (random) => JSON.stringify(pick(random, symbols)),
    };
    this.#named.push(made);
    return made;
  }

  #fixed(namespace: string): Made {
    const { name, space, fullName } = this.#name(namespace);
    const size = this.random(5);
    const made: Made = {
      schema: { type: 'fixed', name, ...space, size },
      label: fullName,
      write: (random) => bytes(random, size),
    };
    this.#named.push(made);
    return made;
  }

  #name(around: string): { name: string; space: { namespace?: string }; fullName: string } {
    const name = `T${this.#count++}`;
    // avsc does not find a type without a namespace from within one.
    const usual = this.modest && around === '' ? 'x' : around;
    const namespace = pick(this.random, [usual, usual, 'x.y', 'z']);
    if (this.random(3) === 0 && namespace !== '') {
      return { name: `${namespace}.${name}`, space: {}, fullName: `${namespace}.${name}` };
    }
    return {
      name,
      space: namespace === around ? {} : { namespace },
      fullName: namespace === '' ? name : `${namespace}.${name}`,
    };
  }
}

function union(branches: readonly Made[]): Made {
  const write: Write = (random, level) => {
    const branch = branches[level > 6 ? 0 : random(branches.length)] ?? branches[0];
    if (branch === undefined || branch.label === 'null') return 'null';
    return `{${JSON.stringify(branch.label)}:${branch.write(random, level)}}`;
  };
  return branches.length === 0
    ? { schema: ['null'], label: 'union', write: () => 'null' }
    : { schema: branches.map(({ schema }) => schema), label: 'union', write };
}

/** Now and then so many that their number takes two bytes. */
function several(random: Random, level: number, item: () => string): string {
  const count = level < 2 && random(30) === 0 ? 70 : random(4);
  return Array.from({ length: count }, item).join(',');
}

function string(random: Random): string {
  const pieces = Array.from({ length: random(5) }, () =>
    pick(random, [
      'a',
      'word ',
      'é',
      '中',
      '😀',
      '\u0000',
      '\n',
      '"',
      '\\',
      '/',
      '\u007f',
      'a longer piece of text',
    ]),
  );
  return JSON.stringify(pieces.join(''));
}

function bytes(random: Random, count: number): string {
  const codes = Array.from({ length: count }, () => pick(random, [0, 10, 34, 65, 92, 127, 128, 200, 255]));
  return JSON.stringify(String.fromCharCode(...codes));
}

function pick<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[random(choices.length)];
  if (choice === undefined) throw new Error('Nothing to choose from');
  return choice;
}
