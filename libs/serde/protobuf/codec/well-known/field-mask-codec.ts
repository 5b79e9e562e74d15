import { COMMA, QUOTE } from '../../../json-text/ascii.ts';
import type { ByteOutput } from '../../../schema/io/byte-output.ts';
import type { JsonInput } from '../../../schema/io/json-input.ts';
import { writeJsonString } from '../../../schema/io/json-strings.ts';
import type { WireInput } from '../../io/wire-input.ts';
import type { WireOutput } from '../../io/wire-output.ts';
import { MessageLikeCodec } from '../message-like-codec.ts';
import { stringOf } from '../string-codec.ts';
import { mismatch } from '../value-codec.ts';

/** Paths (1) to fields: `"user.displayName,photo"` for `user.display_name` and `photo`. */
export class FieldMaskCodec extends MessageLikeCodec {
  readonly shown = 'field mask';

  encodeBody(input: JsonInput, out: WireOutput): void {
    if (input.text[input.at] !== QUOTE) throw mismatch(input, this.shown);
    for (const path of stringOf(input).split(',')) {
      if (path === '') continue;
      const bytes = Buffer.from(path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
      out.appendByte(PATHS);
      out.varint32(bytes.length);
      out.append(bytes, 0, bytes.length);
    }
  }

  decodeBody(input: WireInput, out: ByteOutput): void {
    const { end } = input;
    const paths: string[] = [];
    while (input.at < end) {
      const tag = input.tag();
      if (tag !== PATHS) {
        input.skip(tag);
        continue;
      }
      const size = input.size();
      const path = input.data.toString('utf8', input.at, input.at + size);
      input.at += size;
      if (path !== '')
        paths.push(path.replace(/_([a-z])/g, (_match: string, letter: string) => letter.toUpperCase()));
    }
    const text = Buffer.from(paths.join(String.fromCharCode(COMMA)));
    writeJsonString(out, text, 0, text.length);
  }
}

const PATHS = 0x0a;
