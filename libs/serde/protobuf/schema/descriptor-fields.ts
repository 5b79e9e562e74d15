import { WireInput } from '../io/wire-input.ts';
import { DELIMITED, VARINT } from '../io/wire-types.ts';

/** The fields of one message of descriptor.proto. Throws DeserializationError for bytes that are none. */
export class DescriptorFields {
  readonly #numbers = new Map<number, number>();
  readonly #bytes = new Map<number, Buffer[]>();

  constructor(data: Buffer) {
    const input = new WireInput();
    input.reset(data, 0);
    while (input.at < input.end) {
      const tag = input.tag();
      const number = tag >>> 3;
      if ((tag & 7) === VARINT) {
        input.varint();
        this.#numbers.set(number, input.low | 0);
      } else if ((tag & 7) === DELIMITED) {
        const size = input.size();
        const bytes = data.subarray(input.at, input.at + size);
        input.at += size;
        const others = this.#bytes.get(number);
        if (others === undefined) this.#bytes.set(number, [bytes]);
        else others.push(bytes);
      } else {
        input.skip(tag);
      }
    }
  }

  number(field: number): number | undefined {
    return this.#numbers.get(field);
  }

  string(field: number): string | undefined {
    return this.#bytes.get(field)?.at(-1)?.toString();
  }

  strings(field: number): readonly string[] {
    return (this.#bytes.get(field) ?? []).map((bytes) => bytes.toString());
  }

  /** Merged, as a message is that comes in pieces. */
  message(field: number): DescriptorFields {
    return new DescriptorFields(Buffer.concat(this.#bytes.get(field) ?? []));
  }

  messages(field: number): readonly DescriptorFields[] {
    return (this.#bytes.get(field) ?? []).map((bytes) => new DescriptorFields(bytes));
  }
}
