import { DeserializationError } from '../../serde.ts';
import type { AvroInput } from '../io/avro-input.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { AvroCodec, mismatch } from './avro-codec.ts';

export class BooleanCodec extends AvroCodec {
  readonly shown = 'boolean';

  encode(input: JsonInput, out: ByteOutput): void {
    if (input.take(jsonTrue)) out.appendByte(1);
    else if (input.take(jsonFalse)) out.appendByte(0);
    else throw mismatch(input, 'boolean');
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const byte = input.byte();
    if (byte > 1) throw new DeserializationError(`A boolean is ${byte} (byte ${input.at - 1})`);
    out.appendToken(byte === 1 ? jsonTrue : jsonFalse);
  }
}

const jsonTrue = Buffer.from('true');
const jsonFalse = Buffer.from('false');
