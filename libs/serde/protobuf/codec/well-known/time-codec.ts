import { QUOTE } from '../../../json-text/ascii.ts';
import type { ByteOutput } from '../../../schema/io/byte-output.ts';
import type { JsonInput } from '../../../schema/io/json-input.ts';
import { DeserializationError } from '../../../serde.ts';
import type { WireInput } from '../../io/wire-input.ts';
import type { WireOutput } from '../../io/wire-output.ts';
import { wrong } from '../json-numbers.ts';
import { MessageLikeCodec } from '../message-like-codec.ts';
import { unescaped } from '../string-codec.ts';
import { mismatch } from '../value-codec.ts';

/** Seconds and billionths of a second. */
export interface SecondsAndNanos {
  readonly seconds: number;
  readonly nanos: number;
}

/** A message of two fields, seconds (1) and nanos (2), that JSON has a string for. */
export abstract class TimeCodec extends MessageLikeCodec {
  /** @returns undefined when it is none */
  protected abstract parse(text: string): SecondsAndNanos | undefined;

  /** @returns undefined when it is out of range */
  protected abstract format(time: SecondsAndNanos): string | undefined;

  encodeBody(input: JsonInput, out: WireOutput): void {
    const { text, at: start } = input;
    if (text[start] !== QUOTE) throw mismatch(input, this.shown);
    const end = (input.at = input.stringEnd(start));
    const string = unescaped(text, start, end);
    const time = string.length > mostCharacters ? undefined : this.parse(string);
    if (time === undefined) throw wrong(this.shown, text.toString('utf8', start, end));
    const { seconds, nanos } = time;
    if (seconds !== 0) {
      out.appendByte(SECONDS);
      out.varint64(seconds | 0, Math.floor(seconds / TWO_32) | 0);
    }
    if (nanos !== 0) {
      out.appendByte(NANOS);
      out.varint64(nanos, nanos < 0 ? -1 : 0);
    }
  }

  decodeBody(input: WireInput, out: ByteOutput): void {
    const { end } = input;
    let seconds = 0;
    let nanos = 0;
    while (input.at < end) {
      const tag = input.tag();
      if (tag === SECONDS) {
        input.varint();
        seconds = (input.high | 0) * TWO_32 + input.low;
      } else if (tag === NANOS) {
        input.varint();
        nanos = input.low | 0;
      } else {
        input.skip(tag);
      }
    }
    const text = this.format({ seconds, nanos });
    if (text === undefined) {
      throw new DeserializationError(`${seconds} seconds and ${nanos} nanoseconds are not a ${this.shown}`);
    }
    out.reserve(text.length + 2);
    out.appendByte(QUOTE);
    out.length += out.bytes.write(text, out.length, 'latin1');
    out.appendByte(QUOTE);
  }
}

/** Digits behind the point, with zeros up to nine. */
export function nanosOf(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.padEnd(9, '0'));
}

/** With the point, in three, six or nine digits; "" for none. @param nanos from 0 */
export function fractionOf(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  if (digits.endsWith('000000')) return `.${digits.slice(0, 3)}`;
  return `.${digits.endsWith('000') ? digits.slice(0, 6) : digits}`;
}

const SECONDS = 0x08;
const NANOS = 0x10;
const TWO_32 = 0x1_0000_0000;
const mostCharacters = 64;
