import { BACKSLASH, QUOTE } from '../../json-text/ascii.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import type { AvroInput } from '../io/avro-input.ts';
import { writeInt } from '../io/avro-output.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { writeJsonBytes } from '../../schema/io/json-strings.ts';
import { AvroCodec, mismatch } from './avro-codec.ts';
import { unescaped } from './string-codec.ts';

/** Bytes are strings of the characters U+0000 to U+00FF. */
export class BytesCodec extends AvroCodec {
  readonly shown = 'bytes';

  encode(input: JsonInput, out: ByteOutput): void {
    const bytes = bytesOf(input, 'bytes');
    writeInt(out, bytes.length);
    out.append(bytes, 0, bytes.length);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const size = input.size();
    const start = input.at;
    input.at += size;
    writeJsonBytes(out, input.data, start, start + size);
  }
}

/** The bytes of a whole record: Confluent's serializers write them without their length. */
export class RootBytesCodec extends AvroCodec {
  readonly shown = 'bytes';

  encode(input: JsonInput, out: ByteOutput): void {
    const bytes = bytesOf(input, 'bytes');
    out.append(bytes, 0, bytes.length);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const start = input.at;
    input.at = input.data.length;
    writeJsonBytes(out, input.data, start, input.at);
  }
}

export class FixedCodec extends AvroCodec {
  readonly shown: string;

  constructor(
    fullName: string,
    private readonly size: number,
  ) {
    super();
    this.shown = `fixed ${fullName} of ${size} bytes`;
  }

  encode(input: JsonInput, out: ByteOutput): void {
    const bytes = bytesOf(input, this.shown);
    if (bytes.length !== this.size) {
      throw new DataMismatchError('', `expected ${this.shown}, got ${bytes.length}`);
    }
    out.append(bytes, 0, bytes.length);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const start = input.at;
    input.require(this.size);
    input.at += this.size;
    writeJsonBytes(out, input.data, start, input.at);
  }
}

function bytesOf(input: JsonInput, shown: string): Buffer {
  const { text, at: start } = input;
  if (text[start] !== QUOTE) throw mismatch(input, shown);
  const end = (input.at = input.stringEnd(start));
  for (let at = start + 1; at < end - 1; at++) {
    const byte = text[at] ?? 0;
    if (byte === BACKSLASH || byte >= 0x80) return latin1(unescaped(text, start, end), shown);
  }
  return text.subarray(start + 1, end - 1);
}

function latin1(string: string, shown: string): Buffer {
  for (let i = 0; i < string.length; i++) {
    if (string.charCodeAt(i) > 0xff) {
      const code = (string.codePointAt(i) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      throw new DataMismatchError('', `expected ${shown}, as characters up to U+00FF, got U+${code}`);
    }
  }
  return Buffer.from(string, 'latin1');
}
