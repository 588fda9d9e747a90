import { MAC_BYTES, NONCE_BYTES } from '../crypto/box.ts'
import { bytes, packet, publicKey, struct, u53, type ValueOf } from './codec.ts'

/** A sealed cookie as it travels: nonce 24, MAC 16, contents 72. Opaque to everybody but its maker. */
const COOKIE_BYTES = 112
export const COOKIE_ECHO_BYTES = 8
const COOKIE_HASH_BYTES = 64
const HANDSHAKE_PLAIN_BYTES = 232

/** First byte of a cookie request, which is a DHT envelope around `cookieRequest`. 145 bytes in all. */
export const COOKIE_REQUEST_ID = 0x18

/**
 * Cookie request: the plain text of the DHT envelope 0x18.
 *
 * | bytes | field                                                   |
 * |-------|---------------------------------------------------------|
 * | 32    | real public key of the sender (claimed, not yet proven) |
 * | 32    | unused, zeros when we send                              |
 * | 8     | echo, comes back in the response                        |
 *
 * source   Tox spec "Cookie request packet"; tox-wire.md 4.1
 */
export const cookieRequest = struct({ realKey: publicKey, unused: bytes(32), echo: bytes(COOKIE_ECHO_BYTES) })
export type CookieRequest = ValueOf<typeof cookieRequest>

/**
 * Cookie response, 161 bytes. It names no sender: the address tells whose DHT key opens it.
 *
 * | bytes | field                                          |
 * |-------|------------------------------------------------|
 * | 1     | 0x19                                           |
 * | 24    | nonce, random                                  |
 * | 136   | box(both DHT keys){ `cookieResponsePlain` }    |
 *
 * source   Tox spec "Cookie response packet"; tox-wire.md 4.1
 */
export const cookieResponse = packet('cookie response', 0x19, {
  nonce: bytes(NONCE_BYTES),
  sealed: bytes(COOKIE_BYTES + COOKIE_ECHO_BYTES + MAC_BYTES),
})
export type CookieResponse = ValueOf<typeof cookieResponse>

/**
 * What a cookie response seals.
 *
 * | bytes | field                        |
 * |-------|------------------------------|
 * | 112   | cookie, sealed by its maker  |
 * | 8     | echo of the request          |
 */
export const cookieResponsePlain = struct({ cookie: bytes(COOKIE_BYTES), echo: bytes(COOKIE_ECHO_BYTES) })

/**
 * What we put into our own cookies. Others never open it, so the time may be in our own unit.
 *
 * | bytes | field                                  |
 * |-------|----------------------------------------|
 * | 8     | time of issue, ms                      |
 * | 32    | real public key of who asked           |
 * | 32    | DHT public key of who asked            |
 */
export const cookieContents = struct({ issuedAt: u53, realKey: publicKey, dhtKey: publicKey })
export type CookieContents = ValueOf<typeof cookieContents>

/**
 * Crypto handshake, 385 bytes. The same packet is repeated until data arrives.
 *
 * | bytes | field                                                        |
 * |-------|--------------------------------------------------------------|
 * | 1     | 0x1a                                                         |
 * | 112   | cookie that the receiver made                                |
 * | 24    | nonce, random                                                |
 * | 248   | box(both real keys){ `handshakePlain` }                      |
 *
 * source   Tox spec "Handshake packet"; tox-wire.md 4.1
 */
export const handshake = packet('crypto handshake', 0x1a, {
  cookie: bytes(COOKIE_BYTES),
  nonce: bytes(NONCE_BYTES),
  sealed: bytes(HANDSHAKE_PLAIN_BYTES + MAC_BYTES),
})
export type Handshake = ValueOf<typeof handshake>

/**
 * What a handshake seals.
 *
 * | bytes | field                                                            |
 * |-------|------------------------------------------------------------------|
 * | 24    | base nonce of the sender's data packets                          |
 * | 32    | session public key of the sender                                 |
 * | 64    | SHA-512 of the cookie outside                                    |
 * | 112   | cookie that the sender made, for the receiver's own handshake    |
 */
export const handshakePlain = struct({
  baseNonce: bytes(NONCE_BYTES),
  sessionKey: publicKey,
  cookieHash: bytes(COOKIE_HASH_BYTES),
  ownCookie: bytes(COOKIE_BYTES),
})
export type HandshakePlain = ValueOf<typeof handshakePlain>
