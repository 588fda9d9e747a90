import { ByteReader, DecodeError } from '../../base/byte-reader.ts'
import { ByteWriter } from '../../base/byte-writer.ts'
import { concat } from '../../base/bytes.ts'
import { decode, encode } from '../../wire/codec.ts'
import { type PackedNode, packedNode, packedNodes } from '../../wire/node-format.ts'
import { readU32Le, writeU32Le } from './little-endian.ts'
import { DHT_COOKIE, readSections, writeSections } from './sections.ts'
import { ToxsaveError } from './toxsave-error.ts'

/** More saved nodes than this help nobody; c-toxcore saves about as many. */
const NODES_MAX = 2_048

const DHT_STATE_COOKIE = 0x0159000d
const DHT_NODES_TYPE = 4

/**
 * Packed nodes one after another. Nodes are hints: a list that does not decode is as good as none, as in c-toxcore.
 */
export function readSavedNodes(bytes: Uint8Array): readonly PackedNode[] {
  try {
    return decode(packedNodes(packedNode, NODES_MAX), bytes)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return []
  }
}

export function writeSavedNodes(nodes: readonly PackedNode[]): Uint8Array {
  return encode(packedNodes(packedNode, NODES_MAX), nodes.slice(0, NODES_MAX))
}

/**
 * Section 2, the DHT: a cookie (0x0159000d, little-endian), then sections of its own, of which type 4 holds nodes.
 * Hints, too: a section that is garbled gives none.
 */
export function readDhtSection(bytes: Uint8Array): readonly PackedNode[] {
  if (bytes.length < 4 || readU32Le(new ByteReader(bytes)) !== DHT_STATE_COOKIE) return []
  try {
    const sections = readSections(bytes.subarray(4), DHT_COOKIE)
    const nodes = sections.filter(({ type }) => type === DHT_NODES_TYPE).flatMap(({ data }) => readSavedNodes(data))
    return withoutDoubles(nodes).slice(0, NODES_MAX)
  } catch (error) {
    if (!(error instanceof ToxsaveError)) throw error
    return []
  }
}

export function writeDhtSection(nodes: readonly PackedNode[]): Uint8Array {
  const writer = new ByteWriter(4)
  writeU32Le(writer, DHT_STATE_COOKIE)
  return concat(writer.finish(), writeSections([{ type: DHT_NODES_TYPE, data: writeSavedNodes(nodes) }], DHT_COOKIE))
}

/** libtoxcore writes a node once for each of its lists. */
function withoutDoubles(nodes: readonly PackedNode[]): PackedNode[] {
  const byKeyAndAddress = new Map(nodes.map((node) => [`${node.publicKey.hex} ${node.address.text}`, node]))
  return [...byKeyAndAddress.values()]
}
