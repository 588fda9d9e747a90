export type ProfileErrorCode =
  /** Another running instance has the profile. */
  | 'locked'
  /** The folder or a file in it cannot be read, or is no profile. */
  | 'unreadable'
  | 'passphraseNeeded'
  | 'wrongPassphrase'

/** A profile that cannot be opened. The message says why; nothing on disk was changed. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError'
  readonly code: ProfileErrorCode

  constructor(code: ProfileErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
