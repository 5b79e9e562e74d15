import { writeBigLong, writeDouble, writeFloat, writeInt } from '../io/avro-output.ts';
import { ByteOutput, OutputLimitError } from '../../schema/io/byte-output.ts';
import { exactInteger } from '../../schema/io/exact-integer.ts';
import type { AvroSchema, PrimitiveName, RecordField, RecordSchema } from './avro-schema.ts';
import { ExactNumber, type SchemaJson } from './schema-json.ts';

/** A default that is not a value of its schema. Only whoever needs it need know. */
class UnfitDefault extends Error {}

/** Bytes; a default may contain defaults, which makes large ones of small schemas. */
const mostBytes = 1_048_576;
const maxDepth = 64;

/** A field's default as Avro's bytes; undefined when it has none, or one that is not a value of its schema. */
export function defaultBytesOf(field: RecordField): Uint8Array | undefined {
  if (field.fallback === undefined) return undefined;
  const out = new ByteOutput();
  out.reset(mostBytes);
  try {
    write(field.schema, field.fallback, out, 0);
    return out.take();
  } catch (error) {
    if (error instanceof UnfitDefault || error instanceof OutputLimitError) return undefined;
    throw error;
  }
}

function write(schema: AvroSchema, json: SchemaJson, out: ByteOutput, depth: number): void {
  if (depth > maxDepth) throw new UnfitDefault();
  switch (schema.kind) {
    case 'primitive':
      writePrimitive(schema.type, json, out);
      return;
    case 'enum': {
      const index = schema.symbols.findIndex((symbol) => symbol === json);
      require(index !== -1);
      writeInt(out, index);
      return;
    }
    case 'fixed': {
      const bytes = latin1(json);
      require(bytes.length === schema.size);
      out.append(bytes, 0, bytes.length);
      return;
    }
    case 'array':
      require(Array.isArray(json));
      writeBlock(out, json.length);
      for (const item of json) write(schema.items, item, out, depth + 1);
      if (json.length > 0) writeInt(out, 0);
      return;
    case 'map':
      require(json instanceof Map);
      writeBlock(out, json.size);
      for (const [name, value] of json) {
        writePrimitive('string', name, out);
        write(schema.values, value, out, depth + 1);
      }
      if (json.size > 0) writeInt(out, 0);
      return;
    case 'union':
      writeBranch(schema.branches, json, out, depth);
      return;
    case 'record':
      require(json instanceof Map);
      writeRecord(schema, json, out, depth);
  }
}

function writeBlock(out: ByteOutput, count: number): void {
  writeInt(out, count);
}

function writeRecord(
  { fields }: RecordSchema,
  json: ReadonlyMap<string, SchemaJson>,
  out: ByteOutput,
  depth: number,
): void {
  for (const field of fields) {
    const value = json.get(field.name) ?? field.fallback;
    // null is a value, and no reason to take the default.
    require(value !== undefined);
    write(field.schema, json.has(field.name) ? (json.get(field.name) ?? null) : value, out, depth + 1);
  }
}

/** By Avro's rules the first branch; later versions take any. */
function writeBranch(
  branches: readonly AvroSchema[],
  json: SchemaJson,
  out: ByteOutput,
  depth: number,
): void {
  const { length } = out;
  for (const [index, branch] of branches.entries()) {
    try {
      out.length = length;
      writeInt(out, index);
      write(branch, json, out, depth + 1);
      return;
    } catch (error) {
      if (!(error instanceof UnfitDefault)) throw error;
    }
  }
  throw new UnfitDefault();
}

function writePrimitive(type: PrimitiveName, json: SchemaJson, out: ByteOutput): void {
  switch (type) {
    case 'null':
      require(json === null);
      return;
    case 'boolean':
      require(typeof json === 'boolean');
      out.appendByte(json ? 1 : 0);
      return;
    case 'int':
    case 'long': {
      const value = exactInteger(numberText(json));
      require(value !== undefined && value === BigInt.asIntN(type === 'int' ? 32 : 64, value));
      writeBigLong(out, value);
      return;
    }
    case 'float':
      writeFloat(out, decimal(json));
      return;
    case 'double':
      writeDouble(out, decimal(json));
      return;
    case 'bytes': {
      const bytes = latin1(json);
      writeInt(out, bytes.length);
      out.append(bytes, 0, bytes.length);
      return;
    }
    case 'string': {
      require(typeof json === 'string');
      const bytes = Buffer.from(json);
      writeInt(out, bytes.length);
      out.append(bytes, 0, bytes.length);
    }
  }
}

function numberText(json: SchemaJson): string {
  require(typeof json === 'number' || json instanceof ExactNumber);
  return typeof json === 'number' ? String(json) : json.text;
}

function decimal(json: SchemaJson): number {
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  return Number(numberText(json));
}

function latin1(json: SchemaJson): Buffer {
  require(typeof json === 'string');
  return Buffer.from(json, 'latin1');
}

function require(condition: boolean): asserts condition {
  if (!condition) throw new UnfitDefault();
}
