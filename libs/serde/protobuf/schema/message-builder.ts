import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import type { ProtoEnum, ProtoField, ProtoMessage } from './proto-file.ts';
import { join } from './proto-file.ts';
import type { SchemaBudget } from './schema-budget.ts';

/** A message that is being put together, and checked for what would make its data ambiguous. */
export class MessageBuilder {
  readonly fields: ProtoField[] = [];
  readonly messages: ProtoMessage[] = [];
  readonly groups: ProtoMessage[] = [];
  readonly enums: ProtoEnum[] = [];
  readonly fullName: string;
  readonly #numbers = new Set<number>();
  readonly #names = new Set<string>();

  constructor(
    scope: string,
    readonly name: string,
    private readonly budget: SchemaBudget,
  ) {
    this.fullName = join(scope, name);
    budget.define();
  }

  addField(field: ProtoField): void {
    this.budget.define();
    const { name, number } = field;
    const place = `${this.fullName}.${name}`;
    if (!(number >= 1 && number <= mostNumber) || (number >= firstReserved && number <= lastReserved)) {
      throw new SchemaParseError(`Field ${place} cannot have number ${number}`);
    }
    if (this.#numbers.has(number)) {
      throw new SchemaParseError(`Field ${place} has number ${number}, which another field has`);
    }
    if (this.#names.has(name)) throw new SchemaParseError(`Field ${place} is there twice`);
    this.#numbers.add(number);
    this.#names.add(name);
    this.fields.push(field);
  }

  build(isMapEntry = false): ProtoMessage {
    const { name, fullName, fields, messages, groups, enums } = this;
    return { kind: 'message', name, fullName, fields, messages, groups, enums, isMapEntry };
  }
}

/** @throws {SchemaParseError} when it has no values, or wrong ones */
export function enumOf(
  scope: string,
  name: string,
  values: readonly (readonly [name: string, number: number])[],
  closed: boolean,
): ProtoEnum {
  const fullName = join(scope, name);
  const first = values[0];
  if (first === undefined) throw new SchemaParseError(`Enum ${fullName} has no values`);
  if (!closed && first[1] !== 0) {
    throw new SchemaParseError(`The first value of enum ${fullName} must be 0`);
  }
  const names = new Set<string>();
  for (const [value, number] of values) {
    if (number !== (number | 0)) throw new SchemaParseError(`${fullName}.${value} cannot be ${number}`);
    if (names.has(value)) throw new SchemaParseError(`${fullName}.${value} is there twice`);
    names.add(value);
  }
  return { kind: 'enum', name, fullName, values, closed };
}

const mostNumber = 536_870_911;
const firstReserved = 19_000;
const lastReserved = 19_999;
