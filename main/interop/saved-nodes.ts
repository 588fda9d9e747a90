/**
 * Reads sections and the list of DHT nodes out of a libtoxcore savefile. It shares no code with the product: here it is
 * the witness that a libtoxcore peer has listed somebody, and that ours has kept what it found.
 */

export interface SavedNode {
  readonly host: string
  readonly udpPort: number
  /** Upper-case hex. */
  readonly dhtKey: string
}

export interface SavedSection {
  readonly type: number
  readonly data: Buffer
}

const DHT_SECTION = 2
const END_SECTION = 255
const NODES_SUBSECTION = 4
const UDP_OVER_IPV4 = 2

/** IPv4 nodes of section 2, each once. */
export function nodesOfSavedata(savedata: Uint8Array): readonly SavedNode[] {
  const dht = sectionsOfSavedata(savedata).find(({ type }) => type === DHT_SECTION)?.data
  if (!dht) return []
  const nodes = sections(dht.subarray(4)).flatMap(({ type, data }) => (type === NODES_SUBSECTION ? unpack(data) : []))
  return [...new Map(nodes.map((node) => [node.dhtKey, node])).values()]
}

/** All sections of a plain savefile but the last, which is empty. */
export function sectionsOfSavedata(savedata: Uint8Array): readonly SavedSection[] {
  return sections(Buffer.from(savedata).subarray(8))
}

/** `length(4) type(2) cookie(2) data`, little-endian, up to section 255. */
function sections(bytes: Buffer): SavedSection[] {
  const found = []
  let at = 0
  while (at + 8 <= bytes.length) {
    const length = bytes.readUInt32LE(at)
    const type = bytes.readUInt16LE(at + 4)
    if (type === END_SECTION) break
    found.push({ type, data: bytes.subarray(at + 8, at + 8 + length) })
    at += 8 + length
  }
  return found
}

/** `family(1) ip(4) port(2) key(32)`; a list with another family in it is read up to there. */
function unpack(bytes: Buffer): SavedNode[] {
  const nodes = []
  for (let at = 0; at + 39 <= bytes.length && bytes[at] === UDP_OVER_IPV4; at += 39) {
    nodes.push({
      host: bytes.subarray(at + 1, at + 5).join('.'),
      udpPort: bytes.readUInt16BE(at + 5),
      dhtKey: bytes
        .subarray(at + 7, at + 39)
        .toString('hex')
        .toUpperCase(),
    })
  }
  return nodes
}
