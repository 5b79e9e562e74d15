import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { restErrors } from '#libs/errors/rest-errors.ts';

/** Makes the stream that undoes an encoding. */
export type Decompressor = () => Transform;

const decompressors = new Map<string, Decompressor>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
]);

/**
 * What undoes a Content-Encoding; undefined for `identity`.
 *
 * @throws {RestError} 415 for one that is not known, and for several at once
 */
export function decompressorOf(encoding: string): Decompressor | undefined {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return undefined;
  const decompressor = decompressors.get(name);
  if (decompressor === undefined) {
    throw restErrors.unsupportedEncoding(`${encoding}; known are ${[...decompressors.keys()].join(', ')}`);
  }
  return decompressor;
}

/**
 * @param hold told the size of every piece before the next one is made; may throw
 * @throws {RestError} 413 as soon as there are more than `maxBytes`; 400 when the bytes are not what they claim to be
 */
export function decompress(
  compressed: Buffer,
  decompressor: Decompressor,
  maxBytes: number,
  hold: (bytes: number) => void,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stream = decompressor();
    const pieces: Buffer[] = [];
    let length = 0;
    const fail = (error: unknown): void => {
      stream.destroy();
      reject(error instanceof Error ? error : new Error('Decompression failed', { cause: error }));
    };
    stream.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > maxBytes) {
        fail(
          restErrors.bodyTooLarge(`The request body is larger than ${maxBytes} bytes after decompression`),
        );
        return;
      }
      try {
        hold(piece.length);
      } catch (error) {
        fail(error);
        return;
      }
      pieces.push(piece);
    });
    stream.on('end', () => resolve(Buffer.concat(pieces, length)));
    stream.on('error', (cause) =>
      fail(restErrors.badRequest('The body is not what its Content-Encoding says', { cause })),
    );
    stream.end(compressed);
  });
}
