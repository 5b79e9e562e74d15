import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';

/** Where the value of a field is, behind its tag. */
export interface Place {
  readonly tag: number;
  readonly at: number;
}

/** What is known of a field, whatever it holds. */
export interface FieldNames {
  /** In the schema. */
  readonly name: string;
  /** As JSON shows it. */
  readonly jsonName: string;
  readonly number: number;
  /** Number of the oneof that it belongs to. */
  readonly oneof: number | undefined;
}

/** A field of a message. */
export abstract class FieldCodec {
  readonly jsonName: string;
  /** -1 for none. */
  readonly oneof: number;
  /** `"name":` */
  readonly token: Buffer;
  /** The same with the name of the schema, where it is another. */
  readonly otherToken: Buffer | undefined;
  /** `,"name":` */
  protected readonly opening: Buffer;
  readonly required: boolean = false;

  constructor(readonly names: FieldNames) {
    const { name, jsonName, oneof } = names;
    this.jsonName = jsonName;
    this.oneof = oneof ?? -1;
    this.token = Buffer.from(`${JSON.stringify(jsonName)}:`);
    this.otherToken = name === jsonName ? undefined : Buffer.from(`${JSON.stringify(name)}:`);
    this.opening = Buffer.from(`,${JSON.stringify(jsonName)}:`);
  }

  /** For messages: what it expects. */
  abstract readonly shown: string;
  /** With which it is usually found. */
  abstract readonly tag: number;
  /** With which it may be found besides. */
  abstract readonly otherTag: number | undefined;
  /** Whether null is a value of it. */
  abstract readonly takesNull: boolean;
  /** What is shown when it is not set: `,"name":0`, or nothing. */
  abstract readonly absent: Buffer;

  /** Passes over its JSON value and writes it, with its tag. @throws {DataMismatchError} */
  abstract encode(input: JsonInput, out: WireOutput): void;

  /** Passes over its value behind a tag, or all of those that follow, and writes `,"name":…`. */
  abstract decode(input: WireInput, out: ByteOutput, tag: number): void;

  /** The same with all the values that a message has for it, at least one, wherever they are. */
  abstract decodeAt(input: WireInput, out: ByteOutput, places: readonly Place[]): void;
}

/** The number of a field and how its value is written, in one. */
export function tagOf(number: number, wireType: number): number {
  return number * 8 + wireType;
}

/** As it is written. */
export function tagBytes(tag: number): Buffer {
  const bytes: number[] = [];
  let rest = tag;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
