import { Address } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { MAC_BYTES, NONCE_BYTES } from '../crypto/box.ts'
import { bytes, type Codec, type PacketOf, packet, publicKey, restBytes, struct } from './codec.ts'

/** An onion packet, whole: nothing longer is sent, relayed or taken. */
export const ONION_PACKET_BYTES_MAX = 1_400

/** An address inside the onion: always this long, so that a relay cannot tell IPv4 from IPv6 by the length. */
export const ONION_ADDRESS_BYTES = 19

const KEY_BYTES = 32
/** What one relay adds to a return blob: nonce, MAC and the address it had the packet from. */
const RETURN_STEP_BYTES = NONCE_BYTES + MAC_BYTES + ONION_ADDRESS_BYTES
/** What one layer adds around its content: MAC, address and the key of the next layer. */
const LAYER_BYTES = MAC_BYTES + ONION_ADDRESS_BYTES + KEY_BYTES

/** The way back as the first, second and third relay hand it on: 59, 118 and 177 bytes. */
export const ONION_RETURN_1_BYTES = RETURN_STEP_BYTES
export const ONION_RETURN_2_BYTES = 2 * RETURN_STEP_BYTES
export const ONION_RETURN_3_BYTES = 3 * RETURN_STEP_BYTES

/** The least that the last layer can hold: MAC, destination and one byte of data. */
const LAST_LAYER_BYTES_MIN = MAC_BYTES + ONION_ADDRESS_BYTES + 1
const HEADER_BYTES = 1 + NONCE_BYTES + KEY_BYTES

/** Most data that fits into an onion on its way out (1,174) and back (1,222). */
export const ONION_DATA_BYTES_MAX = ONION_PACKET_BYTES_MAX - (1 + NONCE_BYTES) - 3 * LAYER_BYTES
export const ONION_RESPONSE_BYTES_MAX = ONION_PACKET_BYTES_MAX - (1 + ONION_RETURN_3_BYTES)

const FAMILY_IPV4 = 2
const FAMILY_IPV6 = 10

/**
 * An address in an onion layer or return blob, 19 bytes. TCP families are refused: this implementation has no TCP.
 *
 * | bytes | field                                              |
 * |-------|----------------------------------------------------|
 * | 1     | family: 2 = UDP over IPv4, 10 = UDP over IPv6      |
 * | 16    | IP; IPv4 in the first 4 bytes, then 12 zeros       |
 * | 2     | port                                               |
 *
 * source   Tox spec "Onion", "IP_Port"
 */
export const onionAddress: Codec<Address> = {
  write: (writer, address) => {
    writer.u8(address.isIpv4 ? FAMILY_IPV4 : FAMILY_IPV6)
    writer.bytes(address.ip)
    writer.zeros(16 - address.ip.length)
    writer.u16(address.port)
  },
  read: (reader) => {
    const at = reader.offset
    const family = reader.u8()
    if (family !== FAMILY_IPV4 && family !== FAMILY_IPV6) throw new DecodeError('unknown family in an onion', at)
    const ip = reader.bytes(16)
    return new Address(family === FAMILY_IPV4 ? ip.subarray(0, 4) : ip, reader.u16())
  },
}

/** All but the last `tailBytes` of what is left, at least `bytesMin` bytes; only before fields of that length. */
export function bytesBefore(tailBytes: number, bytesMin: number): Codec<Uint8Array> {
  return {
    write: (writer, value) => {
      assert(value.length >= bytesMin, 'field before the tail too short')
      writer.bytes(value)
    },
    read: (reader) => {
      const length = reader.remaining - tailBytes
      if (length < bytesMin || reader.offset + reader.remaining > ONION_PACKET_BYTES_MAX) {
        throw new DecodeError('onion packet of a wrong length', reader.offset)
      }
      return reader.bytes(length)
    },
  }
}

/**
 * Onion send initial, client → first relay: 227 to 1,400 bytes.
 *
 * | bytes | field     |                                                                        |
 * |-------|-----------|------------------------------------------------------------------------|
 * | 1     | 0x80      |                                                                        |
 * | 24    | nonce     | random; the same for all three layers                                  |
 * | 32    | senderKey | the client's DHT key                                                   |
 * | 170+  | sealed    | box(senderKey, relay's DHT key){ `onionFirstLayer` }                   |
 *
 * source   Tox spec "Onion"; tox-wire 3.1
 */
export const onionSendInitial = packet('onionSendInitial', 0x80, {
  nonce: bytes(NONCE_BYTES),
  senderKey: publicKey,
  sealed: restBytes(ONION_PACKET_BYTES_MAX - HEADER_BYTES, 2 * LAYER_BYTES + LAST_LAYER_BYTES_MIN),
})
export type OnionSendInitial = PacketOf<typeof onionSendInitial>

/**
 * Onion send 1, first relay → second: 219 to 1,400 bytes.
 *
 * | bytes | field       |                                                                      |
 * |-------|-------------|----------------------------------------------------------------------|
 * | 1     | 0x81        |                                                                      |
 * | 24    | nonce       | as it came                                                           |
 * | 32    | senderKey   | a key that the client made for this path                             |
 * | 103+  | sealed      | box(senderKey, relay's DHT key){ `onionLayer` }                      |
 * | 59    | onionReturn | nonce(24) secretbox(first relay's own key){ client's address(19) }   |
 */
export const onionSend1 = packet('onionSend1', 0x81, {
  nonce: bytes(NONCE_BYTES),
  senderKey: publicKey,
  sealed: bytesBefore(ONION_RETURN_1_BYTES, LAYER_BYTES + LAST_LAYER_BYTES_MIN),
  onionReturn: bytes(ONION_RETURN_1_BYTES),
})
export type OnionSend1 = PacketOf<typeof onionSend1>

/**
 * Onion send 2, second relay → third: 211 to 1,400 bytes.
 *
 * | bytes | field       |                                                                          |
 * |-------|-------------|--------------------------------------------------------------------------|
 * | 1     | 0x82        |                                                                          |
 * | 24    | nonce       | as it came                                                               |
 * | 32    | senderKey   | another key that the client made for this path                           |
 * | 36+   | sealed      | box(senderKey, relay's DHT key){ `onionLastLayer` }                      |
 * | 118   | onionReturn | nonce(24) secretbox(second relay's own key){ address(19) the 59 bytes }  |
 */
export const onionSend2 = packet('onionSend2', 0x82, {
  nonce: bytes(NONCE_BYTES),
  senderKey: publicKey,
  sealed: bytesBefore(ONION_RETURN_2_BYTES, LAST_LAYER_BYTES_MIN),
  onionReturn: bytes(ONION_RETURN_2_BYTES),
})
export type OnionSend2 = PacketOf<typeof onionSend2>

/**
 * What the first relay finds in its layer.
 *
 * | bytes | field     |                                   |
 * |-------|-----------|-----------------------------------|
 * | 19    | nextHop   | where to send it on               |
 * | 32    | senderKey | the key that the next layer needs |
 * | 103+  | sealed    | the next layer                    |
 */
export const onionFirstLayer = struct({
  nextHop: onionAddress,
  senderKey: publicKey,
  sealed: restBytes(ONION_PACKET_BYTES_MAX, LAYER_BYTES + LAST_LAYER_BYTES_MIN),
})

/** What the second relay finds in its layer: the fields of `onionFirstLayer`, with 36 or more bytes sealed. */
export const onionSecondLayer = struct({
  nextHop: onionAddress,
  senderKey: publicKey,
  sealed: restBytes(ONION_PACKET_BYTES_MAX, LAST_LAYER_BYTES_MIN),
})

/**
 * What the third relay finds in its layer.
 *
 * | bytes | field       |                                                                  |
 * |-------|-------------|------------------------------------------------------------------|
 * | 19    | destination | where to send the data                                           |
 * | 1-1174| data        | a whole packet; the relay lets through 0x83, 0x85 and 0x87 only  |
 */
export const onionLastLayer = struct({
  destination: onionAddress,
  data: restBytes(ONION_PACKET_BYTES_MAX, 1),
})

/**
 * Onion return 3, destination → third relay.
 *
 * | bytes  | field       |                                                            |
 * |--------|-------------|------------------------------------------------------------|
 * | 1      | 0x8c        |                                                            |
 * | 177    | onionReturn | what the third relay appended to the request               |
 * | 1-1222 | data        | a whole packet; relays let through 0x84, 0x86 and 0x88 only |
 */
export const onionReturn3 = packet('onionReturn3', 0x8c, {
  onionReturn: bytes(ONION_RETURN_3_BYTES),
  data: restBytes(ONION_RESPONSE_BYTES_MAX, 1),
})
export type OnionReturn3 = PacketOf<typeof onionReturn3>

/**
 * Onion return 2, third relay → second.
 *
 * | bytes | field       |                                     |
 * |-------|-------------|-------------------------------------|
 * | 1     | 0x8d        |                                     |
 * | 118   | onionReturn | what the second relay had appended  |
 * | n     | data        | as it came                          |
 */
export const onionReturn2 = packet('onionReturn2', 0x8d, {
  onionReturn: bytes(ONION_RETURN_2_BYTES),
  data: restBytes(ONION_PACKET_BYTES_MAX - 1 - ONION_RETURN_2_BYTES, 1),
})
export type OnionReturn2 = PacketOf<typeof onionReturn2>

/**
 * Onion return 1, second relay → first, which sends `data` alone to the client.
 *
 * | bytes | field       |                                    |
 * |-------|-------------|------------------------------------|
 * | 1     | 0x8e        |                                    |
 * | 59    | onionReturn | what the first relay had appended  |
 * | n     | data        | as it came                         |
 */
export const onionReturn1 = packet('onionReturn1', 0x8e, {
  onionReturn: bytes(ONION_RETURN_1_BYTES),
  data: restBytes(ONION_PACKET_BYTES_MAX - 1 - ONION_RETURN_1_BYTES, 1),
})
export type OnionReturn1 = PacketOf<typeof onionReturn1>

/**
 * What a relay sealed into its return blob with its own key.
 *
 * | bytes       | field    |                                          |
 * |-------------|----------|------------------------------------------|
 * | 19          | source   | where the request came from              |
 * | 0, 59, 118  | previous | the return blob that came with it        |
 */
export const onionReturnPlain = struct({ source: onionAddress, previous: restBytes(ONION_RETURN_2_BYTES) })
