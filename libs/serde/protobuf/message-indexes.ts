import { DeserializationError } from '../serde.ts';
import { WireInput } from './io/wire-input.ts';
import { WireOutput } from './io/wire-output.ts';
import { maxDeclarationDepth } from './schema/schema-budget.ts';

/**
 * Which message of a schema a record is: of the messages of the file the n-th, of those inside it the m-th, and so on,
 * from 0. Stands between the schema's id and the message: how many there are and then each, in zigzag varints; the first
 * message of the file is the single byte 0.
 */
export type MessageIndexes = readonly number[];

export function writeMessageIndexes(indexes: MessageIndexes): Buffer {
  if (indexes.length === 1 && indexes[0] === 0) return Buffer.from([0]);
  const out = new WireOutput();
  for (const value of [indexes.length, ...indexes]) out.varint32(value << 1);
  return out.take();
}

/**
 * @param start where they begin
 * @returns them, and where the message begins
 * @throws {DeserializationError}
 */
export function readMessageIndexes(
  data: Buffer,
  start: number,
): { readonly indexes: MessageIndexes; readonly end: number } {
  const input = new WireInput();
  input.reset(data, start);
  const count = readIndex(input);
  if (count > maxDeclarationDepth) throw new DeserializationError(`${count} message indexes are too many`);
  const indexes: number[] = [];
  while (indexes.length < count) indexes.push(readIndex(input));
  return { indexes: count === 0 ? [0] : indexes, end: input.at };
}

function readIndex(input: WireInput): number {
  input.varint();
  const { low, high } = input;
  if (high !== 0 || (low & 1) !== 0) throw new DeserializationError('The message indexes are none');
  return low >>> 1;
}
