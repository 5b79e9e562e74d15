import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import { DeserializationError } from '../../serde.ts';
import { DescriptorFields } from './descriptor-fields.ts';
import { enumOf, MessageBuilder } from './message-builder.ts';
import {
  featuresOf,
  isScalarType,
  type Features,
  type OptionValue,
  type ProtoEnum,
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
  type ScalarType,
} from './proto-file.ts';
import { featuresWith } from './proto-options.ts';
import { unescapedBytes } from './proto-tokens.ts';
import { maxDeclarationDepth, type SchemaBudget } from './schema-budget.ts';

/**
 * Reads a FileDescriptorProto in base64: what Confluent's client for Python, for one, registers as the schema.
 *
 * @returns undefined when it is not one
 * @throws {SchemaParseError} when it is one that cannot be used
 */
export function parseDescriptor(text: string, budget: SchemaBudget): ProtoFile | undefined {
  const trimmed = text.trim();
  if (!/^[\w+/-]+=*$/.test(trimmed)) return undefined;
  try {
    const file = new DescriptorFields(Buffer.from(trimmed, 'base64'));
    if (file.string(1) === undefined) return undefined;
    return new DescriptorReader(file, budget).read();
  } catch (error) {
    if (error instanceof DeserializationError) return undefined;
    throw error;
  }
}

/** What a field of descriptor.proto is called by its number is written beside it. */
class DescriptorReader {
  readonly #syntax: 'proto2' | 'proto3' | 'editions';

  constructor(
    private readonly file: DescriptorFields,
    private readonly budget: SchemaBudget,
  ) {
    const syntax = file.string(12) ?? 'proto2';
    if (syntax !== 'proto2' && syntax !== 'proto3' && syntax !== 'editions') {
      throw new SchemaParseError(`The syntax ${syntax} is not known`);
    }
    this.#syntax = syntax;
  }

  read(): ProtoFile {
    const { file } = this;
    const packageName = file.string(2) ?? '';
    const features = featuresWith(featuresOf[this.#syntax], optionsOf(file.message(8), 50));
    return {
      packageName,
      imports: file.strings(3),
      messages: file.messages(4).map((message) => this.#message(message, packageName, features, 0)),
      enums: file.messages(5).map((type) => this.#enum(type, packageName, features)),
    };
  }

  #message(fields: DescriptorFields, scope: string, outer: Features, depth: number): ProtoMessage {
    if (depth === maxDeclarationDepth) {
      throw new SchemaParseError(`Messages are declared more than ${maxDeclarationDepth} deep`);
    }
    const message = new MessageBuilder(scope, fields.string(1) ?? '', this.budget);
    const options = fields.message(7);
    const features = featuresWith(outer, optionsOf(options, 12));
    for (const nested of fields.messages(3)) {
      message.messages.push(this.#message(nested, message.fullName, features, depth + 1));
    }
    for (const type of fields.messages(4)) message.enums.push(this.#enum(type, message.fullName, features));
    const entries = new Map(
      message.messages.filter(({ isMapEntry }) => isMapEntry).map((entry) => [`.${entry.fullName}`, entry]),
    );
    for (const field of fields.messages(2)) message.addField(this.#field(field, features, entries));
    return message.build(options.number(7) === 1);
  }

  #field(fields: DescriptorFields, outer: Features, entries: ReadonlyMap<string, ProtoMessage>): ProtoField {
    const typeNumber = fields.number(5) ?? 0;
    const typeName = fields.string(6) ?? '';
    const options = optionsOf(fields.message(8), 21, 2);
    const features = featuresWith(outer, options);
    const label = fields.number(4);
    // proto3's optional fields are each in a oneof that nobody has written.
    const proto3Optional = fields.number(17) === 1;
    const oneof = proto3Optional ? undefined : fields.number(9);
    let { presence } = features;
    if (label === REQUIRED) presence = 'required';
    else if (proto3Optional || oneof !== undefined) presence = 'explicit';
    const field = {
      name: fields.string(1) ?? '',
      number: fields.number(3) ?? 0,
      jsonName: fields.string(10),
      defaultValue: defaultOf(fields.string(7), typeNumber),
      oneof,
      proto3Optional,
      features: { ...features, presence, delimited: typeNumber === GROUP || features.delimited },
    };
    const [key, value] = entries.get(typeName)?.fields ?? [];
    if (key !== undefined && value !== undefined && isScalarType(key.type)) {
      return { ...field, repeated: false, type: value.type, mapKey: key.type };
    }
    const type = typeName === '' ? scalarOf(typeNumber) : typeName;
    return { ...field, repeated: label === REPEATED, type, mapKey: undefined };
  }

  #enum(fields: DescriptorFields, scope: string, outer: Features): ProtoEnum {
    this.budget.define();
    const values = fields.messages(2).map((value) => {
      this.budget.define();
      return [value.string(1) ?? '', value.number(2) ?? 0] as const;
    });
    const { closedEnums } = featuresWith(outer, optionsOf(fields.message(3), 7));
    return enumOf(scope, fields.string(1) ?? '', values, closedEnums);
  }
}

/** @param featuresField where the options have their features; @param packedField where, if at all, whether it is packed */
function optionsOf(
  options: DescriptorFields,
  featuresField: number,
  packedField?: number,
): ReadonlyMap<string, OptionValue> {
  const read = new Map<string, OptionValue>();
  const packed = packedField === undefined ? undefined : options.number(packedField);
  if (packed !== undefined) read.set('packed', packed === 0 ? 'false' : 'true');
  const features = options.message(featuresField);
  for (const [field, name, values] of featureFields) {
    const value = values[features.number(field) ?? 0];
    if (value !== undefined && value !== '') read.set(name, value);
  }
  return read;
}

function defaultOf(text: string | undefined, type: number): OptionValue | undefined {
  if (text === undefined) return undefined;
  if (type === STRING) return Buffer.from(text);
  return type === BYTES ? unescapedBytes(text) : text;
}

function scalarOf(type: number): ScalarType {
  const scalar = scalarsByNumber[type];
  if (scalar === undefined || scalar === '') throw new SchemaParseError(`There is no type ${type}`);
  return scalar;
}

const REQUIRED = 2;
const REPEATED = 3;
const STRING = 9;
const GROUP = 10;
const BYTES = 12;
const scalarsByNumber: readonly (ScalarType | '')[] = [
  ...(['', 'double', 'float', 'int64', 'uint64', 'int32', 'fixed64', 'fixed32', 'bool', 'string'] as const),
  ...(['', '', 'bytes', 'uint32', '', 'sfixed32', 'sfixed64', 'sint32', 'sint64'] as const),
];
const featureFields: readonly (readonly [field: number, name: string, values: readonly string[]])[] = [
  [1, 'features.field_presence', ['', 'EXPLICIT', 'IMPLICIT', 'LEGACY_REQUIRED']],
  [2, 'features.enum_type', ['', 'OPEN', 'CLOSED']],
  [3, 'features.repeated_field_encoding', ['', 'PACKED', 'EXPANDED']],
  [4, 'features.utf8_validation', ['', '', 'VERIFY', 'NONE']],
  [5, 'features.message_encoding', ['', 'LENGTH_PREFIXED', 'DELIMITED']],
];
