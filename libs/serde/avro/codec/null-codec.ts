import type { AvroInput } from '../io/avro-input.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { AvroCodec, mismatch } from './avro-codec.ts';

export class NullCodec extends AvroCodec {
  readonly shown = 'null';

  encode(input: JsonInput): void {
    if (!input.take(jsonNull)) throw mismatch(input, 'null');
  }

  decode(_input: AvroInput, out: ByteOutput): void {
    out.appendToken(jsonNull);
  }
}

const jsonNull = Buffer.from('null');
