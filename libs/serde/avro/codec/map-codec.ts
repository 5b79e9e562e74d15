import { CLOSE_BRACE, COLON, COMMA, OPEN_BRACE } from '../../json-text/ascii.ts';
import { excerptOfString } from '../../json-text/excerpt.ts';
import type { AvroInput } from '../io/avro-input.ts';
import { endBlock } from '../io/avro-output.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { writeJsonString } from '../../schema/io/json-strings.ts';
import { AvroCodec, inside, mismatch } from './avro-codec.ts';
import { unescaped, writeString } from './string-codec.ts';

export class MapCodec extends AvroCodec {
  readonly shown = 'map';

  constructor(private readonly values: AvroCodec) {
    super();
  }

  encode(input: JsonInput, out: ByteOutput): void {
    const { text } = input;
    if (text[input.at] !== OPEN_BRACE) throw mismatch(input, 'map');
    input.at++;
    const start = out.length;
    out.appendByte(0);
    let count = 0;
    let nameAt = 0;
    try {
      if (text[input.at] === CLOSE_BRACE) {
        input.at++;
      } else {
        do {
          nameAt = input.at;
          writeString(input, out);
          input.at++;
          this.values.encode(input, out);
          count++;
        } while (text[input.at++] === COMMA);
      }
    } catch (error) {
      const name = unescaped(text, nameAt, input.stringEnd(nameAt));
      throw inside(`[${JSON.stringify(excerptOfString(name))}]`, error);
    }
    endBlock(out, start, count);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const { values } = this;
    input.enter();
    out.appendByte(OPEN_BRACE);
    let first = true;
    for (let left = input.blockCount(); left > 0; left = input.blockCount()) {
      for (; left > 0; left--) {
        if (!first) out.appendByte(COMMA);
        first = false;
        const size = input.size();
        const start = input.at;
        input.at += size;
        writeJsonString(out, input.data, start, start + size);
        out.appendByte(COLON);
        values.decode(input, out);
      }
    }
    out.appendByte(CLOSE_BRACE);
    input.depth--;
  }
}
