import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { DELIMITED } from '../io/wire-types.ts';
import { FieldCodec, tagBytes, tagOf, type FieldNames, type Place } from './field-codec.ts';
import { MapEntries } from './map-entries.ts';
import type { ValueCodec } from './value-codec.ts';

export class MapField extends FieldCodec {
  readonly shown: string;
  readonly tag: number;
  readonly otherTag = undefined;
  readonly takesNull = false;
  readonly absent: Buffer;
  readonly #tag: Buffer;
  readonly #entries: MapEntries;

  constructor(names: FieldNames, keys: ValueCodec, values: ValueCodec) {
    super(names);
    this.shown = `map of ${values.shown}`;
    this.tag = tagOf(names.number, DELIMITED);
    this.#tag = tagBytes(this.tag);
    this.absent = Buffer.concat([this.opening, Buffer.from('{}')]);
    this.#entries = new MapEntries(keys, values);
  }

  encode(input: JsonInput, out: WireOutput): void {
    this.#entries.encode(input, out, this.#tag, this.shown);
  }

  decode(input: WireInput, out: ByteOutput): void {
    let first = true;
    out.appendToken(this.opening);
    this.#entries.decode(input, out, () => {
      if (!first) return input.take(this.#tag);
      first = false;
      return true;
    });
  }

  decodeAt(input: WireInput, out: ByteOutput, places: readonly Place[]): void {
    let index = 0;
    out.appendToken(this.opening);
    this.#entries.decode(input, out, () => {
      const place = places[index++];
      if (place === undefined) return false;
      input.at = place.at;
      return true;
    });
  }
}
