import { DecodeError } from '../base/byte-reader.ts'
import { concat } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { MAC_BYTES, NONCE_BYTES, open, randomNonce, seal } from '../crypto/box.ts'
import { KEY_BYTES, type PublicKey } from '../crypto/keys.ts'
import { bytes, encode, oneOf, type PacketOf, packet, publicKey, restBytes, struct } from './codec.ts'
import type { DhtEnvelopes } from './dht-envelope.ts'
import { PING_ID_BYTES } from './dht-packets.ts'

/** The whole packet; c-toxcore opens none that is longer. */
export const DHT_REQUEST_BYTES_MAX = 1_024

const OUTER_BYTES = 1 + 2 * KEY_BYTES + NONCE_BYTES

/** What a DHT request carries beside its inner id. */
export const DHT_REQUEST_DATA_BYTES_MAX = DHT_REQUEST_BYTES_MAX - OUTER_BYTES - MAC_BYTES - 1

/** Inner ids in use. */
export const DhtRequestId = { FriendRequest: 32, DhtKeyAnnounce: 156, NatPing: 254 } as const

/**
 * DHT request: a node that is not its receiver sends it on, unchanged, if it lists the receiver.
 *
 * | bytes  | field    |                                                                     |
 * |--------|----------|---------------------------------------------------------------------|
 * | 1      | 0x20     |                                                                     |
 * | 32     | receiver | DHT key                                                             |
 * | 32     | sender   | DHT key                                                             |
 * | 24     | nonce    |                                                                     |
 * | 17 + n | sealed   | box(sender's and receiver's DHT keys){ requestId(1) data(n) }, n ≤ 918 |
 *
 * source   Tox spec "DHT Request Packets"
 */
export const dhtRequest = packet('dhtRequest', 0x20, {
  receiver: publicKey,
  sender: publicKey,
  nonce: bytes(NONCE_BYTES),
  sealed: restBytes(DHT_REQUEST_BYTES_MAX - OUTER_BYTES, MAC_BYTES + 1),
})
export type DhtRequest = PacketOf<typeof dhtRequest>

/** A DHT request that was for us. `data` is a buffer of its own. */
export interface OpenedDhtRequest {
  readonly sender: PublicKey
  readonly requestId: number
  readonly data: Uint8Array
}

/**
 * Seals a DHT request.
 *
 * content   inner id and data, up to DHT_REQUEST_DATA_BYTES_MAX bytes
 * returns   undefined if `receiver` is a key of low order, to which nothing can be sealed
 * throws    AssertionError if the data is too long
 */
export function sealDhtRequest(
  envelopes: DhtEnvelopes,
  random: Random,
  receiver: PublicKey,
  content: { readonly requestId: number; readonly data: Uint8Array },
): Uint8Array | undefined {
  const shared = envelopes.sharedKeys.get(receiver)
  if (!shared) return undefined
  const nonce = randomNonce(random)
  const sealed = seal(shared, nonce, concat(Uint8Array.of(content.requestId), content.data))
  return encode(dhtRequest, { receiver, sender: envelopes.publicKey, nonce, sealed })
}

/** Opens a DHT request whose receiver we are. Throws DecodeError if it claims our own key or does not open. */
export function openDhtRequest(envelopes: DhtEnvelopes, request: DhtRequest): OpenedDhtRequest {
  const { sender, nonce, sealed } = request
  if (sender.equals(envelopes.publicKey)) throw new DecodeError('DHT request from our own key', 1 + KEY_BYTES)
  const shared = envelopes.sharedKeys.get(sender)
  if (!shared) throw new DecodeError('DHT request from a key of low order', 1 + KEY_BYTES)
  const plain = open(shared, nonce, sealed)
  if (!plain) throw new DecodeError('DHT request does not open', OUTER_BYTES)
  return { sender, requestId: plain[0] ?? 0, data: plain.subarray(1) }
}

export const NAT_PING_REQUEST = 0
export const NAT_PING_RESPONSE = 1

/**
 * NAT ping, data of a DHT request with inner id 254: asks a friend, through nodes that know both, whether it is there
 * and tries to reach us too.
 *
 * | bytes | field  |                             |
 * |-------|--------|-----------------------------|
 * | 1     | kind   | 0 = request, 1 = response   |
 * | 8     | pingId | the response repeats it     |
 *
 * source   Tox spec "NAT Ping Packets"
 */
export const natPing = struct({ kind: oneOf(NAT_PING_REQUEST, NAT_PING_RESPONSE), pingId: bytes(PING_ID_BYTES) })

/** The receiver's key, a view: all that forwarding needs. Throws DecodeError if the packet is too short or too long. */
export function receiverOfDhtRequest(request: Uint8Array): Uint8Array {
  if (request.length < OUTER_BYTES + MAC_BYTES + 1) throw new DecodeError('DHT request too short', request.length)
  if (request.length > DHT_REQUEST_BYTES_MAX) throw new DecodeError('DHT request too long', request.length)
  return request.subarray(1, 1 + KEY_BYTES)
}
