import { MAC_BYTES } from '../crypto/box.ts'
import { packet, restBytes, u16 } from './codec.ts'

export const CRYPTO_DATA_ID = 0x1b
/** The whole datagram: it must pass without fragments. */
const CRYPTO_PACKET_BYTES_MAX = 1_400
/** A friend packet with its id byte. */
export const FRIEND_PACKET_BYTES_MAX = 1_373

/** Inside: recvStart and number, four bytes each. */
const COUNTS_BYTES = 8
const HEADER_BYTES = 3
const PADDING_STEP_BYTES = 8

/** Ids inside data packets. 3 to 15 and 255 are reserved, 0 is padding. */
export const PACKET_REQUEST_ID = 1
export const KILL_ID = 2
export const LOSSLESS_ID_FIRST = 16
export const LOSSLESS_ID_LAST = 191
export const LOSSY_ID_FIRST = 192
export const LOSSY_ID_LAST = 254

/**
 * Crypto data, 28 to 1,400 bytes.
 *
 * | bytes   | field                                                                |
 * |---------|----------------------------------------------------------------------|
 * | 1       | 0x1b                                                                 |
 * | 2       | the last two bytes of the nonce: sender's base nonce + packets sent  |
 * | 25-1397 | box(session keys){ see below }                                       |
 *
 * Inside:
 *
 * | bytes  | field                                                                             |
 * |--------|-----------------------------------------------------------------------------------|
 * | 4      | recvStart: the lowest number that the sender has not yet taken in order           |
 * | 4      | number: of this packet if it is lossless, else the next that the sender would use |
 * | 0-7    | zeros: padding                                                                    |
 * | 1-1373 | id (not 0) and body                                                               |
 *
 * source   Tox spec "Data packets"; tox-wire.md 4.2
 */
export const cryptoData = packet('crypto data', CRYPTO_DATA_ID, {
  nonceLow: u16,
  sealed: restBytes(CRYPTO_PACKET_BYTES_MAX - HEADER_BYTES, MAC_BYTES + COUNTS_BYTES + 1),
})

const CRYPTO_PACKET_BYTES_MIN = HEADER_BYTES + MAC_BYTES + COUNTS_BYTES + 1

/** The packet around a sealed plain text. By hand, not by `encode`: each chat and file packet passes here. */
export function frameCryptoData(nonceLow: number, sealed: Uint8Array): Uint8Array {
  const framed = new Uint8Array(HEADER_BYTES + sealed.length)
  framed[0] = CRYPTO_DATA_ID
  framed[1] = nonceLow >>> 8
  framed[2] = nonceLow & 0xff
  framed.set(sealed, HEADER_BYTES)
  return framed
}

export function isCryptoDataSize(length: number): boolean {
  return length >= CRYPTO_PACKET_BYTES_MIN && length <= CRYPTO_PACKET_BYTES_MAX
}

/** Of a packet whose size was checked. */
export function nonceLowOf(framed: Uint8Array): number {
  return ((framed[1] ?? 0) << 8) | (framed[2] ?? 0)
}

/** A view into the packet. */
export function sealedPartOf(framed: Uint8Array): Uint8Array {
  return framed.subarray(HEADER_BYTES)
}

const plainBuffer = new Uint8Array(COUNTS_BYTES + PADDING_STEP_BYTES + FRIEND_PACKET_BYTES_MAX)

/**
 * The plain text of a data packet: counts, zeros so that sizes tell less, then `data` (1 to 1,373 bytes).
 *
 * returns  a view of a shared buffer, valid until the next call: seal it at once
 */
export function dataPlain(recvStart: number, number: number, data: Uint8Array): Uint8Array {
  const paddingLength = (FRIEND_PACKET_BYTES_MAX - data.length) % PADDING_STEP_BYTES
  writeU32(0, recvStart)
  writeU32(4, number)
  plainBuffer.fill(0, COUNTS_BYTES, COUNTS_BYTES + paddingLength)
  plainBuffer.set(data, COUNTS_BYTES + paddingLength)
  return plainBuffer.subarray(0, COUNTS_BYTES + paddingLength + data.length)
}

/** recvStart of an opened plain text (at least 8 bytes). */
export function recvStartOf(plain: Uint8Array): number {
  return readU32(plain, 0)
}

export function numberOf(plain: Uint8Array): number {
  return readU32(plain, 4)
}

/** Id and body without the padding: a view; undefined if there are only zeros. */
export function dataOf(plain: Uint8Array): Uint8Array | undefined {
  let at = COUNTS_BYTES
  while (at < plain.length && plain[at] === 0) at += 1
  return at < plain.length ? plain.subarray(at) : undefined
}

/** The full count that a 32-bit count on the wire stands for: the one nearest to `near`. May be negative. */
export function unwrapCount(wire: number, near: number): number {
  return near + ((wire - (near % 2 ** 32)) | 0)
}

function writeU32(at: number, value: number): void {
  plainBuffer[at] = value >>> 24
  plainBuffer[at + 1] = value >>> 16
  plainBuffer[at + 2] = value >>> 8
  plainBuffer[at + 3] = value
}

function readU32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  )
}
