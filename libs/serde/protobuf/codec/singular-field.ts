import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { FieldCodec, tagBytes, tagOf, type FieldNames, type Place } from './field-codec.ts';
import { GroupCodec } from './group-codec.ts';
import { MessageLikeCodec } from './message-like-codec.ts';
import type { ValueCodec } from './value-codec.ts';

/** Whether a field that is not there is shown, and one that is zero is written. */
export type Presence = 'implicit' | 'explicit' | 'required';

export class SingularField extends FieldCodec {
  readonly tag: number;
  readonly otherTag = undefined;
  readonly absent: Buffer;
  override readonly required: boolean;
  readonly #tag: Buffer;
  readonly #implicit: boolean;

  /** @param zero JSON of what is shown when it is not set; "" for nothing */
  constructor(
    names: FieldNames,
    private readonly codec: ValueCodec,
    presence: Presence,
    zero: string,
  ) {
    super(names);
    this.tag = tagOf(names.number, codec.wireType);
    this.#tag = tagBytes(this.tag);
    this.required = presence === 'required';
    this.#implicit = presence === 'implicit';
    this.absent = zero === '' ? Buffer.alloc(0) : Buffer.concat([this.opening, Buffer.from(zero)]);
  }

  get shown(): string {
    return this.codec.shown;
  }

  get takesNull(): boolean {
    return this.codec.takesNull;
  }

  encode(input: JsonInput, out: WireOutput): void {
    const start = out.length;
    out.appendToken(this.#tag);
    const valueStart = out.length;
    this.codec.encode(input, out);
    if (this.#implicit && out.isZero(valueStart)) out.length = start;
  }

  decode(input: WireInput, out: ByteOutput): void {
    out.appendToken(this.opening);
    this.codec.decode(input, out);
  }

  decodeAt(input: WireInput, out: ByteOutput, places: readonly Place[]): void {
    out.appendToken(this.opening);
    const { codec } = this;
    if (places.length > 1 && (codec instanceof MessageLikeCodec || codec instanceof GroupCodec)) {
      codec.decodeMerged(input, out, places);
    } else {
      input.at = places.at(-1)?.at ?? input.at;
      codec.decode(input, out);
    }
  }
}
