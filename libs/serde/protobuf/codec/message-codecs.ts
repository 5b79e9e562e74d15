import { isScalarType, type ProtoEnum, type ProtoField, type ProtoMessage } from '../schema/proto-file.ts';
import type { ProtoSchema } from '../schema/proto-schema.ts';
import { defaultJson } from './default-value.ts';
import { EnumCodec, NullValueCodec } from './enum-codec.ts';
import type { FieldCodec, FieldNames } from './field-codec.ts';
import { GroupCodec } from './group-codec.ts';
import { MapField } from './map-field.ts';
import { MessageCodec } from './message-codec.ts';
import { MessageLikeCodec } from './message-like-codec.ts';
import { RepeatedField } from './repeated-field.ts';
import { scalarCodec } from './scalar-codecs.ts';
import { SingularField, type Presence } from './singular-field.ts';
import type { ValueCodec } from './value-codec.ts';
import { wellKnownCodec } from './well-known-codecs.ts';

/** The codecs of the messages of a schema, each made when it is first needed. */
export class MessageCodecs {
  readonly #messages = new Map<string, MessageLikeCodec>();
  readonly #enums = new Map<string, ValueCodec>();
  /** Those that have no fields yet. */
  readonly #due: (readonly [codec: MessageCodec, message: ProtoMessage])[] = [];

  constructor(private readonly schema: ProtoSchema) {}

  /** @throws {SchemaParseError} when something that it refers to is not known */
  of(message: ProtoMessage): MessageLikeCodec {
    const codec = this.#codec(message);
    // Not by recursion: types may refer to each other in long rows.
    for (let next = this.#due.pop(); next !== undefined; next = this.#due.pop()) {
      const [due, { fields, fullName }] = next;
      const jsonNames = jsonNamesOf(fields);
      due.complete(fields.map((field) => this.#field(field, fullName, jsonNames.get(field) ?? field.name)));
    }
    return codec;
  }

  /** By full name; undefined when the schema has no such message. */
  find(fullName: string): MessageLikeCodec | undefined {
    const type = this.schema.find(fullName);
    return type?.kind === 'message' ? this.of(type) : undefined;
  }

  #codec(message: ProtoMessage): MessageLikeCodec {
    const { fullName } = message;
    let codec = this.#messages.get(fullName);
    if (codec === undefined) {
      codec = wellKnownCodec(fullName, (name) => this.find(name));
      if (codec === undefined) {
        const plain = new MessageCodec(fullName);
        this.#due.push([plain, message]);
        codec = plain;
      }
      this.#messages.set(fullName, codec);
    }
    return codec;
  }

  #enum(type: ProtoEnum): ValueCodec {
    let codec = this.#enums.get(type.fullName);
    if (codec === undefined) {
      codec = type.fullName === 'google.protobuf.NullValue' ? new NullValueCodec() : new EnumCodec(type);
      this.#enums.set(type.fullName, codec);
    }
    return codec;
  }

  #field(field: ProtoField, messageName: string, jsonName: string): FieldCodec {
    const { name, number, oneof, features } = field;
    const names: FieldNames = { name, jsonName, number, oneof };
    const codec = this.#value(field, messageName);
    if (field.mapKey !== undefined) {
      return new MapField(names, scalarCodec(field.mapKey, features.utf8), codec);
    }
    const isMessage = codec instanceof MessageLikeCodec;
    const written = isMessage && features.delimited ? new GroupCodec(codec, number) : codec;
    if (field.repeated) return new RepeatedField(names, written, features.packed);
    const presence: Presence = isMessage && features.presence === 'implicit' ? 'explicit' : features.presence;
    return new SingularField(names, written, presence, zeroOf(field, codec, `${messageName}.${name}`));
  }

  #value({ type, name, features }: ProtoField, messageName: string): ValueCodec {
    if (isScalarType(type)) return scalarCodec(type, features.utf8);
    const found = this.schema.type(type, messageName, name);
    return found.kind === 'enum' ? this.#enum(found) : this.#codec(found);
  }
}

/** JSON of what is shown when a field is not set; "" for nothing. */
function zeroOf(field: ProtoField, codec: ValueCodec, place: string): string {
  if (field.oneof !== undefined || field.proto3Optional) return '';
  return field.defaultValue === undefined ? codec.zero : defaultJson(field.defaultValue, codec, place);
}

/** A name that another field has, whether in JSON or in the schema, is not used. */
function jsonNamesOf(fields: readonly ProtoField[]): ReadonlyMap<ProtoField, string> {
  const names = new Map<ProtoField, string>();
  const taken = new Set(fields.map(({ name }) => name));
  for (const field of fields) {
    const wanted = field.jsonName ?? lowerCamelCase(field.name);
    const free = wanted === field.name || !taken.has(wanted);
    names.set(field, free ? wanted : field.name);
    taken.add(wanted);
  }
  return names;
}

function lowerCamelCase(name: string): string {
  return name.replace(/_+([^_]?)/g, (_match: string, letter: string) => letter.toUpperCase());
}
