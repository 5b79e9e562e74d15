/** What a key store or a trust store holds, as PEM. */
export interface KeyStore {
  /** Keys with their certificates, the own one first. `key` is undefined where no password for it was given. */
  readonly keys: readonly { readonly key: string | undefined; readonly chain: readonly string[] }[];
  /** Certificates to trust. */
  readonly trusted: readonly string[];
}

/** The store cannot be read: damaged, of another form, or another password. Holds nothing of its content. */
export class KeyStoreError extends Error {
  override readonly name = 'KeyStoreError';
}
