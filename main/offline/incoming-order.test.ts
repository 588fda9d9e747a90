import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { encodeContent } from './content.ts'
import { type Arrival, IncomingOrder, type Release, unnumberedSequence } from './incoming-order.ts'
import { Journal } from './journal.ts'
import { TestSink } from './test-friends.ts'

function contentOf(bytes: number): Uint8Array {
  return encodeContent({ kind: 'file', name: new Uint8Array(0), bytes: new Uint8Array(bytes) })
}

function arrival(sequence: number, bytes = 4): Arrival {
  return { historyId: new Uint8Array(16).fill(sequence % 256), sequence, sentAtMs: 0, content: contentOf(bytes) }
}

class Desk {
  readonly sink = new TestSink()
  readonly journal = new Journal(this.sink)
  order = new IncomingOrder('F', this.journal)
  #count = 0

  take(sequence: number, bytes?: number): string[] {
    const released = this.order.take(arrival(sequence, bytes), () => unnumberedSequence(this.#count++), 7)
    this.journal.commit()
    return shown(released)
  }

  release(withdrawn = 0): string[] {
    const released = this.order.release(withdrawn)
    this.journal.commit()
    return shown(released)
  }

  restart(): void {
    this.order = new IncomingOrder('F', this.journal)
    for (const [key, row] of this.sink.rows) {
      if (key.startsWith('order/')) this.order.restoreOrder(row)
      else this.order.restoreHeld(row, 9)
    }
  }
}

function shown(released: readonly Release[]): string[] {
  return released.map((release) =>
    release.kind === 'missing' ? `missing ${release.sequence}` : String(release.arrival.sequence),
  )
}

test('in order at once; what is early waits on disk until what is before it came', () => {
  const desk = new Desk()
  expect(desk.take(1)).toEqual(['1'])
  expect(desk.take(4)).toEqual([])
  expect(desk.order.waitingSince).toBe(7)
  expect(desk.take(3)).toEqual([])
  desk.restart()
  expect(desk.order.waitingSince).toBe(9)
  expect(desk.take(2)).toEqual(['2', '3', '4'])
  expect(desk.order.waitingSince).toBeUndefined()
  expect([...desk.sink.rows.keys()]).toEqual(['order/F'])
})

test('when nothing more can come, places are kept for what is missing and filled later', () => {
  const desk = new Desk()
  desk.take(1)
  desk.take(4)
  desk.take(6)
  expect(desk.release()).toEqual(['missing 2', 'missing 3', '4', 'missing 5', '6'])
  desk.restart()
  expect(desk.take(3)).toEqual(['3'])
  expect(desk.take(7)).toEqual(['7'])
  // A second message with the same number replaces nothing.
  expect(desk.take(3)).toEqual([String(2 ** 52)])
})

test('no place is kept for messages that their sender took back', () => {
  const desk = new Desk()
  desk.take(1)
  desk.take(3)
  desk.take(6)
  expect(desk.release(1)).toEqual(['3', 'missing 4', 'missing 5', '6'])
})

test('a jump over very many numbers is a new beginning, and hostile numbers are replaced by ours', () => {
  const desk = new Desk()
  desk.take(1)
  desk.take(2 ** 51)
  expect(desk.release()).toEqual([String(2 ** 51)])
  expect(desk.take(2)).toEqual([String(2 ** 52)])
  expect(desk.take(0)).toEqual([String(2 ** 52 + 1)])
  expect(desk.take(2 ** 53 - 1)).toEqual([String(2 ** 52 + 2)])
})

test('a friend cannot make us hold more than so many messages or bytes', () => {
  const desk = new Desk()
  for (let sequence = 1_000; sequence < 1_512; sequence += 1) expect(desk.take(sequence)).toEqual([])
  expect(desk.take(1_512).length).toBeGreaterThan(500)
  expect(desk.order.waitingSince).toBeUndefined()
  const large = new Desk()
  const released = [2, 3, 4, 5, 6].map((sequence) => large.take(sequence, 1_000_000).length)
  expect(released).toEqual([0, 0, 0, 0, 6])
})

test('whatever the order of arrival, everything is shown once, in the order of the sender', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...Array(20).keys()].map((index) => index + 1)), (sequences) => {
      const desk = new Desk()
      const all: string[] = []
      for (const [index, sequence] of sequences.entries()) {
        all.push(...desk.take(sequence))
        if (index % 5 === 2) desk.restart()
      }
      all.push(...desk.release())
      const messages = all.filter((one) => !one.startsWith('missing')).map(Number)
      expect(messages).toEqual([...sequences].sort((left, right) => left - right))
    }),
    { seed: propertySeed(), numRuns: 200 },
  )
})
