/** The names of protobuf's scalar types. */
export const scalarTypes = [
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
] as const;
export type ScalarType = (typeof scalarTypes)[number];

export function isScalarType(name: string): name is ScalarType {
  return scalars.has(name);
}

const scalars: ReadonlySet<string> = new Set(scalarTypes);

/** What a file's syntax or edition says, and what options of an edition may change. */
export interface Features {
  /** Whether a field knows that it was set: `implicit` ones are set when they are not zero. */
  readonly presence: 'implicit' | 'explicit' | 'required';
  readonly closedEnums: boolean;
  readonly packed: boolean;
  /** Whether strings must be valid UTF-8. */
  readonly utf8: boolean;
  /** Whether messages are written between two tags, as groups are, instead of behind their length. */
  readonly delimited: boolean;
}

export const featuresOf = {
  proto2: { presence: 'explicit', closedEnums: true, packed: false, utf8: false, delimited: false },
  proto3: { presence: 'implicit', closedEnums: false, packed: true, utf8: true, delimited: false },
  editions: { presence: 'explicit', closedEnums: false, packed: true, utf8: true, delimited: false },
} as const satisfies Record<string, Features>;

/** A constant that an option is set to: a string's bytes, or a name or number as it is spelled. */
export type OptionValue = Buffer | string;

export interface ProtoField {
  readonly name: string;
  readonly number: number;
  readonly repeated: boolean;
  /** As it is written: the name of a scalar or of another type, which `scope` is to be searched for. */
  readonly type: string;
  /** Of a map field; its values are of `type`. */
  readonly mapKey: ScalarType | undefined;
  /** Where there is a `json_name`. */
  readonly jsonName: string | undefined;
  readonly defaultValue: OptionValue | undefined;
  /** Number of the oneof that it belongs to; not for proto3's `optional`. */
  readonly oneof: number | undefined;
  /** Whether it is `optional` in proto3, and so not shown when it is not set. */
  readonly proto3Optional: boolean;
  readonly features: Features;
}

export interface ProtoEnum {
  readonly kind: 'enum';
  readonly name: string;
  readonly fullName: string;
  /** In the order of the schema; numbers may have several names. */
  readonly values: readonly (readonly [name: string, number: number])[];
  readonly closed: boolean;
}

export interface ProtoMessage {
  readonly kind: 'message';
  readonly name: string;
  readonly fullName: string;
  readonly fields: readonly ProtoField[];
  /** Those that count in a record's message indexes. */
  readonly messages: readonly ProtoMessage[];
  /** Those that do not: types of groups. */
  readonly groups: readonly ProtoMessage[];
  readonly enums: readonly ProtoEnum[];
  readonly isMapEntry: boolean;
}

export type ProtoType = ProtoMessage | ProtoEnum;

/** What a .proto file says about data; services, extensions and custom options are left out. */
export interface ProtoFile {
  readonly packageName: string;
  readonly imports: readonly string[];
  readonly messages: readonly ProtoMessage[];
  readonly enums: readonly ProtoEnum[];
}

/** `a.b` and `C`: `a.b.C`. */
export function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
