import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { readPartitions, writePartitions } from '../group/consumer-protocol.ts';
import type { LastAssignment } from './assignor.ts';
import type { Ownership } from './sticky-shares.ts';

/** The data of Java's StickyAssignor, version 1: the assignment before this one, then its generation. */
export function encodeStickyData({ partitions, generationId }: LastAssignment): Buffer {
  const writer = new ByteWriter(64);
  writePartitions(writer, partitions);
  return writer.int32(generationId).bytes;
}

/** Reads versions 0 (no generation) and 1; what cannot be read owns nothing, as in Java. */
export function decodeStickyData(bytes: Buffer | null): Ownership {
  if (bytes === null || bytes.length === 0) return { partitions: [], generationId: -1 };
  try {
    const reader = new ByteReader(bytes);
    const partitions = readPartitions(reader);
    return { partitions, generationId: reader.remaining >= 4 ? reader.int32() : -1 };
  } catch {
    return { partitions: [], generationId: -1 };
  }
}

/** The data of Java's CooperativeStickyAssignor: the generation alone. */
export function encodeGeneration(generationId: number): Buffer {
  return new ByteWriter(4).int32(generationId).bytes;
}

/** -1 for what cannot be read. */
export function decodeGeneration(bytes: Buffer | null): number {
  return bytes !== null && bytes.length >= 4 ? bytes.readInt32BE(0) : -1;
}
