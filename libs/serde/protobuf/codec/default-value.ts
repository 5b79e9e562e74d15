import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import { JsonInput } from '../../schema/io/json-input.ts';
import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import { WireInput } from '../io/wire-input.ts';
import { WireOutput } from '../io/wire-output.ts';
import type { OptionValue } from '../schema/proto-file.ts';
import { BytesCodec } from './bytes-codec.ts';
import { EnumCodec } from './enum-codec.ts';
import type { ValueCodec } from './value-codec.ts';

/**
 * JSON of a default that a schema of proto2 gives, as the codec writes it.
 *
 * @throws {SchemaParseError} when it is no value of the field's type
 */
export function defaultJson(value: OptionValue, codec: ValueCodec, place: string): string {
  try {
    out.reset(mostBytes);
    input.reset(Buffer.from(jsonOf(value, codec)));
    codec.encode(input, out);
    wire.reset(out.take(), 0);
    out.reset(mostBytes);
    codec.decode(wire, out);
    return out.take().toString();
  } catch (error) {
    if (!(error instanceof DataMismatchError)) throw error;
    throw new SchemaParseError(`Default of field ${place}: ${error.problem}`, { cause: error });
  }
}

function jsonOf(value: OptionValue, codec: ValueCodec): string {
  if (typeof value !== 'string') {
    return JSON.stringify(codec instanceof BytesCodec ? value.toString('base64') : value.toString());
  }
  if (codec instanceof EnumCodec) return JSON.stringify(value);
  const special = specials.get(value);
  if (special !== undefined) return special;
  const [, sign = '', digits = ''] = /^(-?)(0[xX][0-9a-fA-F]+|0[0-7]+)$/.exec(value) ?? [];
  if (digits === '') return JSON.stringify(value.replace(/[fF]$/, ''));
  return `${sign}${BigInt(/[xX]/.test(digits) ? digits : `0o${digits}`)}`;
}

// Apart from those that data are written with: a type may be met while data are.
const out = new WireOutput();
const input = new JsonInput();
const wire = new WireInput();

const specials: ReadonlyMap<string, string> = new Map([
  ['true', 'true'],
  ['false', 'false'],
  ['inf', '"Infinity"'],
  ['-inf', '"-Infinity"'],
  ['nan', '"NaN"'],
  ['-nan', '"NaN"'],
]);
/** A schema is not larger. */
const mostBytes = 16_777_216;
