import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { VARINT } from '../io/wire-types.ts';
import { mismatch, ValueCodec } from './value-codec.ts';

/** Keys of maps are in quotes; elsewhere they may be. */
export class BoolCodec extends ValueCodec {
  readonly shown = 'bool';
  readonly wireType = VARINT;
  readonly zero = 'false';

  encode(input: JsonInput, out: WireOutput): void {
    if (input.take(trueToken) || input.take(quotedTrue)) out.appendByte(1);
    else if (input.take(falseToken) || input.take(quotedFalse)) out.appendByte(0);
    else throw mismatch(input, 'bool');
  }

  decode(input: WireInput, out: ByteOutput): void {
    input.varint();
    out.appendToken((input.low | input.high) === 0 ? falseToken : trueToken);
  }
}

const trueToken = Buffer.from('true');
const falseToken = Buffer.from('false');
const quotedTrue = Buffer.from('"true"');
const quotedFalse = Buffer.from('"false"');
