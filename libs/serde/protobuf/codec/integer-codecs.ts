import { QUOTE } from '../../json-text/ascii.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { writeBigInteger, writeInteger } from '../../schema/io/json-output.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { FIXED32, FIXED64, VARINT } from '../io/wire-types.ts';
import { exactIntegerOf, outOfRange, plainInteger } from './json-numbers.ts';
import { ValueCodec } from './value-codec.ts';

/** How an integer is written: seven bits a byte, the same with the sign last, or always the same number of bytes. */
export type IntegerForm = 'varint' | 'zigzag' | 'fixed';

export class Int32Codec extends ValueCodec {
  readonly wireType: number;
  readonly zero = '0';

  constructor(
    readonly shown: string,
    private readonly form: IntegerForm,
  ) {
    super();
    this.wireType = form === 'fixed' ? FIXED32 : VARINT;
  }

  encode(input: JsonInput, out: WireOutput): void {
    let value = plainInteger(input);
    if (value !== value >> 0) {
      const exact = Number.isNaN(value) ? exactIntegerOf(input, this.shown) : BigInt(value);
      if (exact !== BigInt.asIntN(32, exact)) throw outOfRange(this.shown, exact);
      value = Number(exact);
    }
    if (this.form === 'fixed') out.fixed32(value);
    else if (this.form === 'zigzag') out.varint32((value << 1) ^ (value >> 31));
    else if (value < 0) out.varint64(value, -1);
    else out.varint32(value);
  }

  decode(input: WireInput, out: ByteOutput): void {
    let value: number;
    if (this.form === 'fixed') {
      value = input.fixed32() | 0;
    } else {
      input.varint();
      value = input.low | 0;
      if (this.form === 'zigzag') value = (value >>> 1) ^ -(value & 1);
    }
    writeInteger(out, value);
  }
}

export class UInt32Codec extends ValueCodec {
  readonly wireType: number;
  readonly zero = '0';

  constructor(
    readonly shown: string,
    private readonly fixed: boolean,
  ) {
    super();
    this.wireType = fixed ? FIXED32 : VARINT;
  }

  encode(input: JsonInput, out: WireOutput): void {
    let value = plainInteger(input);
    if (value !== value >>> 0) {
      const exact = Number.isNaN(value) ? exactIntegerOf(input, this.shown) : BigInt(value);
      if (exact !== BigInt.asUintN(32, exact)) throw outOfRange(this.shown, exact);
      value = Number(exact);
    }
    if (this.fixed) out.fixed32(value);
    else out.varint32(value);
  }

  decode(input: WireInput, out: ByteOutput): void {
    if (this.fixed) {
      writeInteger(out, input.fixed32());
    } else {
      input.varint();
      writeInteger(out, input.low);
    }
  }
}

/** Shown as a string: readers of JSON take numbers for doubles. */
export class Int64Codec extends ValueCodec {
  readonly wireType: number;
  readonly zero = '"0"';

  constructor(
    readonly shown: string,
    private readonly form: IntegerForm,
  ) {
    super();
    this.wireType = form === 'fixed' ? FIXED64 : VARINT;
  }

  encode(input: JsonInput, out: WireOutput): void {
    const value = plainInteger(input);
    if (!Number.isNaN(value)) {
      this.#write(out, value | 0, Math.floor(value / TWO_32) | 0);
      return;
    }
    const exact = exactIntegerOf(input, this.shown);
    if (exact !== BigInt.asIntN(64, exact)) throw outOfRange(this.shown, exact);
    this.#write(out, Number(BigInt.asIntN(32, exact)), Number(exact >> 32n));
  }

  #write(out: WireOutput, low: number, high: number): void {
    if (this.form === 'fixed') {
      out.fixed64(low, high);
    } else if (this.form === 'zigzag') {
      const sign = high >> 31;
      out.varint64((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
    } else {
      out.varint64(low, high);
    }
  }

  decode(input: WireInput, out: ByteOutput): void {
    let low: number;
    let high: number;
    if (this.form === 'fixed') {
      input.fixed64();
      low = input.low;
      high = input.high | 0;
    } else {
      input.varint();
      low = input.low;
      high = input.high | 0;
      if (this.form === 'zigzag') {
        const sign = -(low & 1);
        low = (((low >>> 1) | (high << 31)) ^ sign) >>> 0;
        high = (high >>> 1) ^ sign;
      }
    }
    out.appendByte(QUOTE);
    writeInt64(out, low, high);
    out.appendByte(QUOTE);
  }
}

/** @param low from 0; @param high with the sign */
export function writeInt64(out: ByteOutput, low: number, high: number): void {
  const value = high * TWO_32 + low;
  if (value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER) writeInteger(out, value);
  else writeBigInteger(out, (BigInt(high) << 32n) | BigInt(low));
}

/** Shown as a string, too. */
export class UInt64Codec extends ValueCodec {
  readonly wireType: number;
  readonly zero = '"0"';

  constructor(
    readonly shown: string,
    private readonly fixed: boolean,
  ) {
    super();
    this.wireType = fixed ? FIXED64 : VARINT;
  }

  encode(input: JsonInput, out: WireOutput): void {
    const value = plainInteger(input);
    if (value >= 0) {
      this.#write(out, value | 0, Math.floor(value / TWO_32) | 0);
      return;
    }
    const exact = Number.isNaN(value) ? exactIntegerOf(input, this.shown) : BigInt(value);
    if (exact !== BigInt.asUintN(64, exact)) throw outOfRange(this.shown, exact);
    this.#write(out, Number(BigInt.asIntN(32, exact)), Number(exact >> 32n) | 0);
  }

  #write(out: WireOutput, low: number, high: number): void {
    if (this.fixed) out.fixed64(low, high);
    else out.varint64(low, high);
  }

  decode(input: WireInput, out: ByteOutput): void {
    if (this.fixed) input.fixed64();
    else input.varint();
    out.appendByte(QUOTE);
    if (input.high < 0x20_0000) writeInteger(out, input.high * TWO_32 + input.low);
    else writeBigInteger(out, (BigInt(input.high) << 32n) | BigInt(input.low));
    out.appendByte(QUOTE);
  }
}

const TWO_32 = 0x1_0000_0000;
