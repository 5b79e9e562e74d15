import type { JsonKind } from '../../json-text/json-scanner.ts';
import {
  fullNameOf,
  labelOf,
  type AvroSchema,
  type NamedSchema,
  type PrimitiveName,
  type RecordField,
  type RecordSchema,
  type UnionSchema,
} from '../schema/avro-schema.ts';
import { defaultBytesOf } from '../schema/default-value.ts';
import { ArrayCodec } from './array-codec.ts';
import type { AvroCodec } from './avro-codec.ts';
import { BooleanCodec } from './boolean-codec.ts';
import { BytesCodec, FixedCodec, RootBytesCodec } from './bytes-codecs.ts';
import { DoubleCodec, FloatCodec } from './decimal-codecs.ts';
import { EnumCodec } from './enum-codec.ts';
import { IntCodec, LongCodec } from './integer-codecs.ts';
import { logicalCodecOf, type LogicalCodec } from './logical/logical-codec.ts';
import { MapCodec } from './map-codec.ts';
import { NullCodec } from './null-codec.ts';
import { RecordCodec } from './record-codec.ts';
import { StringCodec } from './string-codec.ts';
import { UnionCodec, type UnionBranch } from './union-codec.ts';

export interface AvroCodecOptions {
  /** Decimals, dates and times are shown as text, not as what they are made of. */
  readonly readableLogicalTypes: boolean;
}

/** The codec of whole records: two things are other there than within them. */
export function compileRoot(schema: AvroSchema, options: AvroCodecOptions): AvroCodec {
  const compiler = new Compiler(options);
  if (schema.kind === 'union') return compiler.union(schema, false);
  if (schema.kind === 'primitive' && schema.type === 'bytes') {
    const logical = options.readableLogicalTypes ? logicalCodecOf(schema, true) : undefined;
    return logical?.codec ?? new RootBytesCodec();
  }
  return compiler.codec(schema);
}

class Compiler {
  /** A type that is used in several places, or in itself, has one codec. */
  readonly #named = new Map<NamedSchema, AvroCodec>();

  constructor(private readonly options: AvroCodecOptions) {}

  codec(schema: AvroSchema): AvroCodec {
    switch (schema.kind) {
      case 'primitive':
        return this.#logical(schema)?.codec ?? primitives[schema.type];
      case 'array':
        return new ArrayCodec(this.codec(schema.items));
      case 'map':
        return new MapCodec(this.codec(schema.values));
      case 'union':
        return this.union(schema, true);
      case 'record':
      case 'enum':
      case 'fixed':
        return this.#named.get(schema) ?? this.#compileNamed(schema);
    }
  }

  union({ branches }: UnionSchema, tagged: boolean): AvroCodec {
    const compiled = branches.map((branch): UnionBranch => ({
      label: labelOf(branch),
      codec: this.codec(branch),
      kinds: this.#logical(branch)?.kinds ?? [kindOf(branch)],
      members: membersOf(branch),
    }));
    return new UnionCodec(compiled, tagged);
  }

  #compileNamed(schema: NamedSchema): AvroCodec {
    switch (schema.kind) {
      case 'enum':
        return this.#remembered(schema, new EnumCodec(fullNameOf(schema), schema.symbols));
      case 'fixed':
        return this.#remembered(
          schema,
          this.#logical(schema)?.codec ?? new FixedCodec(fullNameOf(schema), schema.size),
        );
      case 'record':
        return this.#compileRecord(schema);
    }
  }

  #logical(schema: AvroSchema): LogicalCodec | undefined {
    return this.options.readableLogicalTypes ? logicalCodecOf(schema, false) : undefined;
  }

  #compileRecord(schema: RecordSchema): AvroCodec {
    const codec = this.#remembered(schema, new RecordCodec(fullNameOf(schema)));
    codec.complete(
      schema.fields.map((field) => ({
        name: field.name,
        codec: this.codec(field.schema),
        defaultBytes: defaultBytes(field),
      })),
    );
    return codec;
  }

  #remembered<Codec extends AvroCodec>(schema: NamedSchema, codec: Codec): Codec {
    this.#named.set(schema, codec);
    return codec;
  }
}

/** Made when it is needed first. */
function defaultBytes(field: RecordField): () => Uint8Array | undefined {
  if (field.fallback === undefined) return () => undefined;
  let made = false;
  let bytes: Uint8Array | undefined;
  return () => {
    if (!made) {
      bytes = defaultBytesOf(field);
      made = true;
    }
    return bytes;
  };
}

function kindOf(schema: AvroSchema): JsonKind {
  switch (schema.kind) {
    case 'primitive':
      return primitiveKinds[schema.type];
    case 'record':
    case 'map':
      return 'object';
    case 'enum':
    case 'fixed':
      return 'string';
    case 'array':
    case 'union':
      return 'array';
  }
}

function membersOf(schema: AvroSchema): readonly string[] | 'any' {
  if (schema.kind === 'map') return 'any';
  return schema.kind === 'record' ? schema.fields.map(({ name }) => name) : [];
}

const primitives: Readonly<Record<PrimitiveName, AvroCodec>> = {
  null: new NullCodec(),
  boolean: new BooleanCodec(),
  int: new IntCodec(),
  long: new LongCodec(),
  float: new FloatCodec(),
  double: new DoubleCodec(),
  bytes: new BytesCodec(),
  string: new StringCodec(),
};

const primitiveKinds: Readonly<Record<PrimitiveName, JsonKind>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  bytes: 'string',
  string: 'string',
};
