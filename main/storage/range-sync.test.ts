import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import { collectedEntry } from './record.ts'
import { paidState } from './payments.ts'
import { type ComparisonOutcome, RangeSync } from './range-sync.ts'
import { type TestHolder, TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

const WHOLE = { from: 0, to: 0 }

/** Two nodes: each is among the first two everywhere, so each should have all that the other has. */
function createPair(): { world: TestHolders; asker: TestHolder; peer: TestHolder } {
  const world = new TestHolders(propertySeed(), 2)
  const [asker, peer] = world.holders
  if (!asker || !peer) throw new Error('two holders')
  return { world, asker, peer }
}

function compare(world: TestHolders, asker: TestHolder, peer: TestHolder, isNew = false): ComparisonOutcome {
  const outcomes: ComparisonOutcome[] = []
  const sync = new RangeSync(asker.parts, asker.createDesks().puller)
  const comparison = { ring: 0, range: WHOLE, peer: peer.contact, why: 'gained' as const, isNew }
  sync.compare(comparison, world.now, (outcome) => outcomes.push(outcome))
  world.run(60_000)
  const [outcome] = outcomes
  if (!outcome || outcomes.length > 1) throw new Error('a comparison ends once')
  return outcome
}

test('holders of the same records find that out with one question', () => {
  const { world, asker, peer } = createPair()
  for (let count = 0; count < 20; count += 1) {
    const placed = world.record()
    world.put(asker, placed)
    world.put(peer, placed)
  }
  expect(compare(world, asker, peer)).toEqual({ isHeard: true, isComplete: true, peerLacks: [] })
  expect(asker.sentKinds).toEqual([UPKEEP_KIND.rangeCheck])
})

test.each([1, 30, 300])('of %i records that only the peer has, all are pulled', (count) => {
  const { world, asker, peer } = createPair()
  const records = Array.from({ length: count }, () => world.record())
  for (const placed of records) world.put(peer, placed)
  expect(compare(world, asker, peer)).toMatchObject({ isHeard: true, isComplete: true })
  expect(records.every((placed) => asker.holds(placed, world.now))).toBe(true)
})

test('a difference among many is found by halving, and only its part is listed', () => {
  const { world, asker, peer } = createPair()
  const records = Array.from({ length: 300 }, () => world.record())
  for (const placed of records) world.put(peer, placed)
  for (const placed of records.slice(1)) world.put(asker, placed)
  compare(world, asker, peer)
  expect(asker.holds(records[0] ?? world.record(), world.now)).toBe(true)
  expect(asker.sentKinds.filter((kind) => kind === UPKEEP_KIND.rangeList).length).toBeLessThanOrEqual(3)
})

test('what the peer lacks is named, and not sent', () => {
  const { world, asker, peer } = createPair()
  const placed = world.record()
  world.put(asker, placed)
  const { peerLacks } = compare(world, asker, peer)
  expect(peerLacks.map(({ mailbox }) => mailbox.hex)).toEqual([placed.mailbox.hex])
  expect(peer.holds(placed, world.now)).toBe(false)
})

test('a tombstone replaces the record that it meets, and goes to nobody who had none', () => {
  const { world, asker, peer } = createPair()
  const placed = world.record()
  const other = world.record()
  for (const { record, places } of [placed, other]) world.put(peer, { record, places })
  world.put(asker, placed)
  for (const { record, slot } of [placed, other]) {
    const signed = paidState(record.payments)?.signed
    if (!signed) throw new Error('a header')
    const entry = collectedEntry(slot, signed.header.bodyHash, new Uint8Array(32))
    peer.node.takeTombstone({ signed, entry }, world.now)
  }
  compare(world, asker, peer)
  expect(asker.vault.entry(placed.mailbox, placed.slot, world.now)?.kind).toBe('collected')
  expect(asker.vault.entry(other.mailbox, other.slot, world.now)).toBeUndefined()
})

test('many slots of one mailbox share a place, and all of them come over', () => {
  const { world, asker, peer } = createPair()
  const first = world.record()
  const records = Array.from({ length: 100 }, (_, slot) => ({
    ...first,
    record: first.deposits.record({ slot }, world.now),
    slot,
  }))
  for (const placed of records) world.put(peer, placed)
  expect(compare(world, asker, peer).isComplete).toBe(true)
  expect(records.every((placed) => asker.holds(placed, world.now))).toBe(true)
})

test('a silent peer ends the comparison', () => {
  const { world, asker, peer } = createPair()
  world.filter = (_, __, to) => to !== peer
  expect(compare(world, asker, peer)).toEqual({ isHeard: false, isComplete: false, peerLacks: [] })
})

test('a peer whose list never ends is heard no longer', () => {
  const { world, asker, peer } = createPair()
  world.put(peer, world.record())
  let listings = 0
  const answerAgain = world.filter
  world.filter = (packet, from, to) => {
    // The last flag of a listing is turned off on its way.
    if (packet.kind === UPKEEP_KIND.rangeListing) {
      listings += 1
      packet.body[0] = 0
    }
    return answerAgain(packet, from, to)
  }
  expect(compare(world, asker, peer).isHeard).toBe(false)
  expect(listings).toBeLessThan(5_000)
})
