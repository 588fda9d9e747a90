export interface IconPicture {
  /** Width and height in pixels. */
  readonly size: number
  readonly png: Uint8Array
}

/** Which four letters say "a PNG of this size" in Apple's container. */
const ICNS_TYPES: Readonly<Record<number, readonly string[]>> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['icp6', 'ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1_024: ['ic10'],
}

const ICO_HEADER_BYTES = 6
const ICO_ENTRY_BYTES = 16
const ICO_SIZE_MAX = 256
const ICNS_HEADER_BYTES = 8

/**
 * A Windows icon of PNG pictures (since Vista): a header, one entry of 16 bytes each, then the pictures.
 *
 * pictures   at most 256 pixels each
 */
export function icoFile(pictures: readonly IconPicture[]): Uint8Array {
  const header = Buffer.alloc(ICO_HEADER_BYTES + ICO_ENTRY_BYTES * pictures.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(pictures.length, 4)
  let offset = header.length
  pictures.forEach(({ size, png }, index) => {
    const at = ICO_HEADER_BYTES + ICO_ENTRY_BYTES * index
    // 256 does not fit a byte and is written as 0.
    header.writeUInt8(size % ICO_SIZE_MAX, at)
    header.writeUInt8(size % ICO_SIZE_MAX, at + 1)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(png.length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += png.length
  })
  return Buffer.concat([header, ...pictures.map(({ png }) => png)])
}

/** An Apple icon: a header with the length of all, then each picture behind its type and length. */
export function icnsFile(pictures: readonly IconPicture[]): Uint8Array {
  const parts = pictures.flatMap(({ size, png }) =>
    (ICNS_TYPES[size] ?? []).map((type) => Buffer.concat([icnsHeader(type, png.length), png])),
  )
  return Buffer.concat([icnsHeader('icns', Buffer.concat(parts).length), ...parts])
}

function icnsHeader(type: string, contentBytes: number): Buffer {
  const header = Buffer.alloc(ICNS_HEADER_BYTES)
  header.write(type, 'latin1')
  header.writeUInt32BE(ICNS_HEADER_BYTES + contentBytes, 4)
  return header
}
