import { equalInConstantTime, wipe } from '../../base/bytes.ts'
import type { Random } from '../../base/random.ts'
import { open, precompute, randomNonce, type SharedKey, seal } from '../../crypto/box.ts'
import { sha512 } from '../../crypto/hash.ts'
import { createKeyPair, type KeyPair, type PublicKey } from '../../crypto/keys.ts'
import { decode, encode } from '../../wire/codec.ts'
import { type Handshake, type HandshakePlain, handshake, handshakePlain } from '../../wire/handshake-packets.ts'

/** Our side of one session: a key pair and the nonce that our data packets count from. */
export class OwnSessionKeys {
  readonly #pair: KeyPair
  readonly baseNonce: Uint8Array

  constructor(random: Random) {
    this.#pair = createKeyPair(random)
    this.baseNonce = randomNonce(random)
  }

  get publicKey(): PublicKey {
    return this.#pair.publicKey
  }

  /** The key of the session; undefined if the peer's session key is of low order. */
  agree(peerSessionKey: PublicKey): SharedKey | undefined {
    return precompute(peerSessionKey, this.#pair.secretKey)
  }

  wipe(): void {
    this.#pair.secretKey.wipe()
  }
}

interface HandshakeParts {
  /** The key shared by both real keys. */
  readonly realShared: SharedKey
  readonly keys: OwnSessionKeys
  /** Made by the peer, 112 bytes. */
  readonly peerCookie: Uint8Array
  /** Made by us for the peer's answer, 112 bytes. */
  readonly ownCookie: Uint8Array
}

/** A handshake packet (385 bytes). Built once per attempt and repeated as it is. */
export function sealHandshake(parts: HandshakeParts, random: Random): Uint8Array {
  const { realShared, keys, peerCookie, ownCookie } = parts
  const nonce = randomNonce(random)
  const plain = encode(handshakePlain, {
    baseNonce: keys.baseNonce,
    sessionKey: keys.publicKey,
    cookieHash: sha512(peerCookie),
    ownCookie,
  })
  const sealed = seal(realShared, nonce, plain)
  wipe(plain)
  return encode(handshake, { cookie: peerCookie, nonce, sealed })
}

/** Opens a handshake whose cookie was found good; undefined if it is not from that real key or for that cookie. */
export function openHandshake(packet: Handshake, realShared: SharedKey): HandshakePlain | undefined {
  const plain = open(realShared, packet.nonce, packet.sealed)
  if (!plain) return undefined
  const opened = decode(handshakePlain, plain)
  return equalInConstantTime(opened.cookieHash, sha512(packet.cookie)) ? opened : undefined
}
