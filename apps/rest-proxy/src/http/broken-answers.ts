import type { Socket } from 'node:net';
import type { AnswerFate } from './routed.ts';

interface LastAnswer {
  readonly delivery: Pick<AnswerFate, 'abandon'>;
  /** The client has it for certain. */
  readonly shown: (() => void) | undefined;
  /** Of the connection when the answer had been handed to it. */
  readonly bytesRead: number;
}

/** Who hangs up in the middle of an answer has got so much of it at least: what is smaller comes in one piece. */
const wholeBytes = 4_096;

const lastAnswers = new WeakMap<Socket, LastAnswer>();

/**
 * Confirms a delivery whose answer has been handed to its connection completely; takes that back when the connection
 * breaks.
 *
 * @param bytes of the answer
 */
export function confirmAnswer(socket: Socket, fate: AnswerFate, bytes: number): void {
  const still = { has: true };
  const abandon = (): void => {
    still.has = false;
    fate.abandon();
  };
  const isWhole = bytes <= wholeBytes;
  fate.confirm(isWhole ? undefined : () => afterEvents(() => still.has));
  watchAnswer(socket, { abandon }, isWhole ? undefined : () => fate.confirm());
}

/** A client that sends another request on a connection has got the last answer there: nobody needs to ask any more. */
export function requestCame(socket: Socket): void {
  const last = lastAnswers.get(socket);
  if (last?.shown === undefined || socket.bytesRead === last.bytesRead) return;
  lastAnswers.set(socket, { ...last, shown: undefined });
  last.shown();
}

/** Looks when the connections have told what had happened to them before this was called. */
function afterEvents<T>(look: () => T): Promise<T> {
  // `close` comes at the end of a turn of the event loop, after its immediates.
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(() => resolve(look())));
  });
}

/**
 * Abandons a delivery when its connection breaks after the answer was handed over completely, and before the client has
 * shown that it got it: by sending something else.
 *
 * An answer that fits the buffers of the connection is "written" long before the client has read it. Who hangs up in the
 * middle of it resets the connection.
 */
function watchAnswer(socket: Socket, delivery: LastAnswer['delivery'], shown: LastAnswer['shown']): void {
  const isWatched = lastAnswers.has(socket);
  lastAnswers.set(socket, { delivery, shown, bytesRead: socket.bytesRead });
  if (isWatched) return;
  socket.once('close', (broken: boolean) => {
    const last = lastAnswers.get(socket);
    if (broken && last?.bytesRead === socket.bytesRead) last.delivery.abandon();
  });
}
