import { QUOTE } from '../../../json-text/ascii.ts';
import { excerptOfString } from '../../../json-text/excerpt.ts';
import { DataMismatchError } from '../../../schema/data-mismatch-error.ts';
import type { ByteOutput } from '../../../schema/io/byte-output.ts';
import type { JsonInput } from '../../../schema/io/json-input.ts';
import { writeAscii, writeBigInteger } from '../../../schema/io/json-output.ts';
import type { AvroInput } from '../../io/avro-input.ts';
import { writeBigLong } from '../../io/avro-output.ts';
import { AvroCodec } from '../avro-codec.ts';
import { IntCodec, LongCodec } from '../integer-codecs.ts';
import { unescaped } from '../string-codec.ts';
import { temporalText, temporalValue, type TemporalForm } from './temporal-text.ts';

/** Dates and times as strings of ISO 8601. Takes the bare number as well, and shows it where it is no time of day. */
export class TemporalCodec extends AvroCodec {
  readonly shown: string;
  readonly #raw: AvroCodec;
  readonly #bits: number;

  constructor(
    private readonly type: 'int' | 'long',
    private readonly form: TemporalForm,
  ) {
    super();
    this.shown = `${type} or text such as ${form.example}`;
    this.#raw = type === 'int' ? new IntCodec() : new LongCodec();
    this.#bits = type === 'int' ? 32 : 64;
  }

  encode(input: JsonInput, out: ByteOutput): void {
    if (input.text[input.at] !== QUOTE) {
      this.#raw.encode(input, out);
      return;
    }
    const start = input.at;
    input.at = input.stringEnd(start);
    const text = unescaped(input.text, start, input.at);
    const value = temporalValue(text, this.form);
    if (value === undefined || value !== BigInt.asIntN(this.#bits, value)) {
      throw new DataMismatchError('', `expected ${this.shown}, got ${excerptOfString(text)}`);
    }
    writeBigLong(out, value);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const number = this.type === 'int' ? input.int() : input.long();
    const value = Number.isNaN(number) ? input.bigLong : BigInt(number);
    const text = temporalText(value, this.form);
    if (text === undefined) writeBigInteger(out, value);
    else writeAscii(out, `"${text}"`);
  }
}
