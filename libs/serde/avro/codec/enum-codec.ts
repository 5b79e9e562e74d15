import { QUOTE } from '../../json-text/ascii.ts';
import { excerptOfString } from '../../json-text/excerpt.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import { DeserializationError } from '../../serde.ts';
import type { AvroInput } from '../io/avro-input.ts';
import { writeInt } from '../io/avro-output.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { AvroCodec, mismatch } from './avro-codec.ts';
import { unescaped } from './string-codec.ts';

export class EnumCodec extends AvroCodec {
  readonly shown: string;
  /** JSON strings. */
  readonly #tokens: readonly Buffer[];
  /** By the token as latin-1, which needs no decoding. */
  readonly #indexes: ReadonlyMap<string, number>;

  constructor(fullName: string, symbols: readonly string[]) {
    super();
    this.shown = `a symbol of enum ${fullName}`;
    this.#tokens = symbols.map((symbol) => Buffer.from(JSON.stringify(symbol)));
    this.#indexes = new Map(this.#tokens.map((token, index) => [token.toString('latin1'), index]));
  }

  encode(input: JsonInput, out: ByteOutput): void {
    const { text, at: start } = input;
    if (text[start] !== QUOTE) throw mismatch(input, this.shown);
    const end = input.stringEnd(start);
    const index = this.#indexes.get(text.toString('latin1', start, end));
    if (index === undefined) {
      const given = excerptOfString(unescaped(text, start, end));
      throw new DataMismatchError('', `expected ${this.shown}, got "${given}"`);
    }
    input.at = end;
    writeInt(out, index);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const index = input.int();
    const token = this.#tokens[index];
    if (token === undefined) throw new DeserializationError(`${index} is not ${this.shown}`);
    out.appendToken(token);
  }
}
