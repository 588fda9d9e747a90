import { Address } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import type { ByteReader } from '../base/byte-reader.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { PublicKey } from '../crypto/keys.ts'
import type { Codec } from './codec.ts'

const FAMILY_UDP_IPV4 = 2
const FAMILY_UDP_IPV6 = 10
const FAMILY_TCP_IPV4 = 130
const FAMILY_TCP_IPV6 = 138

/** A node one can reach: its DHT key and its address. */
export interface PackedNode {
  readonly publicKey: PublicKey
  readonly address: Address
}

/** A packed node as friends announce it: it may also be a TCP relay, which this implementation skips. */
export interface AnnouncedNode extends PackedNode {
  readonly isTcp: boolean
}

/**
 * A packed node, UDP only: 39 bytes for IPv4, 51 for IPv6.
 *
 * | bytes  | field                             |
 * |--------|-----------------------------------|
 * | 1      | family: 2 = IPv4, 10 = IPv6       |
 * | 4 / 16 | IP                                |
 * | 2      | port                              |
 * | 32     | DHT public key                    |
 *
 * source   Tox spec "Packed node format"
 */
export const packedNode: Codec<PackedNode> = {
  write: (writer, { address, publicKey }) => {
    writer.u8(address.isIpv4 ? FAMILY_UDP_IPV4 : FAMILY_UDP_IPV6)
    writer.bytes(address.ip)
    writer.u16(address.port)
    writer.bytes(publicKey.bytes)
  },
  read: (reader) => {
    const { isTcp, address, publicKey } = readNode(reader)
    if (isTcp) throw new DecodeError('a TCP node where only UDP nodes go', reader.offset)
    return { address, publicKey }
  },
}

/** A packed node of either kind: families 130 and 138 are TCP relays. Only in 0x9c and relay sharing. */
export const announcedNode: Codec<AnnouncedNode> = {
  write: (writer, { address, publicKey, isTcp }) => {
    writer.u8((address.isIpv4 ? FAMILY_UDP_IPV4 : FAMILY_UDP_IPV6) + (isTcp ? 128 : 0))
    writer.bytes(address.ip)
    writer.u16(address.port)
    writer.bytes(publicKey.bytes)
  },
  read: readNode,
}

/** Packed nodes one after another until the end, at most `countMax`. */
export function packedNodes<T>(node: Codec<T>, countMax: number): Codec<readonly T[]> {
  return {
    write: (writer, nodes) => {
      assert(nodes.length <= countMax, 'too many nodes')
      for (const value of nodes) node.write(writer, value)
    },
    read: (reader) => {
      const nodes: T[] = []
      while (reader.remaining > 0) {
        if (nodes.length === countMax) throw new DecodeError('too many nodes', reader.offset)
        nodes.push(node.read(reader))
      }
      return nodes
    },
  }
}

function readNode(reader: ByteReader): AnnouncedNode {
  const at = reader.offset
  const family = reader.u8()
  const isTcp = family === FAMILY_TCP_IPV4 || family === FAMILY_TCP_IPV6
  const isIpv4 = family === FAMILY_UDP_IPV4 || family === FAMILY_TCP_IPV4
  if (!isIpv4 && family !== FAMILY_UDP_IPV6 && family !== FAMILY_TCP_IPV6) throw new DecodeError('unknown family', at)
  const ip = reader.bytes(isIpv4 ? 4 : 16)
  const port = reader.u16()
  return { isTcp, address: Address.read(ip, port), publicKey: PublicKey.read(reader.bytes(32)) }
}
