import { MAC_BYTES, NONCE_BYTES } from '../crypto/box.ts'
import { bytes, oneOf, type PacketOf, packet, publicKey, restBytes, struct, u53, type ValueOf } from './codec.ts'
import { announcedNode, packedNode, packedNodes } from './node-format.ts'
import { bytesBefore, ONION_DATA_BYTES_MAX, ONION_RESPONSE_BYTES_MAX, ONION_RETURN_3_BYTES } from './onion-packets.ts'

export const PING_ID_BYTES = 32
export const SENDBACK_BYTES = 8

/** Nodes in one announce response or DHT key announce. */
export const ANNOUNCE_NODES_MAX = 4

/** What a data packet adds to its content: sender's real key and MAC, then temporary key, nonce and MAC. */
const DATA_INNER_BYTES = 32 + MAC_BYTES
const DATA_OUTER_BYTES = 1 + NONCE_BYTES + 32 + MAC_BYTES

/** The content of one data packet, id byte included: 1,021 bytes. */
export const ONION_FRIEND_DATA_BYTES_MAX = ONION_DATA_BYTES_MAX - 32 - DATA_OUTER_BYTES - DATA_INNER_BYTES

export const FRIEND_REQUEST_MESSAGE_BYTES_MAX = 921
export const NOSPAM_BYTES = 4

const announceRequestFields = {
  nonce: bytes(NONCE_BYTES),
  requestKey: publicKey,
  sealed: bytes(MAC_BYTES + PING_ID_BYTES + 32 + 32 + SENDBACK_BYTES),
}

/**
 * Announce request as the client puts it into an onion: 177 bytes.
 *
 * | bytes | field      |                                                                          |
 * |-------|------------|--------------------------------------------------------------------------|
 * | 1     | 0x83       | not 0x87, which relays before 0.2.19 do not let through                  |
 * | 24    | nonce      |                                                                          |
 * | 32    | requestKey | announcing: the real key; searching: a key made for this friend          |
 * | 120   | sealed     | box(requestKey, node's DHT key){ `announceRequestPlain` }                |
 *
 * source   Tox spec "Announce Request"; tox-wire 3.3
 */
export const announceRequestInOnion = packet('announceRequestInOnion', 0x83, announceRequestFields)

/**
 * Announce request as the node gets it: 354 bytes. The fields of `announceRequestInOnion`, then
 *
 * | bytes | field       |                                      |
 * |-------|-------------|--------------------------------------|
 * | 177   | onionReturn | the way back, from the third relay   |
 */
export const announceRequest = packet('announceRequest', 0x83, {
  ...announceRequestFields,
  onionReturn: bytes(ONION_RETURN_3_BYTES),
})
export type AnnounceRequest = PacketOf<typeof announceRequest>

/**
 * | bytes | field     |                                                                         |
 * |-------|-----------|-------------------------------------------------------------------------|
 * | 32    | pingId    | zeros, or what the node gave us last: then it stores us                 |
 * | 32    | searchKey | the real key that is announced or looked for                            |
 * | 32    | dataKey   | announcing: the key to which friends seal data; searching: zeros        |
 * | 8     | sendback  | opaque, comes back in the response                                      |
 */
export const announceRequestPlain = struct({
  pingId: bytes(PING_ID_BYTES),
  searchKey: publicKey,
  dataKey: bytes(32),
  sendback: bytes(SENDBACK_BYTES),
})
export type AnnounceRequestPlain = ValueOf<typeof announceRequestPlain>

/**
 * Announce response, node → client through the onion.
 *
 * | bytes  | field    |                                                               |
 * |--------|----------|---------------------------------------------------------------|
 * | 1      | 0x84     |                                                               |
 * | 8      | sendback | of the request                                                |
 * | 24     | nonce    |                                                               |
 * | 49-253 | sealed   | box(node's DHT key, requestKey){ `announceResponsePlain` }    |
 *
 * source   Tox spec "Announce Response"; tox-wire 3.4
 */
export const announceResponse = packet('announceResponse', 0x84, {
  sendback: bytes(SENDBACK_BYTES),
  nonce: bytes(NONCE_BYTES),
  sealed: restBytes(MAC_BYTES + 1 + PING_ID_BYTES + ANNOUNCE_NODES_MAX * 51, MAC_BYTES + 1 + PING_ID_BYTES),
})
export type AnnounceResponse = PacketOf<typeof announceResponse>

/** The node does not hold the key; it holds it for another; it holds us. */
export const NOT_STORED = 0
export const STORED = 1
export const ANNOUNCED = 2

/**
 * | bytes | field       |                                                                             |
 * |-------|-------------|-----------------------------------------------------------------------------|
 * | 1     | isStored    | 0 not stored, 1 stored by someone else, 2 we are stored                     |
 * | 32    | pingIdOrKey | 0 and 2: the ping id to announce with; 1: the data key of the searched one  |
 * | n     | nodes       | up to 4 packed nodes nearest to the searched key                            |
 */
export const announceResponsePlain = struct({
  isStored: oneOf(NOT_STORED, STORED, ANNOUNCED),
  pingIdOrKey: bytes(32),
  nodes: packedNodes(packedNode, ANNOUNCE_NODES_MAX),
})
export type AnnounceResponsePlain = ValueOf<typeof announceResponsePlain>

const dataRequestFields = { receiverKey: publicKey, nonce: bytes(NONCE_BYTES), temporaryKey: publicKey }

/**
 * Data request as the client puts it into an onion: 106 to 1,174 bytes.
 *
 * | bytes | field        |                                                                      |
 * |-------|--------------|----------------------------------------------------------------------|
 * | 1     | 0x85         |                                                                      |
 * | 32    | receiverKey  | the friend's real key                                                |
 * | 24    | nonce        | of both boxes                                                        |
 * | 32    | temporaryKey | made for this packet                                                 |
 * | 17+   | sealed       | box(temporaryKey, friend's data key){ `onionDataPlain` }             |
 *
 * source   Tox spec "Data to Route"; tox-wire 3.5
 */
export const dataRequestInOnion = packet('dataRequestInOnion', 0x85, {
  ...dataRequestFields,
  sealed: restBytes(ONION_DATA_BYTES_MAX, MAC_BYTES + 1),
})

/** Data request as the node gets it: the fields of `dataRequestInOnion`, then the way back (177 bytes), unused. */
export const dataRequest = packet('dataRequest', 0x85, {
  ...dataRequestFields,
  sealed: bytesBefore(ONION_RETURN_3_BYTES, MAC_BYTES + 1),
  onionReturn: bytes(ONION_RETURN_3_BYTES),
})
export type DataRequest = PacketOf<typeof dataRequest>

/**
 * Data response: a data request without its receiver, on the stored way to that receiver.
 *
 * | bytes | field        |                |
 * |-------|--------------|----------------|
 * | 1     | 0x86         |                |
 * | 24    | nonce        | as it came     |
 * | 32    | temporaryKey | as it came     |
 * | 17+   | sealed       | as it came     |
 */
export const dataResponse = packet('dataResponse', 0x86, {
  nonce: bytes(NONCE_BYTES),
  temporaryKey: publicKey,
  sealed: restBytes(ONION_RESPONSE_BYTES_MAX, MAC_BYTES + 1),
})
export type DataResponse = PacketOf<typeof dataResponse>

/**
 * The outer box of a data packet, opened.
 *
 * | bytes | field     |                                                                                     |
 * |-------|-----------|-------------------------------------------------------------------------------------|
 * | 32    | senderKey | the sender's real key                                                               |
 * | 17+   | sealed    | box(both real keys, the same nonce){ `friendRequestData` or `dhtKeyAnnounce` }      |
 */
export const onionDataPlain = struct({ senderKey: publicKey, sealed: restBytes(ONION_DATA_BYTES_MAX, MAC_BYTES + 1) })

/**
 * Friend request, in a data packet.
 *
 * | bytes | field   |                                          |
 * |-------|---------|------------------------------------------|
 * | 1     | 0x20    |                                          |
 * | 4     | nospam  | of the receiver, in the order of its ID  |
 * | 1-921 | message |                                          |
 *
 * source   Tox spec "Friend requests"; tox-wire 3.5
 */
export const friendRequestData = packet('friendRequestData', 0x20, {
  nospam: bytes(NOSPAM_BYTES),
  message: restBytes(ONION_FRIEND_DATA_BYTES_MAX, 1),
})

/**
 * DHT key announce, in a data packet and (sealed with the real keys, see `dhtKeyAnnounceRequest`) in a DHT request.
 *
 * | bytes | field    |                                                                       |
 * |-------|----------|-----------------------------------------------------------------------|
 * | 1     | 0x9c     |                                                                       |
 * | 8     | noReplay | must be greater than the last one taken; Unix time in seconds         |
 * | 32    | dhtKey   | the sender's DHT key                                                  |
 * | n     | nodes    | up to 4: TCP relays (at most 2), then UDP nodes near the sender       |
 *
 * source   Tox spec "DHT public key packet"; tox-wire 3.6
 */
export const dhtKeyAnnounce = packet('dhtKeyAnnounce', 0x9c, {
  noReplay: u53,
  dhtKey: publicKey,
  nodes: packedNodes(announcedNode, ANNOUNCE_NODES_MAX),
})
export type DhtKeyAnnounce = PacketOf<typeof dhtKeyAnnounce>

/** The inner id of a DHT request that carries a `dhtKeyAnnounceRequest`. */
export const DHT_KEY_ANNOUNCE_REQUEST_ID = 156

/**
 * The data of DHT request 156.
 *
 * | bytes  | field     |                                              |
 * |--------|-----------|----------------------------------------------|
 * | 32     | senderKey | the sender's real key                        |
 * | 24     | nonce     |                                              |
 * | 57-261 | sealed    | box(both real keys){ `dhtKeyAnnounce` }      |
 */
export const dhtKeyAnnounceRequest = struct({
  senderKey: publicKey,
  nonce: bytes(NONCE_BYTES),
  sealed: restBytes(MAC_BYTES + 41 + ANNOUNCE_NODES_MAX * 51, MAC_BYTES + 41),
})
