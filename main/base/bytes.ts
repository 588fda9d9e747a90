import { pooledBytes } from './byte-pool.ts'
import { DecodeError } from './byte-reader.ts'

/** The character codes of each byte's two digits: the first in the upper half. */
const HEX_CODES = Uint16Array.from({ length: 256 }, (_, byte) => (hexCode(byte >> 4) << 8) | hexCode(byte & 15))

function hexCode(digit: number): number {
  return '0123456789ABCDEF'.charCodeAt(digit)
}

/**
 * Upper-case hex, two digits a byte. Made of pieces of eight bytes: a string that grows digit by digit is a chain of its
 * parts and, as the key of a map, keeps a kilobyte for a key of 32 bytes.
 */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  let at = 0
  for (; at + 8 <= bytes.length; at += 8) {
    const [a, b, c, d] = [hexAt(bytes, at), hexAt(bytes, at + 1), hexAt(bytes, at + 2), hexAt(bytes, at + 3)]
    const [e, f, g, h] = [hexAt(bytes, at + 4), hexAt(bytes, at + 5), hexAt(bytes, at + 6), hexAt(bytes, at + 7)]
    const first = String.fromCharCode(a >> 8, a & 255, b >> 8, b & 255, c >> 8, c & 255, d >> 8, d & 255)
    text += first + String.fromCharCode(e >> 8, e & 255, f >> 8, f & 255, g >> 8, g & 255, h >> 8, h & 255)
  }
  for (; at < bytes.length; at += 1) text += String.fromCharCode(hexAt(bytes, at) >> 8, hexAt(bytes, at) & 255)
  return text
}

function hexAt(bytes: Uint8Array, at: number): number {
  return HEX_CODES[bytes[at] ?? 0] ?? 0
}

/** Bytes of a hex string in either case. Throws DecodeError on odd length or another character. */
export function fromHex(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) throw new DecodeError('not a hex string')
  const bytes = new Uint8Array(hex.length / 2)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16)
  return bytes
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return joinInto(new Uint8Array(lengthOf(parts)), parts)
}

/** The same to be hashed, signed or sent, and then forgotten: see pooledBytes. */
export function concatForNow(...parts: readonly Uint8Array[]): Uint8Array {
  return joinInto(pooledBytes(lengthOf(parts)), parts)
}

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0
  for (const part of parts) length += part.length
  return length
}

function joinInto(result: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  let offset = 0
  for (const part of parts) {
    result.set(part, offset)
    offset += part.length
  }
  return result
}

/** Whether two arrays hold the same bytes. Not for secrets: it stops at the first difference. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  for (let at = 0; at < left.length; at += 1) {
    if (left[at] !== right[at]) return false
  }
  return true
}

/** The same for secrets and MACs: the time taken depends on the length only. */
export function equalInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  for (let at = 0; at < left.length; at += 1) difference |= (left[at] ?? 0) ^ (right[at] ?? 0)
  return difference === 0
}

/** Order of two byte strings: negative, zero or positive; a shorter one comes before its extensions. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length)
  for (let at = 0; at < shared; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

export function isAllZero(bytes: Uint8Array): boolean {
  let bits = 0
  for (let at = 0; at < bytes.length; at += 1) bits |= bytes[at] ?? 0
  return bits === 0
}

/** Overwrites a secret that has served. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
}

/** UTF-8 of a string; lone surrogates become U+FFFD. */
export function utf8Encode(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text))
  let length = 0
  for (let at = 0; at < text.length; at += 1) {
    let point = text.codePointAt(at) ?? 0xfffd
    if (point < 0x80) {
      bytes[length++] = point
      continue
    }
    if (point >= 0x10000) at += 1
    else if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd
    const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3
    bytes[length++] = ([0, 0xc0, 0xe0, 0xf0][more] ?? 0) | (point >> (6 * more))
    for (let left = more - 1; left >= 0; left -= 1) bytes[length++] = 0x80 | ((point >> (6 * left)) & 0x3f)
  }
  return bytes
}

/** How many bytes `utf8Encode` would give. */
export function utf8Length(text: string): number {
  let length = 0
  for (let at = 0; at < text.length; at += 1) {
    const point = text.codePointAt(at) ?? 0xfffd
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    if (point >= 0x10000) at += 1
  }
  return length
}

const LEAST_POINT_OF_LENGTH = [0, 0, 0x80, 0x800, 0x10000]

/** The string of UTF-8 bytes; each malformed byte becomes U+FFFD, as peers may send anything. */
export function utf8Decode(bytes: Uint8Array): string {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at] ?? 0
    const length =
      first < 0x80
        ? 1
        : first >= 0xc2 && first < 0xe0
          ? 2
          : first >= 0xe0 && first < 0xf0
            ? 3
            : first >= 0xf0 && first < 0xf5
              ? 4
              : 0
    const point = length === 1 ? first : length === 0 ? undefined : multiByte(bytes, at, length)
    text += point === undefined ? '\ufffd' : String.fromCodePoint(point)
    at += point === undefined ? 1 : length
  }
  return text
}

function multiByte(bytes: Uint8Array, at: number, length: number): number | undefined {
  if (at + length > bytes.length) return undefined
  let point = (bytes[at] ?? 0) & (0x7f >> length)
  for (let next = at + 1; next < at + length; next += 1) {
    const byte = bytes[next] ?? 0
    if ((byte & 0xc0) !== 0x80) return undefined
    point = (point << 6) | (byte & 0x3f)
  }
  const least = LEAST_POINT_OF_LENGTH[length] ?? 0
  const isSurrogate = point >= 0xd800 && point <= 0xdfff
  return point < least || point > 0x10ffff || isSurrogate ? undefined : point
}
