import { expect, test } from 'vitest'
import { Counters } from '../base/counters.ts'
import { MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { SavedState } from './saved-state.ts'
import { World } from './test-world.ts'

await sodiumReady

function worldWithMail(): World {
  const world = new World()
  world.meet()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  world.alice.send('hello')
  world.pass(MINUTE_MS)
  return world
}

test('a run that is restored goes on where the last one stood', () => {
  const world = worldWithMail()
  const before = [...world.alice.disk.rows.keys()].sort()
  world.alice.restart()
  world.settle()
  expect([...world.alice.disk.rows.keys()].sort()).toEqual(before)
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('ready')
  world.pass(MINUTE_MS)
  expect(world.alice.run?.storage.calls).not.toContain('insert')
})

test('every friend is found again by its own row', () => {
  const world = worldWithMail()
  const saved = new SavedState(world.alice.disk.rows, new Counters())
  expect(saved.friends().map(({ hex }) => hex)).toEqual([world.alice.friend.hex])
  expect(saved.epochs(world.alice.friend.hex)).toHaveLength(1)
  expect(saved.epochs('another')).toEqual([])
})

test('a row that cannot be read is left out and counted, whichever it is; the rest works on', () => {
  const rows = [...worldWithMail().alice.disk.rows.keys()]
  expect(rows.length).toBeGreaterThan(6)
  for (const key of rows) {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(9), Uint8Array.of(1, 2, 3)]) {
      const world = worldWithMail()
      const [family] = key.split('/')
      const own = [...world.alice.disk.rows.keys()].find((candidate) => candidate.startsWith(`${family}/`))
      world.alice.disk.rows.set(own ?? key, bytes)
      world.alice.restart()
      world.pass(MINUTE_MS)
      expect(world.alice.run?.counters.get('offline.rowsUnreadable')).toBeGreaterThan(0)
    }
  }
})

test('keys that make no sense are left out', () => {
  const rows = new Map([
    ['friend/XYZ', Uint8Array.of(1)],
    ['friend/00', Uint8Array.of(1)],
    ['nothing', Uint8Array.of(1)],
    ['', Uint8Array.of(1)],
  ])
  const counters = new Counters()
  expect(new SavedState(rows, counters).friends()).toEqual([])
  expect(counters.get('offline.rowsUnreadable')).toBe(2)
})
