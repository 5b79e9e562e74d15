import { excerptOfString } from '../../json-text/excerpt.ts';
import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import {
  fullNameOf,
  labelOf,
  type AvroSchema,
  type EnumSchema,
  type NamedSchema,
  type PrimitiveName,
  type Properties,
  type RecordField,
} from './avro-schema.ts';
import { canonicalText } from './canonical-text.ts';
import { parseSchemaJson, schemaJsonText, type SchemaJson } from './schema-json.ts';

type Attributes = ReadonlyMap<string, SchemaJson>;

const primitives: ReadonlySet<string> = new Set<PrimitiveName>([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
]);
const legalName = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;

/**
 * Reads schemas as Java's parser does. Names that one schema defines are known to those that are read after it.
 *
 * Defaults are not checked: Confluent's registry takes schemas whose defaults do not fit, and their data must be read.
 */
export class AvroSchemaParser {
  readonly #named = new Map<string, NamedSchema>();
  /** Definitions of names that are defined already, beside the first. */
  #again: (readonly [first: NamedSchema, second: NamedSchema])[] = [];

  /** @throws {SchemaParseError} */
  parse(text: string): AvroSchema {
    this.#again = [];
    const schema = this.#schema(parseSchemaJson(text), '');
    this.#requireSame();
    return schema;
  }

  /** A type may be defined again, if it is the same. */
  #requireSame(): void {
    const texts = new Map<NamedSchema, string>();
    for (const [first, second] of this.#again) {
      const text = texts.get(first) ?? canonicalText(first);
      texts.set(first, text);
      if (text !== canonicalText(second)) {
        throw new SchemaParseError(`Defined twice, and not the same: ${fullNameOf(first)}`);
      }
    }
  }

  /** @param namespace of what is around it */
  #schema(json: SchemaJson, namespace: string): AvroSchema {
    if (typeof json === 'string') return this.#byName(json, namespace);
    if (isAttributes(json)) return this.#complex(json, namespace);
    if (isList(json)) return this.#union(json, namespace);
    throw new SchemaParseError(`Not a schema: ${shown(json)}`);
  }

  #byName(name: string, namespace: string): AvroSchema {
    const schema = this.#find(name, namespace);
    if (schema === undefined) throw new SchemaParseError(`Not a type, and not defined: ${shown(name)}`);
    return schema;
  }

  #find(name: string, namespace: string): AvroSchema | undefined {
    if (isPrimitive(name)) return { kind: 'primitive', type: name, properties: none };
    if (name.includes('.') || namespace === '') return this.#named.get(name);
    return this.#named.get(`${namespace}.${name}`) ?? this.#named.get(name);
  }

  #complex(attributes: Attributes, namespace: string): AvroSchema {
    const type = attributes.get('type');
    if (typeof type !== 'string') throw new SchemaParseError(`No type in ${shown(attributes)}`);
    if (isPrimitive(type)) {
      return { kind: 'primitive', type, properties: propertiesOf(attributes, ['type']) };
    }
    switch (type) {
      case 'record':
      case 'error':
        return this.#record(attributes, namespace, type === 'error');
      case 'enum':
        return this.#enum(attributes, namespace);
      case 'fixed':
        return this.#fixed(attributes, namespace);
      case 'array':
        return {
          kind: 'array',
          items: this.#schema(required(attributes, 'items', type), namespace),
          properties: propertiesOf(attributes, ['type', 'items']),
        };
      case 'map':
        return {
          kind: 'map',
          values: this.#schema(required(attributes, 'values', type), namespace),
          properties: propertiesOf(attributes, ['type', 'values']),
        };
      default:
        return this.#byName(type, namespace);
    }
  }

  #union(json: readonly SchemaJson[], namespace: string): AvroSchema {
    const branches = json.map((branch) => this.#schema(branch, namespace));
    const labels = new Set<string>();
    for (const branch of branches) {
      if (branch.kind === 'union') throw new SchemaParseError('A union must not be a branch of a union');
      const label = labelOf(branch);
      if (labels.has(label)) throw new SchemaParseError(`Twice in a union: ${shown(label)}`);
      labels.add(label);
    }
    return { kind: 'union', branches };
  }

  #record(attributes: Attributes, around: string, isError: boolean): AvroSchema {
    const fields: RecordField[] = [];
    const schema = {
      kind: 'record' as const,
      isError,
      fields,
      ...this.#name(attributes, around, ['type', 'name', 'namespace', 'doc', 'aliases', 'fields']),
    };
    // Before its fields: they may be of its own type.
    this.#define(schema);
    const names = new Set<string>();
    for (const field of list(attributes, 'fields', 'record')) {
      if (!isAttributes(field)) throw new SchemaParseError(`Not a field: ${shown(field)}`);
      const read = this.#field(field, schema.namespace);
      if (names.has(read.name)) throw new SchemaParseError(`Two fields of one name: ${shown(read.name)}`);
      names.add(read.name);
      fields.push(read);
    }
    return schema;
  }

  #field(attributes: Attributes, namespace: string): RecordField {
    const name = legal(text(attributes, 'name', 'field'));
    const order = attributes.get('order') ?? 'ascending';
    if (order !== 'ascending' && order !== 'descending' && order !== 'ignore') {
      throw new SchemaParseError(`Not an order: ${shown(order)}`);
    }
    return {
      name,
      schema: this.#schema(required(attributes, 'type', 'field'), namespace),
      doc: docOf(attributes),
      fallback: attributes.get('default'),
      order,
      aliases: aliasesOf(attributes),
      properties: propertiesOf(attributes, ['type', 'name', 'doc', 'default', 'order', 'aliases']),
    };
  }

  #enum(attributes: Attributes, around: string): AvroSchema {
    const symbols = list(attributes, 'symbols', 'enum').map((symbol) => {
      if (typeof symbol !== 'string') throw new SchemaParseError(`Not a symbol: ${shown(symbol)}`);
      return legal(symbol);
    });
    if (new Set(symbols).size < symbols.length)
      throw new SchemaParseError('Two symbols of one name in an enum');
    const fallback = attributes.get('default');
    if (fallback !== undefined && !symbols.some((symbol) => symbol === fallback)) {
      throw new SchemaParseError(`The default of an enum is none of its symbols: ${shown(fallback)}`);
    }
    const schema: EnumSchema = {
      kind: 'enum',
      symbols,
      fallback: typeof fallback === 'string' ? fallback : undefined,
      ...this.#name(attributes, around, [
        'type',
        'name',
        'namespace',
        'doc',
        'aliases',
        'symbols',
        'default',
      ]),
    };
    return this.#define(schema);
  }

  #fixed(attributes: Attributes, around: string): AvroSchema {
    const size = required(attributes, 'size', 'fixed');
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > mostBytes) {
      throw new SchemaParseError(`Not a size: ${shown(size)}`);
    }
    const known = ['type', 'name', 'namespace', 'doc', 'aliases', 'size'];
    return this.#define({ kind: 'fixed', size, ...this.#name(attributes, around, known) });
  }

  /** What named types have in common. @param known attributes that are no properties */
  #name(
    attributes: Attributes,
    around: string,
    known: readonly string[],
  ): Pick<NamedSchema, 'name' | 'namespace' | 'aliases' | 'doc' | 'properties'> {
    const given = text(attributes, 'name', text(attributes, 'type', 'schema'));
    const dot = given.lastIndexOf('.');
    const space = attributes.get('namespace') ?? around; // Java takes null for none.
    if (typeof space !== 'string') throw new SchemaParseError(`Not a namespace: ${shown(space)}`);
    const namespace = dot === -1 ? space : given.slice(0, dot);
    return {
      name: legal(given.slice(dot + 1)),
      namespace,
      aliases: aliasesOf(attributes).map((alias) =>
        alias.includes('.') ? alias : fullNameOf({ name: alias, namespace }),
      ),
      doc: docOf(attributes),
      properties: propertiesOf(attributes, known),
    };
  }

  #define<Schema extends NamedSchema>(schema: Schema): Schema {
    const fullName = fullNameOf(schema);
    if (isPrimitive(fullName)) throw new SchemaParseError(`The name of a primitive type: ${fullName}`);
    const known = this.#named.get(fullName);
    if (known === undefined) this.#named.set(fullName, schema);
    else this.#again.push([known, schema]);
    return schema;
  }
}

function isPrimitive(name: string): name is PrimitiveName {
  return primitives.has(name);
}

function isAttributes(json: SchemaJson | undefined): json is Attributes {
  return json instanceof Map;
}

function isList(json: SchemaJson | undefined): json is readonly SchemaJson[] {
  return Array.isArray(json);
}

function required(attributes: Attributes, name: string, type: string): SchemaJson {
  const value = attributes.get(name);
  if (value === undefined) throw new SchemaParseError(`A ${type} has no ${name}: ${shown(attributes)}`);
  return value;
}

function text(attributes: Attributes, name: string, type: string): string {
  const value = required(attributes, name, type);
  if (typeof value !== 'string') throw new SchemaParseError(`Not a ${name}: ${shown(value)}`);
  return value;
}

function list(attributes: Attributes, name: string, type: string): readonly SchemaJson[] {
  const value = required(attributes, name, type);
  if (!isList(value))
    throw new SchemaParseError(`The ${name} of a ${type} are not an array: ${shown(value)}`);
  return value;
}

function legal(name: string): string {
  if (!legalName.test(name)) throw new SchemaParseError(`Not a name: ${shown(name)}`);
  return name;
}

function docOf(attributes: Attributes): string | undefined {
  const doc = attributes.get('doc');
  return typeof doc === 'string' ? doc : undefined;
}

function aliasesOf(attributes: Attributes): readonly string[] {
  const aliases = attributes.get('aliases');
  if (aliases === undefined || aliases === null) return [];
  if (!isList(aliases)) throw new SchemaParseError(`Aliases are not an array: ${shown(aliases)}`);
  return aliases.map((alias) => {
    if (typeof alias !== 'string') throw new SchemaParseError(`Not an alias: ${shown(alias)}`);
    return alias;
  });
}

function propertiesOf(attributes: Attributes, known: readonly string[]): Properties {
  const properties = [...attributes].filter(([name]) => !known.includes(name));
  return properties.length === 0 ? none : new Map(properties);
}

function shown(json: SchemaJson): string {
  return excerptOfString(schemaJsonText(json));
}

const none: Properties = new Map();
/** Of a fixed: more cannot be in a record. */
const mostBytes = 2 ** 31 - 1;
