import { type PacketOf, packet, publicKey } from './codec.ts'

/**
 * LAN discovery: tells who listens on this network where a node is. Its address is the datagram's.
 *
 * | bytes | field     |                 |
 * |-------|-----------|-----------------|
 * | 1     | 0x21      |                 |
 * | 32    | publicKey | DHT key         |
 *
 * source   Tox spec "LAN discovery"
 */
export const lanDiscovery = packet('lanDiscovery', 0x21, { publicKey })
export type LanDiscoveryPacket = PacketOf<typeof lanDiscovery>
