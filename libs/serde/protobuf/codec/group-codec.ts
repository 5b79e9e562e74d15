import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { END_GROUP, START_GROUP } from '../io/wire-types.ts';
import { tagBytes, tagOf, type Place } from './field-codec.ts';
import type { MessageLikeCodec } from './message-like-codec.ts';
import { ValueCodec } from './value-codec.ts';

/** A message between two tags: a group of proto2, or what an edition calls delimited. */
export class GroupCodec extends ValueCodec {
  readonly wireType = START_GROUP;
  readonly zero = '';
  override readonly takesNull: boolean;
  readonly #startTag: number;
  readonly #endTag: Buffer;

  constructor(
    private readonly message: MessageLikeCodec,
    number: number,
  ) {
    super();
    this.takesNull = message.takesNull;
    this.#startTag = tagOf(number, START_GROUP);
    this.#endTag = tagBytes(tagOf(number, END_GROUP));
  }

  get shown(): string {
    return this.message.shown;
  }

  encode(input: JsonInput, out: WireOutput): void {
    out.enter();
    this.message.encodeBody(input, out);
    out.leave();
    out.appendToken(this.#endTag);
  }

  decode(input: WireInput, out: ByteOutput): void {
    const start = input.at;
    const end = input.skipGroup(this.#startTag);
    const behind = input.at;
    input.at = start;
    this.message.decodeWithin(input, out, end);
    input.at = behind;
  }

  decodeMerged(input: WireInput, out: ByteOutput, places: readonly Place[]): void {
    const bodies = places.map(({ at }) => {
      input.at = at;
      return input.data.subarray(at, input.skipGroup(this.#startTag));
    });
    this.message.decodeBodies(input, out, bodies);
  }
}
