import { createRequire } from 'node:module';
import { crc32c as bundled } from '@platformatic/kafka';

/** CRC-32C of bytes, unsigned: by the native module where it was installed, else by the one that comes with the client. */
export const crc32c: (data: Buffer) => number = loadNative() ?? bundled;

function loadNative(): ((data: Buffer) => number) | undefined {
  try {
    const native: unknown = createRequire(import.meta.url)('@node-rs/crc32');
    if (typeof native !== 'object' || native === null || !('crc32c' in native)) return undefined;
    const { crc32c } = native;
    return typeof crc32c === 'function' ? (data) => Number(crc32c(data)) : undefined;
  } catch {
    return undefined;
  }
}
