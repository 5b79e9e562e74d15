import type { Socket } from 'node:net';
import type { AnswerFate } from './routed.ts';

interface LastAnswer {
  readonly delivery: Pick<AnswerFate, 'abandon'>;
  /** Of the connection when the answer had been handed to it. */
  readonly bytesRead: number;
}

const lastAnswers = new WeakMap<Socket, LastAnswer>();

/**
 * Abandons a delivery when its connection breaks after the answer was handed over completely, and before the client has
 * shown that it got it: by sending something else.
 *
 * An answer that fits the buffers of the connection is "written" long before the client has read it. Who hangs up in the
 * middle of it resets the connection.
 */
export function watchAnswer(socket: Socket, delivery: Pick<AnswerFate, 'abandon'>): void {
  const isWatched = lastAnswers.has(socket);
  lastAnswers.set(socket, { delivery, bytesRead: socket.bytesRead });
  if (isWatched) return;
  socket.once('close', (broken: boolean) => {
    const last = lastAnswers.get(socket);
    if (broken && last?.bytesRead === socket.bytesRead) last.delivery.abandon();
  });
}
