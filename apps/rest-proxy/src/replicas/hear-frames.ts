import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { FrameReader } from './frame-reader.ts';

const logger = new Logger('Links');

/** Whoever hears what comes over a connection. */
export interface FrameHearer {
  /** Something came, whatever it is. */
  received?(): void;
  /** @throws {RangeError} it is no frame of ours */
  hear(kind: number, exchange: number, payload: Buffer): void;
}

/**
 * Hears the frames of a connection until it ends.
 *
 * Whoever speaks otherwise is no replica of ours. What is our own fault costs the link, not the process.
 *
 * @param longest bytes of a payload
 */
export function hearFrames(socket: Socket, longest: number, hearer: FrameHearer): void {
  const reader = new FrameReader(longest);
  const hear = hearer.hear.bind(hearer);
  socket.on('data', (chunk: Buffer) => {
    hearer.received?.();
    try {
      reader.push(chunk, hear);
    } catch (error) {
      if (!(error instanceof RangeError)) logger.error({ err: error }, 'A link between replicas failed');
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.destroy());
}
