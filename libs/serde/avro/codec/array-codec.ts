import { CLOSE_BRACKET, COMMA, OPEN_BRACKET } from '../../json-text/ascii.ts';
import type { AvroInput } from '../io/avro-input.ts';
import { endBlock } from '../io/avro-output.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { AvroCodec, inside, mismatch } from './avro-codec.ts';

export class ArrayCodec extends AvroCodec {
  readonly shown = 'array';

  constructor(private readonly items: AvroCodec) {
    super();
  }

  encode(input: JsonInput, out: ByteOutput): void {
    const { text } = input;
    if (text[input.at] !== OPEN_BRACKET) throw mismatch(input, 'array');
    input.at++;
    const start = out.length;
    out.appendByte(0);
    let count = 0;
    try {
      if (text[input.at] === CLOSE_BRACKET) {
        input.at++;
      } else {
        do {
          this.items.encode(input, out);
          count++;
        } while (text[input.at++] === COMMA);
      }
    } catch (error) {
      throw inside(`[${count}]`, error);
    }
    endBlock(out, start, count);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const { items } = this;
    input.enter();
    out.appendByte(OPEN_BRACKET);
    let first = true;
    for (let left = input.blockCount(); left > 0; left = input.blockCount()) {
      for (; left > 0; left--) {
        if (!first) out.appendByte(COMMA);
        first = false;
        items.decode(input, out);
      }
    }
    out.appendByte(CLOSE_BRACKET);
    input.depth--;
  }
}
