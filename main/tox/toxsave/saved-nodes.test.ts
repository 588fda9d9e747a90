import { beforeAll, expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { concat, toHex } from '../../base/bytes.ts'
import { PublicKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { readDhtSection, readSavedNodes, writeDhtSection, writeSavedNodes } from './saved-nodes.ts'

beforeAll(() => sodiumReady)

function node(index: number, host = '127.0.0.1') {
  const address = Address.parse(host, 33_000 + index)
  if (!address) throw new Error('no address')
  return { publicKey: new PublicKey(new Uint8Array(32).fill(index)), address }
}

const NODES = [node(1), node(2, '::1'), node(3)]

test('the DHT section is a cookie and one list of packed nodes', () => {
  const bytes = writeDhtSection(NODES.slice(0, 1))
  expect(toHex(bytes)).toBe(`0D005901${'27000000'}0400CE11027F00000180E9${'01'.repeat(32)}`)
  expect(readDhtSection(writeDhtSection(NODES))).toEqual(NODES)
  expect(readSavedNodes(writeSavedNodes(NODES))).toEqual(NODES)
})

test('nodes that libtoxcore wrote twice are read once', () => {
  expect(readDhtSection(writeDhtSection([...NODES, ...NODES]))).toEqual(NODES)
})

test('hints that are garbled, cut or of another kind are no hints, and no error', () => {
  const bytes = writeDhtSection(NODES)
  for (let length = 0; length < bytes.length; length += 1) expect(readDhtSection(bytes.subarray(0, length))).toEqual([])
  expect(readDhtSection(new Uint8Array(200).fill(0xff))).toEqual([])
  const relay = writeSavedNodes(NODES)
  relay[0] = 130
  expect(readSavedNodes(relay)).toEqual([])
  const otherType = bytes.slice()
  otherType[8] = 5
  expect(readDhtSection(otherType)).toEqual([])
})

test('a file with more nodes than anybody saves gives none of them, and we never write such a file', () => {
  const many = Array.from({ length: 2_100 }, (_, index) => node(index % 200))
  expect(readSavedNodes(writeSavedNodes(many))).toHaveLength(2_048)
  const one = writeSavedNodes(NODES.slice(0, 1))
  expect(readSavedNodes(concat(...Array.from({ length: 2_049 }, () => one)))).toEqual([])
})
