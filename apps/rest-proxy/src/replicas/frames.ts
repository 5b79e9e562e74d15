/**
 * What goes over a link between two replicas, each way: frames of a head of 9 bytes and a payload.
 *
 * Head: bytes of the payload (32 bits, big endian), kind (8), number of the exchange (32). Kinds that are about no
 * exchange have something else in its place, as said with them.
 */
export const frameKind = {
  // From the replica with the client's connection.
  /** Message: the head of a request, and its body. */
  request: 1,
  /** Nobody waits for the answer. */
  cancel: 2,
  /** Number: so many bytes of the answer have gone on to the client. */
  taken: 3,
  /** Text: the id of a delivery. In place of the exchange: 1 when it may be asked for later, otherwise 0. */
  confirm: 4,
  /** Text: the id of a delivery. */
  abandon: 5,
  /** Text: the id of a delivery. In place of the exchange: for how many ms. */
  hold: 6,
  /** The client of the answer that was asked for is still there. In place of the exchange: the number of the question. */
  still: 7,
  /** The same, and it has gone. */
  gone: 8,

  // From both.
  /** The replica is at work. */
  alive: 22,

  // From the replica that answers.
  /** Message: the head of an answer, and its body: all of it. */
  answer: 16,
  /** Message: the head of an answer whose body comes in pieces. */
  head: 17,
  /** Bytes of the body. */
  data: 18,
  /** There is no more of the body. */
  end: 19,
  /** The instance is not here. Text: where it is, if that is known. */
  elsewhere: 20,
  /** The answer breaks off. */
  broken: 21,
  /** In place of the exchange: so many more reports of deliveries were heard. */
  heard: 23,
  /** Text: the id of a delivery whose client may have gone since. In place of the exchange: the number of the question. */
  ask: 24,
} as const;

export const headBytes = 9;

/** A payload that has a text and bytes: the length of the text (32 bits), the text in Latin-1, the bytes. */
export interface Message {
  readonly text: string;
  readonly body: Buffer;
}

/** @throws {RangeError} it is none */
export function messageOf(payload: Buffer): Message {
  const end = 4 + payload.readUInt32BE(0);
  if (end > payload.length) throw new RangeError('The text of a message is longer than the message');
  return { text: payload.toString('latin1', 4, end), body: payload.subarray(end) };
}
