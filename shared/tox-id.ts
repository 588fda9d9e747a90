/** A Tox ID as people exchange it: 76 hex digits. */
export const TOX_ID_DIGITS = 76

/** The parts of a Tox ID, each in upper-case hex. */
export interface ToxIdText {
  /** 64 digits: the long-term public key. */
  readonly publicKey: string
  /** 8 digits: the word that lets a friend request through. */
  readonly nospam: string
}

export type ToxIdProblem = 'wrongLength' | 'notHex' | 'badChecksum' | 'notAKey'

/**
 * Takes a Tox ID apart, in either case, with spaces around or in it, and with or without `tox:` before it.
 *
 * returns  what is wrong, in words for a switch, if it is none
 */
export function parseToxId(text: string): ToxIdText | { readonly problem: ToxIdProblem } {
  const digits = text.replace(/\s+/g, '').replace(/^tox:/i, '').toUpperCase()
  if (!/^[0-9A-F]*$/.test(digits)) return { problem: 'notHex' }
  if (digits.length !== TOX_ID_DIGITS) return { problem: 'wrongLength' }
  const body = digits.slice(0, -4)
  if (checksumOf(body) !== digits.slice(-4)) return { problem: 'badChecksum' }
  if (Number.parseInt(digits.slice(62, 64), 16) >= 0x80) return { problem: 'notAKey' }
  return { publicKey: digits.slice(0, 64), nospam: digits.slice(64, 72) }
}

/** The 76 digits of a key (64 hex digits) and nospam (8). Throws RangeError if they are not that. */
export function formatToxId({ publicKey, nospam }: ToxIdText): string {
  if (!/^[0-9a-fA-F]{64}$/.test(publicKey)) throw new RangeError('a public key has 64 hex digits')
  if (!/^[0-9a-fA-F]{8}$/.test(nospam)) throw new RangeError('a nospam has 8 hex digits')
  const body = (publicKey + nospam).toUpperCase()
  return body + checksumOf(body)
}

/** Whether `text` is a Tox ID with a right checksum. */
export function isToxId(text: string): boolean {
  return !('problem' in parseToxId(text))
}

/** Four digits: the XOR of the bytes at even places, and of those at odd places. */
function checksumOf(body: string): string {
  let checksum = 0
  for (let at = 0; at < body.length; at += 4) checksum ^= Number.parseInt(body.slice(at, at + 4), 16)
  return checksum.toString(16).padStart(4, '0').toUpperCase()
}
