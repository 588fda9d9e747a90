import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { HOUR_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import type { Puller, Wanted } from './puller.ts'
import { slotTagOf } from './slot-tag.ts'
import { type Placed, type TestHolder, TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

function wantedOf({ mailbox, slot, places }: Placed, source: TestHolder): Wanted {
  return { ring: 0, place: places[0] ?? 0, tag: slotTagOf(mailbox, slot), source: source.contact, why: 'range' }
}

function pull(world: TestHolders, puller: Puller, wanted: Wanted): boolean {
  const outcomes: boolean[] = []
  puller.want(wanted, world.now, (isHeld) => outcomes.push(isHeld))
  world.run(60_000)
  expect(outcomes).toHaveLength(1)
  return outcomes[0] === true
}

function createPair() {
  const world = new TestHolders(propertySeed(), 2)
  const [asker, source] = world.holders
  if (!asker || !source) throw new Error('two nodes')
  return { world, asker, source, puller: asker.createDesks().puller }
}

test.each([256, 956, 4_096, 65_536])('gets a copy with a body of %i bytes', (length) => {
  const { world, asker, source, puller } = createPair()
  const placed = world.record({ body: new Uint8Array(length).fill(3) })
  world.put(source, placed)
  expect(pull(world, puller, wantedOf(placed, source))).toBe(true)
  expect(asker.vault.get(placed.mailbox, placed.slot, world.now)).toEqual({ kind: 'record', record: placed.record })
  expect(asker.vault.entry(placed.mailbox, placed.slot, world.now)?.origin.kind).toBe('repair')
})

test('what the source no longer has is not held, and nobody is blamed', () => {
  const { world, asker, source, puller } = createPair()
  expect(pull(world, puller, wantedOf(world.record(), source))).toBe(false)
  expect(asker.parts.offerers.isRefused(source.contact, world.now)).toBe(false)
})

test('a source that sends what nobody signed is refused from then on', () => {
  const { world, asker, source, puller } = createPair()
  const placed = world.record()
  const { record } = placed
  world.put(source, { ...placed, record: { ...record, body: new Uint8Array(record.body.length) } })
  expect(pull(world, puller, wantedOf(placed, source))).toBe(false)
  expect(asker.parts.offerers.isRefused(source.contact, world.now)).toBe(true)
  const other = world.record()
  world.put(source, other)
  expect(pull(world, puller, wantedOf(other, source))).toBe(false)
})

test('a source that sends another record than the one asked for is refused', () => {
  const { world, asker, source, puller } = createPair()
  const [one, two] = [world.record(), world.record()]
  world.put(source, one)
  world.put(source, two)
  const tagOfTwo = slotTagOf(two.mailbox, two.slot)
  // On its way the question turns into one about the other record.
  world.filter = (packet) => {
    if (packet.kind === UPKEEP_KIND.copyRequest) {
      packet.body.set(tagOfTwo, 7)
      new DataView(packet.body.buffer, packet.body.byteOffset).setUint16(1, Math.floor((two.places[0] ?? 0) / 2 ** 32))
      new DataView(packet.body.buffer, packet.body.byteOffset).setUint32(3, (two.places[0] ?? 0) % 2 ** 32)
    }
    return true
  }
  expect(pull(world, puller, wantedOf(one, source))).toBe(false)
  expect(asker.parts.offerers.isRefused(source.contact, world.now)).toBe(true)
})

test('what there was no room for is not asked for again within the hour', () => {
  const { world, asker, source, puller } = createPair()
  const placed = world.record()
  world.put(source, placed)
  asker.vault.setLimits({ ...asker.vault.limits, allocationBytes: 100 }, world.now)
  expect(pull(world, puller, wantedOf(placed, source))).toBe(false)
  asker.vault.setLimits({ ...asker.vault.limits, allocationBytes: 1_000_000 }, world.now)
  const sent = asker.sentKinds.length
  expect(pull(world, puller, wantedOf(placed, source))).toBe(false)
  expect(asker.sentKinds.length).toBe(sent)
  world.now += HOUR_MS
  expect(pull(world, puller, wantedOf(placed, source))).toBe(true)
})

test('of many wanted at once a few are under way at a time, each is got once, and all come', () => {
  const { world, asker, source, puller } = createPair()
  const records = Array.from({ length: 60 }, () => world.record())
  const outcomes: boolean[] = []
  for (const placed of records) world.put(source, placed)
  for (const placed of [...records, ...records]) {
    puller.want(wantedOf(placed, source), world.now, (isHeld) => outcomes.push(isHeld))
  }
  expect(puller.count).toBe(60)
  world.run(60_000)
  expect(outcomes).toEqual(Array.from({ length: 120 }, () => true))
  expect(asker.sentKinds.filter((kind) => kind === UPKEEP_KIND.copyRequest)).toHaveLength(60)
})

test('about one copy in eight is checked with holders in two other rings; one that nobody else has is not kept', () => {
  const world = new TestHolders(propertySeed(), 30)
  const records = Array.from({ length: 200 }, () => world.record())
  // Two hours later none of them is too young to be everywhere.
  world.now += 2 * HOUR_MS
  let checkedCount = 0
  for (const placed of records) {
    const [source, asker] = [0, 1].map((rank) => world.at(0, placed.places[0] ?? 0, rank))
    if (!source || !asker) throw new Error('two nodes')
    const before = asker.counters.get('upkeep: cross-checks')
    const isRefused = asker.parts.offerers.isRefused(source.contact, world.now)
    world.put(source, placed)
    asker.createDesks().puller.want(wantedOf(placed, source), world.now, () => {})
    world.run(100)
    const isChecked = asker.counters.get('upkeep: cross-checks') === before + 2
    if (isChecked) checkedCount += 1
    expect(asker.holds(placed, world.now)).toBe(!isChecked && !isRefused)
    if (isChecked) expect(asker.parts.offerers.isRefused(source.contact, world.now)).toBe(true)
  }
  expect(checkedCount).toBeGreaterThan(4)
  expect(checkedCount).toBeLessThan(45)
})
