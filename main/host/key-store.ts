/** Where a profile without a passphrase keeps its data key safe: the key store of the system, if the shell has one. */
export interface KeyStore {
  /** Makes of a key what only this person on this computer can turn back. */
  wrap(key: Uint8Array): Uint8Array
  /** Throws an Error if it was wrapped elsewhere. */
  unwrap(wrapped: Uint8Array): Uint8Array
}
