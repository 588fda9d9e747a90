import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { icnsFile, icoFile } from './icon-files.ts'

const RESOURCES = resolve(import.meta.dirname, '../resources')
const PNG_SIGNATURE = '89504e470d0a1a0a'

/** Width of a PNG, read from its first chunk; the height is asserted to be the same. */
function pngSize(png: Buffer): number {
  expect(png.subarray(0, 8).toString('hex')).toBe(PNG_SIGNATURE)
  expect(png.readUInt32BE(20)).toBe(png.readUInt32BE(16))
  return png.readUInt32BE(16)
}

function icoSizes(ico: Buffer): number[] {
  expect([ico.readUInt16LE(0), ico.readUInt16LE(2)]).toEqual([0, 1])
  return Array.from({ length: ico.readUInt16LE(4) }, (_, index) => {
    const at = 6 + 16 * index
    const offset = ico.readUInt32LE(at + 12)
    const size = pngSize(ico.subarray(offset, offset + ico.readUInt32LE(at + 8)))
    expect(ico.readUInt8(at)).toBe(size % 256)
    return size
  })
}

function icnsSizes(icns: Buffer): [type: string, size: number][] {
  expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length])
  const sizes: [string, number][] = []
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
    sizes.push([icns.toString('latin1', at, at + 4), pngSize(icns.subarray(at + 8))])
  }
  return sizes
}

test('the containers hold each picture where they say', () => {
  const picture = (size: number) => ({ size, png: readFileSync(join(RESOURCES, `icons/${size}x${size}.png`)) })
  expect(icoSizes(Buffer.from(icoFile([16, 256].map(picture))))).toEqual([16, 256])
  expect(icnsSizes(Buffer.from(icnsFile([32, 1_024].map(picture))))).toEqual([
    ['icp5', 32],
    ['ic11', 32],
    ['ic10', 1_024],
  ])
})

test('Windows and macOS find every size that they draw', () => {
  expect(icoSizes(readFileSync(join(RESOURCES, 'icon.ico')))).toEqual([16, 24, 32, 48, 64, 128, 256])
  const icns = icnsSizes(readFileSync(join(RESOURCES, 'icon.icns')))
  expect(new Set(icns.map(([, size]) => size))).toEqual(new Set([16, 32, 64, 128, 256, 512, 1_024]))
})

test('Linux finds a file for each size, as its name says', () => {
  for (const name of readdirSync(join(RESOURCES, 'icons'))) {
    const size = pngSize(readFileSync(join(RESOURCES, 'icons', name)))
    expect(name).toBe(`${size}x${size}.png`)
  }
})
