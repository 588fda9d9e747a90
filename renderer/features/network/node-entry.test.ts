import { expect, test } from 'vitest'
import { nodeEntryOf, portOf } from './node-entry.ts'

const KEY = 'AB'.repeat(32)

test('a port is a whole number; 0 only where it may mean any', () => {
  expect(portOf('33445', 1)).toBe(33_445)
  expect(portOf('0', 0)).toBe(0)
  for (const wrong of ['0', '65536', '', '-1', '1.5', 'x']) expect(portOf(wrong, 1), wrong).toBeUndefined()
})

test('takes three fields, and the three in one as the command line has them', () => {
  const entry = { host: 'node.example', port: 33_445, dhtKey: KEY }
  expect(nodeEntryOf({ host: ' node.example', port: '33445', dhtKey: `${KEY} ` })).toEqual({ entry })
  expect(nodeEntryOf({ host: `node.example:33445:${KEY}`, port: '', dhtKey: '' })).toEqual({ entry })
  expect(nodeEntryOf({ host: `[::1]:33445:${KEY}`, port: '', dhtKey: '' })).toEqual({
    entry: { ...entry, host: '::1' },
  })
})

test('names every field that is wrong', () => {
  expect(nodeEntryOf({ host: 'no spaces please', port: '0', dhtKey: 'AB' })).toEqual({
    faults: new Set(['host', 'port', 'key']),
  })
})
