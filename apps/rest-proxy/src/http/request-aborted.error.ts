/** Nobody is left to answer: the client went away, or the request ran out of time and was answered already. */
export class RequestAbortedError extends Error {
  override readonly name = 'RequestAbortedError';
}
