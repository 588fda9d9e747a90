/** What is wrong with a savefile. */
export type ToxsaveErrorCode =
  /** The bytes do not begin as a savefile does. */
  | 'notASavefile'
  /** The file is encrypted and no passphrase was given. */
  | 'passphraseNeeded'
  /** The passphrase is another, or the encrypted file is damaged: there is no telling which. */
  | 'wrongPassphrase'
  /** The file ends too early. */
  | 'cut'
  /** A part of it has a form that it cannot have. */
  | 'malformed'
  /** It holds no key pair, or one whose halves do not belong together. */
  | 'badKeys'

/** A savefile that cannot be read. Nothing was changed, in the file or in us. */
export class ToxsaveError extends Error {
  override readonly name = 'ToxsaveError'
  readonly code: ToxsaveErrorCode

  constructor(code: ToxsaveErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
