import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import { excerptOfString } from '../../json-text/excerpt.ts';
import type { AvroInput } from '../io/avro-input.ts';
import { writeBigLong, writeInt, writeLong } from '../io/avro-output.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import { exactInteger } from '../../schema/io/exact-integer.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { writeBigInteger, writeInteger } from '../../schema/io/json-output.ts';
import { AvroCodec, mismatch } from './avro-codec.ts';

export class IntCodec extends AvroCodec {
  readonly shown = 'int';

  encode(input: JsonInput, out: ByteOutput): void {
    let value = input.plainInteger();
    if (value !== value >> 0) {
      const exact = Number.isNaN(value) ? integer(input, 'int') : BigInt(value);
      if (exact !== BigInt.asIntN(32, exact)) throw outOfRange(exact, 'int');
      value = Number(exact);
    }
    writeInt(out, value);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    writeInteger(out, input.int());
  }
}

export class LongCodec extends AvroCodec {
  readonly shown = 'long';

  encode(input: JsonInput, out: ByteOutput): void {
    const value = input.plainInteger();
    if (!Number.isNaN(value)) {
      writeLong(out, value);
      return;
    }
    const exact = integer(input, 'long');
    if (exact !== BigInt.asIntN(64, exact)) throw outOfRange(exact, 'long');
    writeBigLong(out, exact);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const value = input.long();
    if (Number.isNaN(value)) writeBigInteger(out, input.bigLong);
    else writeInteger(out, value);
  }
}

/** Any number without a fraction, also written as `1.0` or `1e3`. */
function integer(input: JsonInput, shown: string): bigint {
  if (input.kind() !== 'number') throw mismatch(input, shown);
  const text = input.scalarText();
  const exact = exactInteger(text);
  if (exact === undefined) {
    throw new DataMismatchError('', `expected ${shown}, got ${excerptOfString(text)}`);
  }
  return exact;
}

function outOfRange(value: bigint, shown: string): DataMismatchError {
  return new DataMismatchError('', `expected ${shown}, got ${value}, which is out of range`);
}
