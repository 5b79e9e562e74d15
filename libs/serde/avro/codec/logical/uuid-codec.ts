import { QUOTE } from '../../../json-text/ascii.ts';
import type { ByteOutput } from '../../../schema/io/byte-output.ts';
import type { JsonInput } from '../../../schema/io/json-input.ts';
import { writeAscii } from '../../../schema/io/json-output.ts';
import type { AvroInput } from '../../io/avro-input.ts';
import { AvroCodec } from '../avro-codec.ts';
import { FixedCodec } from '../bytes-codecs.ts';

/** A UUID of 16 bytes, as text. Takes 16 characters as well, one a byte: no text of a UUID is so short. */
export class UuidCodec extends AvroCodec {
  readonly shown: string;
  readonly #raw: FixedCodec;

  constructor(fullName: string) {
    super();
    this.#raw = new FixedCodec(fullName, uuidBytes);
    this.shown = this.#raw.shown;
  }

  encode(input: JsonInput, out: ByteOutput): void {
    const { text, at } = input;
    const end = at + uuidDigits + 2;
    if (text[at] === QUOTE && text[end - 1] === QUOTE) {
      const uuid = text.toString('latin1', at + 1, end - 1);
      if (uuidPattern.test(uuid)) {
        const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
        out.append(bytes, 0, bytes.length);
        input.at = end;
        return;
      }
    }
    this.#raw.encode(input, out);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    input.require(uuidBytes);
    const hex = input.data.toString('hex', input.at, input.at + uuidBytes);
    input.at += uuidBytes;
    const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
    writeAscii(out, `"${parts.join('-')}"`);
  }
}

const uuidBytes = 16;
const uuidDigits = 36;
const uuidPattern = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
