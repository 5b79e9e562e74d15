import { BACKSLASH, QUOTE } from '../../json-text/ascii.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import type { AvroInput } from '../io/avro-input.ts';
import { writeInt } from '../io/avro-output.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { writeJsonString } from '../../schema/io/json-strings.ts';
import { AvroCodec, mismatch } from './avro-codec.ts';

export class StringCodec extends AvroCodec {
  readonly shown = 'string';

  encode(input: JsonInput, out: ByteOutput): void {
    if (input.text[input.at] !== QUOTE) throw mismatch(input, 'string');
    writeString(input, out);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const size = input.size();
    const start = input.at;
    input.at += size;
    writeJsonString(out, input.data, start, start + size);
  }
}

/** Passes over the string or the name that comes next, and writes it with its length. */
export function writeString(input: JsonInput, out: ByteOutput): void {
  const { text } = input;
  const start = input.at + 1;
  let at = start;
  let byte = text[at] ?? QUOTE;
  while (byte !== QUOTE && byte !== BACKSLASH) byte = text[++at] ?? QUOTE;
  if (byte === QUOTE) {
    input.at = at + 1;
    writeInt(out, at - start);
    out.append(text, start, at);
    return;
  }
  const end = input.stringEnd(start - 1);
  const string = unescaped(text, start - 1, end);
  if (!string.isWellFormed()) {
    throw new DataMismatchError('', 'expected string, got one that is not valid Unicode');
  }
  const bytes = Buffer.from(string);
  writeInt(out, bytes.length);
  out.append(bytes, 0, bytes.length);
  input.at = end;
}

/** The string whose JSON text, quotes included, stands at these offsets. */
export function unescaped(text: Buffer, start: number, end: number): string {
  return String(JSON.parse(text.toString('utf8', start, end)));
}
