import { DeserializationError } from '../serde.ts';

/** Bytes of the header: the magic byte 0 and the schema's id, four bytes, the highest first. */
export const headerLength = 5;

/** What a record's bytes begin with, in the form of Confluent's serializers. */
export function frameHeader(schemaId: number): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeInt32BE(schemaId, 1);
  return header;
}

/** The id in the header of a record's bytes. @throws {DeserializationError} when they do not begin with a header */
export function schemaIdOf(data: Buffer): number {
  const magic = data[0];
  if (magic !== 0 && magic !== undefined) {
    const shown = magic.toString(16).padStart(2, '0');
    throw new DeserializationError(`Unknown magic byte! Expected 0, got 0x${shown}`);
  }
  if (data.length < headerLength) {
    throw new DeserializationError(`${data.length} bytes are too few for a magic byte and a schema id`);
  }
  return data.readInt32BE(1);
}
