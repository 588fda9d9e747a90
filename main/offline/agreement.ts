import { assert } from '../base/assert.ts'
import { compareBytes, concat, isAllZero, utf8Encode, wipe } from '../base/bytes.ts'
import { precompute } from '../crypto/box.ts'
import { blake2b, deriveKey, hkdf } from '../crypto/hash.ts'
import type { KeyPair, PublicKey, SecretKey } from '../crypto/keys.ts'

/** The version of the agreement; it is part of what is hashed, so versions never mix. */
export const AGREEMENT_VERSION = 1

const LABEL = utf8Encode('ampoule epoch')
const EMPTY = new Uint8Array(0)

/** Which of two friends one is: A has the smaller long-term key. */
export type Role = 'A' | 'B'

/** What two friends hold in common after a meeting. All byte strings have 32 bytes. */
export interface AgreedEpoch {
  /** Hash of the transcript: the same at both. */
  readonly id: Uint8Array
  readonly role: Role
  /** Seeds of the Ed25519 mailbox keys, per direction. */
  readonly sendMailboxSeed: Uint8Array
  readonly receiveMailboxSeed: Uint8Array
  /** First keys of the slot chains, per direction. */
  readonly sendChainKey: Uint8Array
  readonly receiveChainKey: Uint8Array
  /** The MAC over the id that we send, and the one that the peer must send. */
  readonly ownConfirmation: Uint8Array
  readonly peerConfirmation: Uint8Array
}

export function roleOf(own: PublicKey, peer: PublicKey): Role {
  return compareBytes(own.bytes, peer.bytes) < 0 ? 'A' : 'B'
}

/**
 * Agrees on an epoch from both long-term and both fresh keys: root = HKDF(DH(eA,eB) | DH(eA,SB) | DH(SA,eB)).
 * Whoever knows only one long-term secret cannot compute it, which is what authenticates the friend.
 *
 * returns  undefined if a DH output is all zero (a key of low order), or if the peer is ourselves
 * source   offline-messaging design, section 4 "Agreement"
 */
export function agree(own: KeyPair, peer: PublicKey, fresh: KeyPair, peerFresh: PublicKey): AgreedEpoch | undefined {
  if (own.publicKey.equals(peer) || fresh.publicKey.equals(peerFresh)) return undefined
  const role = roleOf(own.publicKey, peer)
  const freshFresh = sharedSecret(fresh.secretKey, peerFresh)
  const freshLong = sharedSecret(fresh.secretKey, peer)
  const longFresh = sharedSecret(own.secretKey, peerFresh)
  if (!freshFresh || !freshLong || !longFresh) return undefined
  const secrets = role === 'A' ? concat(freshFresh, freshLong, longFresh) : concat(freshFresh, longFresh, freshLong)
  const transcript =
    role === 'A'
      ? transcriptOf(own.publicKey, peer, fresh.publicKey, peerFresh)
      : transcriptOf(peer, own.publicKey, peerFresh, fresh.publicKey)
  const root = hkdf(secrets, EMPTY, transcript, 32)
  wipe(freshFresh, freshLong, longFresh, secrets)
  const epoch = epochOf(root, blake2b(transcript), role)
  wipe(root)
  return epoch
}

function transcriptOf(longA: PublicKey, longB: PublicKey, freshA: PublicKey, freshB: PublicKey): Uint8Array {
  return concat(LABEL, Uint8Array.of(AGREEMENT_VERSION), longA.bytes, longB.bytes, freshA.bytes, freshB.bytes)
}

function epochOf(root: Uint8Array, id: Uint8Array, role: Role): AgreedEpoch {
  const peerRole = role === 'A' ? 'B' : 'A'
  return {
    id,
    role,
    sendMailboxSeed: deriveKey(root, `mailbox from ${role}`),
    receiveMailboxSeed: deriveKey(root, `mailbox from ${peerRole}`),
    sendChainKey: deriveKey(root, `chain from ${role}`),
    receiveChainKey: deriveKey(root, `chain from ${peerRole}`),
    ownConfirmation: deriveKey(root, `confirmation of ${role}`, id),
    peerConfirmation: deriveKey(root, `confirmation of ${peerRole}`, id),
  }
}

/** HSalsa20 of the X25519 secret, as `crypto_box_beforenm` gives it; undefined for a point of low order. */
function sharedSecret(secretKey: SecretKey, publicKey: PublicKey): Uint8Array | undefined {
  const shared = precompute(publicKey, secretKey)?.bytes
  if (!shared) return undefined
  assert(!isAllZero(shared), 'a shared key is never all zero')
  return shared
}

/**
 * The DH of the two long-term keys, which goes into every record key: whoever learns an epoch's chain alone opens nothing.
 * 32 bytes; undefined for a peer key of low order.
 */
export function longTermSecret(own: KeyPair, peer: PublicKey): Uint8Array | undefined {
  return sharedSecret(own.secretKey, peer)
}
