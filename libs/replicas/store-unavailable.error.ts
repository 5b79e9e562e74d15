/** The store of consumer instances does not answer. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
