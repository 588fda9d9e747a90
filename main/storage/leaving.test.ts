import { beforeAll, expect, test } from 'vitest'
import { concat, utf8Encode } from '../base/bytes.ts'
import { propertySeed } from '../base/test-seed.ts'
import { SECOND_MS } from '../base/time.ts'
import { SigningKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode, encode } from '../wire/codec.ts'
import { isWanted, leavingAnswer, leavingNotice, leavingStatement, UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import { slotTagOf } from './slot-tag.ts'
import { TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

/** A leaving node with records, and everybody else. */
function createWorld() {
  const world = new TestHolders(propertySeed(), 12)
  const records = Array.from({ length: 30 }, () => world.deposit())
  const leaver = world.at(0, records[0]?.places[0] ?? 0, 0)
  const held = records.filter((placed) => leaver.holds(placed, world.now))
  return { world, records, leaver, held }
}

test('a leaving node tells who comes in its place, stays until all was fetched, and then says so', () => {
  const { world, leaver, held } = createWorld()
  const start = world.now
  leaver.upkeep.leave(10 * SECOND_MS, start)
  let leftAt: number | undefined
  for (; world.now < start + 11 * SECOND_MS && leftAt === undefined; world.run(100)) {
    if (leaver.upkeep.pollEvent()) leftAt = world.now
  }
  expect((leftAt ?? Number.POSITIVE_INFINITY) - start).toBeLessThan(5 * SECOND_MS)
  leaver.isRunning = false
  for (const placed of held) {
    for (const ring of [0, 1, 2]) {
      const firstTwo = world.order(ring, placed.places[ring] ?? 0).slice(0, 2)
      expect(firstTwo.every((holder) => holder.holds(placed, world.now))).toBe(true)
    }
  }
})

test('a leaving node that nobody answers goes when its time is up', () => {
  const { world, leaver } = createWorld()
  world.filter = (_, from) => from === leaver
  const start = world.now
  leaver.upkeep.leave(5 * SECOND_MS, start)
  world.run(4 * SECOND_MS)
  expect(leaver.upkeep.pollEvent()).toBeUndefined()
  world.run(SECOND_MS)
  expect(leaver.upkeep.pollEvent()).toEqual({ kind: 'left' })
  expect(leaver.upkeep.pollEvent()).toBeUndefined()
})

test('notices go out before any record does', () => {
  const { world, leaver } = createWorld()
  leaver.upkeep.leave(10 * SECOND_MS, world.now)
  world.run(3 * SECOND_MS)
  const kinds = leaver.sentKinds
  expect(kinds.indexOf(UPKEEP_KIND.leavingNotice)).toBe(0)
  const isCopy = (kind: number) => kind === UPKEEP_KIND.copy || kind === STORAGE_KIND.transferReady
  expect(kinds.lastIndexOf(UPKEEP_KIND.leavingNotice)).toBeLessThan(kinds.findIndex(isCopy))
})

test('a notice that the leaving node did not sign, or an old one, is not believed', () => {
  const { world, records, leaver } = createWorld()
  const [placed] = records
  const reader = world.at(0, placed?.places[0] ?? 0, 2)
  if (!placed) throw new Error('a record')
  reader.vault.drop(placed.mailbox, placed.slot)
  const slots = [{ place: placed.places[0] ?? 0, tag: slotTagOf(placed.mailbox, placed.slot) }]
  const { leaving } = reader.createDesks()
  const noticeBy = (key: SigningKey, createdAt: number) => {
    const statement = { issuer: key.verifyKey, createdAt, ring: 0, slots }
    const label = concat(utf8Encode('ampoule leaving 1'), Uint8Array.of(0))
    return encode(leavingNotice, { statement, signature: key.sign(concat(label, encode(leavingStatement, statement))) })
  }
  const own = leaver.parts.signingKey
  const stranger = SigningKey.create(leaver.random)
  const now = Math.floor(world.now / SECOND_MS) * SECOND_MS
  expect(leaving.handleNotice(noticeBy(stranger, now), leaver.contact, world.now)).toBeUndefined()
  expect(leaving.handleNotice(noticeBy(own, now - 3_600_000), leaver.contact, world.now)).toBeUndefined()
  const answer = leaving.handleNotice(noticeBy(own, now), leaver.contact, world.now)
  expect(answer && isWanted(decode(leavingAnswer, answer).wanted, 0)).toBe(true)
})

test('a node that came back can leave again', () => {
  const { world, leaver } = createWorld()
  for (let departure = 0; departure < 2; departure += 1) {
    leaver.upkeep.leave(10 * SECOND_MS, world.now)
    expect(leaver.upkeep.pollEvent()).toBeUndefined()
    world.run(11 * SECOND_MS)
    expect(leaver.upkeep.pollEvent()).toEqual({ kind: 'left' })
    expect(leaver.upkeep.pollEvent()).toBeUndefined()
    expect(leaver.upkeep.nextTimeout()).toBeUndefined()
  }
})
