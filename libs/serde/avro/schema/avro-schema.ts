import type { SchemaJson } from './schema-json.ts';

export type PrimitiveName = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';

/** Attributes that Avro does not know, and the logical type; in their order. */
export type Properties = ReadonlyMap<string, SchemaJson>;

interface Named {
  readonly name: string;
  /** "" for none. */
  readonly namespace: string;
  /** Full names. */
  readonly aliases: readonly string[];
  readonly doc: string | undefined;
  readonly properties: Properties;
}

export interface PrimitiveSchema {
  readonly kind: 'primitive';
  readonly type: PrimitiveName;
  readonly properties: Properties;
}

export interface RecordField {
  readonly name: string;
  readonly schema: AvroSchema;
  readonly doc: string | undefined;
  /** As JSON; undefined when there is none. */
  readonly fallback: SchemaJson | undefined;
  readonly order: 'ascending' | 'descending' | 'ignore';
  readonly aliases: readonly string[];
  readonly properties: Properties;
}

export interface RecordSchema extends Named {
  readonly kind: 'record';
  readonly isError: boolean;
  /** Empty until the whole record has been read. */
  readonly fields: readonly RecordField[];
}

export interface EnumSchema extends Named {
  readonly kind: 'enum';
  readonly symbols: readonly string[];
  readonly fallback: string | undefined;
}

export interface FixedSchema extends Named {
  readonly kind: 'fixed';
  readonly size: number;
}

export interface ArraySchema {
  readonly kind: 'array';
  readonly items: AvroSchema;
  readonly properties: Properties;
}

export interface MapSchema {
  readonly kind: 'map';
  readonly values: AvroSchema;
  readonly properties: Properties;
}

export interface UnionSchema {
  readonly kind: 'union';
  readonly branches: readonly AvroSchema[];
}

export type NamedSchema = RecordSchema | EnumSchema | FixedSchema;
export type AvroSchema = PrimitiveSchema | NamedSchema | ArraySchema | MapSchema | UnionSchema;

export function fullNameOf({
  name,
  namespace,
}: {
  readonly name: string;
  readonly namespace: string;
}): string {
  return namespace === '' ? name : `${namespace}.${name}`;
}

/** What tags a value of the schema in a union. */
export function labelOf(schema: AvroSchema): string {
  switch (schema.kind) {
    case 'primitive':
      return schema.type;
    case 'record':
    case 'enum':
    case 'fixed':
      return fullNameOf(schema);
    case 'array':
    case 'map':
    case 'union':
      return schema.kind;
  }
}
