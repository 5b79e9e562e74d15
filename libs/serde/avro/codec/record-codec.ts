import { CLOSE_BRACE, COMMA, OPEN_BRACE } from '../../json-text/ascii.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import type { AvroInput } from '../io/avro-input.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { AvroCodec, inside, mismatch } from './avro-codec.ts';

export interface FieldCodec {
  readonly name: string;
  readonly codec: AvroCodec;
  /** The default as Avro's bytes; undefined where there is none that can be used. */
  readonly defaultBytes: () => Uint8Array | undefined;
}

interface Field extends FieldCodec {
  /** `"name":` */
  readonly token: Buffer;
  /** The same with the brace or comma before it. */
  readonly opening: Buffer;
}

export class RecordCodec extends AvroCodec {
  readonly shown: string;
  #fields: readonly Field[] = [];
  /** By `"name":` as latin-1, which needs no decoding. */
  #indexes: ReadonlyMap<string, number> = new Map();

  constructor(fullName: string) {
    super();
    this.shown = `record ${fullName}`;
  }

  /** Apart from the constructor: fields may be records of the same schema. */
  complete(fields: readonly FieldCodec[]): void {
    this.#fields = fields.map((field, index) => {
      const token = `${JSON.stringify(field.name)}:`;
      return {
        ...field,
        token: Buffer.from(token),
        opening: Buffer.from(`${index === 0 ? '{' : ','}${token}`),
      };
    });
    this.#indexes = new Map(this.#fields.map(({ token }, index) => [token.toString('latin1'), index]));
  }

  encode(input: JsonInput, out: ByteOutput): void {
    const { text } = input;
    if (text[input.at] !== OPEN_BRACE) throw mismatch(input, this.shown);
    const fields = this.#fields;
    let done = 0;
    let more = text[++input.at] !== CLOSE_BRACE;
    try {
      // Members that come in the order of the fields are read in one pass.
      while (more && done < fields.length) {
        const field = fields[done];
        if (field === undefined || !input.take(field.token)) break;
        field.codec.encode(input, out);
        done++;
        more = text[input.at] === COMMA;
        if (more) input.at++;
      }
    } catch (error) {
      throw inside(`.${fields[done]?.name}`, error);
    }
    if (more) this.#encodeUnordered(input, out, done);
    else {
      input.at++;
      if (done < fields.length) input.spend(fields.length - done);
      for (; done < fields.length; done++) this.#encodeDefault(out, fields[done]);
    }
  }

  /** Goes on before a member that is not field number `done`: finds where the values are, then takes them in order. */
  #encodeUnordered(input: JsonInput, out: ByteOutput, done: number): void {
    const fields = this.#fields;
    input.spend(fields.length - done);
    const starts = new Int32Array(fields.length).fill(-1);
    do {
      const nameStart = input.at;
      input.at = input.stringEnd(nameStart) + 1;
      const index = this.#indexes.get(input.text.toString('latin1', nameStart, input.at));
      if (index !== undefined) {
        if (index < done || starts[index] !== -1) {
          throw new DataMismatchError(`.${fields[index]?.name}`, 'there are two members of this name');
        }
        starts[index] = input.at;
      }
      input.skipValue();
    } while (input.text[input.at++] === COMMA);
    const end = input.at;
    for (let i = done; i < fields.length; i++) {
      const field = fields[i];
      const start = starts[i] ?? -1;
      if (start === -1) {
        this.#encodeDefault(out, field);
        continue;
      }
      input.at = start;
      try {
        field?.codec.encode(input, out);
      } catch (error) {
        throw inside(`.${field?.name}`, error);
      }
    }
    input.at = end;
  }

  #encodeDefault(out: ByteOutput, field: Field | undefined): void {
    const bytes = field?.defaultBytes();
    if (bytes === undefined) {
      throw new DataMismatchError(`.${field?.name}`, `expected ${field?.codec.shown}, got nothing`);
    }
    out.append(bytes, 0, bytes.length);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const fields = this.#fields;
    input.enter();
    if (fields.length === 0) out.appendByte(OPEN_BRACE);
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i];
      if (field === undefined) break;
      out.appendToken(field.opening);
      field.codec.decode(input, out);
    }
    out.appendByte(CLOSE_BRACE);
    input.depth--;
  }
}
