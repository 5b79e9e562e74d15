import { QUOTE } from '../../../json-text/ascii.ts';
import { excerptOfString } from '../../../json-text/excerpt.ts';
import { DataMismatchError } from '../../../schema/data-mismatch-error.ts';
import type { ByteOutput } from '../../../schema/io/byte-output.ts';
import type { JsonInput } from '../../../schema/io/json-input.ts';
import { writeAscii } from '../../../schema/io/json-output.ts';
import { DeserializationError } from '../../../serde.ts';
import type { AvroInput } from '../../io/avro-input.ts';
import { writeInt } from '../../io/avro-output.ts';
import { AvroCodec, mismatch } from '../avro-codec.ts';
import { unescaped } from '../string-codec.ts';
import { decimalText, unscaledValue, type DecimalForm } from './decimal-text.ts';

/** Bytes: with their length before them, all that is left of the record, or always so many. */
export type DecimalSize = 'prefixed' | 'rest' | number;

/**
 * Decimals as strings of their digits. Takes numbers as well, digit by digit; not their bytes as characters, which may
 * be digits too.
 */
export class DecimalCodec extends AvroCodec {
  readonly shown: string;

  constructor(
    private readonly form: DecimalForm,
    private readonly size: DecimalSize,
  ) {
    super();
    this.shown = `decimal of ${form.precision} digits, ${form.scale} of them behind the point`;
  }

  encode(input: JsonInput, out: ByteOutput): void {
    const text = this.#text(input);
    const unscaled = unscaledValue(text, this.form);
    if (unscaled === undefined) {
      throw new DataMismatchError('', `expected ${this.shown}, got ${excerptOfString(text)}`);
    }
    const bytes = twosComplement(unscaled, typeof this.size === 'number' ? this.size : undefined);
    if (this.size === 'prefixed') writeInt(out, bytes.length);
    out.append(bytes, 0, bytes.length);
  }

  #text(input: JsonInput): string {
    const kind = input.kind();
    if (kind === 'number') return input.scalarText();
    const { text, at: start } = input;
    if (text[start] !== QUOTE) throw mismatch(input, this.shown);
    input.at = input.stringEnd(start);
    return unescaped(text, start, input.at);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const size = this.#sizeOf(input);
    if (size > mostDecimalBytes) {
      throw new DeserializationError(`A decimal of ${size} bytes is larger than any of ${mostDecimalBytes}`);
    }
    const start = input.at;
    input.at += size;
    const hex = input.data.toString('hex', start, input.at);
    const unscaled = hex === '' ? 0n : BigInt.asIntN(size * 8, BigInt(`0x${hex}`));
    writeAscii(out, `"${decimalText(unscaled, this.form.scale)}"`);
  }

  #sizeOf(input: AvroInput): number {
    if (this.size === 'prefixed') return input.size();
    if (this.size === 'rest') return input.data.length - input.at;
    input.require(this.size);
    return this.size;
  }
}

/** The highest byte first. @param size bytes; as few as will do when undefined */
function twosComplement(value: bigint, size: number | undefined): Buffer {
  // As long as the digits need: those of the complement, and a bit for the sign.
  const magnitude = value < 0n ? ~value : value;
  const count = size ?? Math.floor((magnitude === 0n ? 0 : magnitude.toString(2).length) / 8) + 1;
  const hex = BigInt.asUintN(count * 8, value).toString(16);
  return Buffer.from(hex.padStart(count * 2, '0'), 'hex');
}

/** What makes digits of bytes takes more than a linear time. */
export const mostDecimalBytes = 4_096;
