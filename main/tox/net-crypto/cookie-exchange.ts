import { concat, equalInConstantTime } from '../../base/bytes.ts'
import { type Random, randomBytes } from '../../base/random.ts'
import { open, randomNonce, type SharedKey, seal } from '../../crypto/box.ts'
import { KEY_BYTES, type PublicKey } from '../../crypto/keys.ts'
import { decode, encode } from '../../wire/codec.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import {
  COOKIE_ECHO_BYTES,
  COOKIE_REQUEST_ID,
  type CookieResponse,
  cookieRequest,
  cookieResponse,
  cookieResponsePlain,
} from '../../wire/handshake-packets.ts'

/** A cookie request and the 8 bytes that its answer repeats. */
interface CookieQuestion {
  readonly packet: Uint8Array
  readonly echo: Uint8Array
}

/** Asks the owner of `dhtKey` for a cookie; undefined if that key is of low order. */
export function askForCookie(
  ownRealKey: PublicKey,
  dhtKey: PublicKey,
  envelopes: DhtEnvelopes,
  random: Random,
): CookieQuestion | undefined {
  const echo = randomBytes(random, COOKIE_ECHO_BYTES)
  const plain = encode(cookieRequest, { realKey: ownRealKey, unused: new Uint8Array(KEY_BYTES), echo })
  const packet = envelopes.seal(COOKIE_REQUEST_ID, dhtKey, plain)
  return packet && { packet, echo }
}

/** The response (161 bytes) that hands out a cookie. `shared` is the key of both DHT keys. */
export function sealCookieResponse(
  cookie: Uint8Array,
  echo: Uint8Array,
  shared: SharedKey,
  random: Random,
): Uint8Array {
  const nonce = randomNonce(random)
  return encode(cookieResponse, { nonce, sealed: seal(shared, nonce, concat(cookie, echo)) })
}

/** The cookie in a response; undefined if it does not open or answers another question. */
export function openCookieResponse(
  response: CookieResponse,
  shared: SharedKey | undefined,
  expectedEcho: Uint8Array,
): Uint8Array | undefined {
  const plain = shared && open(shared, response.nonce, response.sealed)
  if (!plain) return undefined
  const { cookie, echo } = decode(cookieResponsePlain, plain)
  return equalInConstantTime(echo, expectedEcho) ? cookie : undefined
}
