import { isUtf8 } from 'node:buffer';
import { BACKSLASH, QUOTE } from '../../json-text/ascii.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { writeJsonString } from '../../schema/io/json-strings.ts';
import { DeserializationError } from '../../serde.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { DELIMITED } from '../io/wire-types.ts';
import { mismatch, ValueCodec } from './value-codec.ts';

export class StringCodec extends ValueCodec {
  readonly shown = 'string';
  readonly wireType = DELIMITED;
  readonly zero = '""';

  /** @param strict whether bytes that are not UTF-8 are an error; otherwise they are shown as U+FFFD */
  constructor(private readonly strict: boolean) {
    super();
  }

  /** Of numbers and booleans, too, it takes the text, as the original does. */
  encode(input: JsonInput, out: WireOutput): void {
    const kind = input.kind();
    if (kind === 'string') {
      writeString(input, out);
    } else if (kind === 'number' || kind === 'boolean') {
      const start = input.at;
      input.skipValue();
      out.varint32(input.at - start);
      out.append(input.text, start, input.at);
    } else {
      throw mismatch(input, 'string');
    }
  }

  decode(input: WireInput, out: ByteOutput): void {
    const size = input.size();
    const start = input.at;
    const end = (input.at = start + size);
    if (this.strict) requireUtf8(input.data, start, end);
    writeJsonString(out, input.data, start, end);
  }
}

function requireUtf8(data: Buffer, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    if ((data[at] ?? 0) < 0x80) continue;
    // Everything before was ASCII, so that no character is cut.
    if (!isUtf8(data.subarray(at, end))) {
      throw new DeserializationError(`A string is not valid UTF-8 (byte ${at})`);
    }
    return;
  }
}

/** Passes over the string or the name that comes next, and writes it with its length. */
export function writeString(input: JsonInput, out: WireOutput): void {
  const { text } = input;
  const start = input.at + 1;
  let at = start;
  let byte = text[at] ?? QUOTE;
  while (byte !== QUOTE && byte !== BACKSLASH) byte = text[++at] ?? QUOTE;
  if (byte === QUOTE) {
    input.at = at + 1;
    out.varint32(at - start);
    out.append(text, start, at);
    return;
  }
  const string = stringOf(input);
  const bytes = Buffer.from(string);
  out.varint32(bytes.length);
  out.append(bytes, 0, bytes.length);
}

/** Passes over the string or the name that comes next, and gives what it stands for. */
export function stringOf(input: JsonInput): string {
  const start = input.at;
  const end = (input.at = input.stringEnd(start));
  const string = unescaped(input.text, start, end);
  if (!string.isWellFormed()) {
    throw new DataMismatchError('', 'expected string, got one that is not valid Unicode');
  }
  return string;
}

/** The string whose JSON text, quotes included, stands at these offsets. */
export function unescaped(text: Buffer, start: number, end: number): string {
  return String(JSON.parse(text.toString('utf8', start, end)));
}
