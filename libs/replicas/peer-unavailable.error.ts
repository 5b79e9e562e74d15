/** Another replica does not answer. */
export class PeerUnavailableError extends Error {
  override readonly name = 'PeerUnavailableError';
}
