import type { ByteOutput } from '../../../schema/io/byte-output.ts';
import type { JsonInput } from '../../../schema/io/json-input.ts';
import type { WireInput } from '../../io/wire-input.ts';
import type { WireOutput } from '../../io/wire-output.ts';
import { tagOf } from '../field-codec.ts';
import { MessageLikeCodec } from '../message-like-codec.ts';
import type { ValueCodec } from '../value-codec.ts';

/** A message around one value (1), that JSON shows as the value itself. */
export class WrapperCodec extends MessageLikeCodec {
  readonly #tag: number;

  constructor(private readonly value: ValueCodec) {
    super();
    this.#tag = tagOf(1, value.wireType);
  }

  get shown(): string {
    return this.value.shown;
  }

  encodeBody(input: JsonInput, out: WireOutput): void {
    const start = out.length;
    out.appendByte(this.#tag);
    this.value.encode(input, out);
    if (out.isZero(start + 1)) out.length = start;
  }

  decodeBody(input: WireInput, out: ByteOutput): void {
    const { end } = input;
    let valueAt = -1;
    while (input.at < end) {
      const tag = input.tag();
      if (tag === this.#tag) valueAt = input.at;
      input.skip(tag);
    }
    if (valueAt === -1) {
      this.value.writeZero(out);
    } else {
      input.at = valueAt;
      this.value.decode(input, out);
      input.at = end;
    }
  }
}
