import { bytes, list, type PacketOf, packet, publicKey, struct } from './codec.ts'
import { packedNode } from './node-format.ts'

/** A nodes response names at most this many nodes. */
export const NODES_PER_RESPONSE_MAX = 4

/** Opaque to who answers, never all zero: c-toxcore takes zero for "no id". */
export const PING_ID_BYTES = 8

/**
 * Ping request, plain text of a DHT envelope with id 0x00 (whole packet 82 bytes).
 *
 * | bytes | field  |                                                                  |
 * |-------|--------|------------------------------------------------------------------|
 * | 1     | 0x00   | the outer id again: a request cannot be replayed as a response   |
 * | 8     | pingId | the response repeats it                                          |
 *
 * source   Tox spec "DHT Ping", "Ping Request"
 */
export const pingRequest = packet('pingRequest', 0x00, { pingId: bytes(PING_ID_BYTES) })
export type PingRequest = PacketOf<typeof pingRequest>

/**
 * Ping response, plain text of a DHT envelope with id 0x01 (whole packet 82 bytes).
 *
 * | bytes | field  |                     |
 * |-------|--------|---------------------|
 * | 1     | 0x01   | the outer id again  |
 * | 8     | pingId | of the request      |
 *
 * source   Tox spec "Ping Response"
 */
export const pingResponse = packet('pingResponse', 0x01, { pingId: bytes(PING_ID_BYTES) })
export type PingResponse = PacketOf<typeof pingResponse>

/**
 * Nodes request, plain text of a DHT envelope with id 0x02 (whole packet 113 bytes).
 *
 * | bytes | field  |                                               |
 * |-------|--------|-----------------------------------------------|
 * | 32    | target | DHT key to which the wanted nodes are close   |
 * | 8     | pingId | the response repeats it                       |
 *
 * source   Tox spec "Nodes Request"
 */
export const nodesRequest = plainText('nodesRequest', 0x02, {
  target: publicKey,
  pingId: bytes(PING_ID_BYTES),
})
export type NodesRequest = PacketOf<typeof nodesRequest>

/**
 * Nodes response, plain text of a DHT envelope with id 0x04 (whole packet 82 bytes and the nodes).
 *
 * | bytes  | field  |                                                                       |
 * |--------|--------|-----------------------------------------------------------------------|
 * | 1      | count  | 0 to 4; send at least 1: c-toxcore throws away a response without any |
 * | 39, 51 | nodes  | packed nodes, UDP only; in no order                                   |
 * | 8      | pingId | of the request                                                        |
 *
 * source   Tox spec "Nodes Response"; c-toxcore 0.2.18 for the count
 */
export const nodesResponse = plainText('nodesResponse', 0x04, {
  nodes: list(packedNode, NODES_PER_RESPONSE_MAX),
  pingId: bytes(PING_ID_BYTES),
})
export type NodesResponse = PacketOf<typeof nodesResponse>

/** A packet whose id stands only outside, in the envelope. */
function plainText<const F extends Readonly<Record<string, unknown>>>(name: string, id: number, fields: F) {
  return { id, name, ...struct(fields) }
}
