/** A call that the consumer's state does not allow; carries the Java client's text. */
export class IllegalStateError extends Error {
  override readonly name = 'IllegalStateError';
}
