import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat } from '../../base/bytes.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { FILE_CHUNK_BYTES_MAX as CHUNK } from '../../wire/messenger-packets.ts'
import { OutgoingFile, WANT_BYTES_MAX, WANTS_PER_FILE_MAX } from './outgoing-file.ts'

function outgoing(size: number | undefined, from = 0): OutgoingFile {
  const file = new OutgoingFile({ transferId: 1, fileNumber: 0, size })
  if (from > 0) expect(file.seek(from)).toBe(true)
  file.accept()
  return file
}

/** Plays the owner and the network: answers wants from `content`, sends chunks, and returns what went out. */
function run(file: OutgoingFile, content: Uint8Array): Uint8Array[] {
  const sent: Uint8Array[] = []
  for (let number = 0; file.state === 'running'; number += 1) {
    for (let want = file.nextWant(); want; want = file.nextWant()) {
      const data = content.slice(want.position, want.position + want.length)
      expect(file.provide(want.position, data)).toBe('taken')
    }
    const chunk = file.nextChunk()
    if (!chunk) throw new Error('the file is stuck')
    sent.push(chunk)
    file.chunkSent(number)
    expect(file.holdings).toBeLessThanOrEqual(WANTS_PER_FILE_MAX)
  }
  expect(file.lastPacketNumber).toBe(sent.length - 1)
  return sent
}

test('an empty file is one empty chunk', () => {
  expect(run(outgoing(0), new Uint8Array(0))).toEqual([new Uint8Array(0)])
})

test('a file of unknown size ends with a chunk that is shorter than full, empty if need be', () => {
  const sizes = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, WANT_BYTES_MAX - 1, WANT_BYTES_MAX, WANT_BYTES_MAX + 1]
  for (const size of sizes) {
    const sent = run(outgoing(undefined), new Uint8Array(size))
    expect(sent.map(({ length }) => length)).toEqual([
      ...Array.from({ length: Math.floor(size / CHUNK) }, () => CHUNK),
      size % CHUNK,
    ])
  }
})

test('a file of known size has no chunk after the one that reaches it', () => {
  expect(run(outgoing(2 * CHUNK), new Uint8Array(2 * CHUNK)).map(({ length }) => length)).toEqual([CHUNK, CHUNK])
})

test('all bytes go out once, in order, whatever the size and the start', () => {
  const size = fc.nat({ max: 3 * WANT_BYTES_MAX })
  fc.assert(
    fc.property(size, fc.nat(), fc.boolean(), (length, start, isSizeKnown) => {
      const content = Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff)
      const from = length === 0 ? 0 : start % length
      const sent = run(outgoing(isSizeKnown ? length : undefined, from), content)
      expect(concat(...sent)).toEqual(content.subarray(from))
      expect(sent.every((chunk, at) => chunk.length === CHUNK || at === sent.length - 1)).toBe(true)
    }),
    { seed: propertySeed(), numRuns: 60 },
  )
})

test('answers that nobody asked for, or of another length, change nothing', () => {
  const file = outgoing(100)
  expect(file.provide(0, new Uint8Array(100))).toBe('unexpected')
  expect(file.nextWant()).toEqual({ position: 0, length: 100 })
  expect(file.nextWant()).toBeUndefined()
  expect(file.provide(1, new Uint8Array(99))).toBe('unexpected')
  expect(file.provide(0, new Uint8Array(99))).toBe('badLength')
  expect(file.provide(0, new Uint8Array(101))).toBe('badLength')
  expect(file.nextChunk()).toBeUndefined()
  expect(file.provide(0, new Uint8Array(100))).toBe('taken')
  expect(file.provide(0, new Uint8Array(100))).toBe('unexpected')
})

test('wants and sends nothing while either side pauses, and goes on from there', () => {
  const file = outgoing(4 * WANT_BYTES_MAX)
  expect(file.nextWant()?.position).toBe(0)
  file.provide(0, new Uint8Array(WANT_BYTES_MAX))
  for (const side of ['isPausedByUs', 'isPausedByFriend'] as const) {
    file[side] = true
    expect(file.nextWant()).toBeUndefined()
    expect(file.nextChunk()).toBeUndefined()
    file[side] = false
  }
  expect(file.nextChunk()).toHaveLength(CHUNK)
  expect(file.nextWant()?.position).toBe(WANT_BYTES_MAX)
})

test('seeks before it is accepted, within its size, and not afterwards', () => {
  const file = new OutgoingFile({ transferId: 1, fileNumber: 0, size: 10 })
  expect(file.seek(10)).toBe(false)
  expect(file.seek(9)).toBe(true)
  file.accept()
  expect(file.seek(0)).toBe(false)
  expect(file.nextWant()).toEqual({ position: 9, length: 1 })
})
