import zlib from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import type { CompressionType } from '../connection-config.ts';
import { KafkaError } from '../kafka-error.ts';
import { decodeLz4 } from './lz4-decoder.ts';
import { decodeSnappy, encodeSnappy } from './snappy-codec.ts';

/** The lowest three bits of a record batch's attributes, by compression. */
export const compressionCodes = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const satisfies Record<
  CompressionType,
  number
>;

/**
 * Decompresses the records of a batch.
 *
 * @param code the lowest three bits of the batch's attributes
 * @param maxBytes most bytes that may come out; a small batch can stand for gigabytes
 * @throws {KafkaError} CORRUPT_MESSAGE, also when more than `maxBytes` come out; UNSUPPORTED_COMPRESSION_TYPE
 */
export function decompress(code: number, data: Buffer, maxBytes: number): Buffer {
  try {
    switch (code) {
      case compressionCodes.none:
        return data;
      case compressionCodes.gzip:
        return zlib.gunzipSync(data, { maxOutputLength: maxBytes });
      case compressionCodes.snappy:
        return decodeSnappy(data, maxBytes);
      case compressionCodes.lz4:
        return decodeLz4(data, maxBytes);
      case compressionCodes.zstd:
        return zlib.zstdDecompressSync(data, { maxOutputLength: maxBytes });
      default:
        throw KafkaError.of('UNSUPPORTED_COMPRESSION_TYPE', `Compression ${code} is not known.`);
    }
  } catch (error) {
    if (error instanceof KafkaError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw KafkaError.of('CORRUPT_MESSAGE', `The records cannot be decompressed: ${text}.`, error);
  }
}

/**
 * Compresses the records of a batch; large gzip and zstd data in another thread.
 *
 * @param level of gzip and zstd; undefined for the codec's default. The others have none.
 */
export function compress(
  type: Exclude<CompressionType, 'none'>,
  level: number | undefined,
  data: Buffer,
): Buffer | Promise<Buffer> {
  switch (type) {
    case 'gzip': {
      const options = level === undefined ? {} : { level };
      if (data.length < gzipInThreadBytes) return zlib.gzipSync(data, options);
      return new Promise((resolve, reject) => {
        zlib.gzip(data, options, (error, result) => (error === null ? resolve(result) : reject(error)));
      });
    }
    case 'snappy':
      return encodeSnappy(data);
    case 'lz4':
      return compressionsAlgorithms.lz4.compressSync(data);
    case 'zstd': {
      const options =
        level === undefined ? {} : { params: { [zlib.constants.ZSTD_c_compressionLevel]: level } };
      if (data.length < zstdInThreadBytes) return zlib.zstdCompressSync(data, options);
      return new Promise((resolve, reject) => {
        zlib.zstdCompress(data, options, (error, result) =>
          error === null ? resolve(result) : reject(error),
        );
      });
    }
  }
}

// Below these a call takes less time than to hand the data to another thread.
const gzipInThreadBytes = 8 * 1024;
const zstdInThreadBytes = 32 * 1024;
