import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { encode } from '../wire/codec.ts'
import { SLOT_STANDING, slotsProof, UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import { HolderSurvey, type Survey } from './holder-survey.ts'
import { type Placed, type TestHolder, TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

const RING = 1

function surveyFrom(world: TestHolders, asker: TestHolder, placed: Placed): Survey {
  const surveys: Survey[] = []
  const entry = asker.vault.entry(placed.mailbox, placed.slot, world.now)
  if (!entry) throw new Error('the asker holds the record')
  const others = asker.parts.view.others(RING, placed.places[RING] ?? 0)
  new HolderSurvey(asker.parts).run(RING, [entry], others, world.now, (all) => surveys.push(...all))
  world.run(60_000)
  const [survey] = surveys
  if (!survey) throw new Error('a survey ends')
  return survey
}

test('says who of the first nodes proves a record, who has none, and who is silent', () => {
  const world = new TestHolders(1, 12)
  const placed = world.record()
  const [asker, holder, without, silent] = [0, 1, 2, 3].map((rank) => world.at(RING, placed.places[RING] ?? 0, rank))
  if (!asker || !holder || !without || !silent) throw new Error('four nodes')
  world.put(asker, placed)
  world.put(holder, placed)
  world.filter = (_, __, to) => to !== silent
  const { found } = surveyFrom(world, asker, placed)
  expect(found.map(({ member }) => member.contact.key.hex)).toEqual(
    [holder, without, silent].map(({ contact }) => contact.key.hex),
  )
  const [first, ...rest] = found.map(({ finding }) => finding)
  expect([SLOT_STANDING.held, SLOT_STANDING.heldForOtherRing]).toContain(first)
  expect(rest).toEqual([SLOT_STANDING.notHeld, 'silent'])
})

test('a node that claims a record and has no proof is found out', () => {
  const world = new TestHolders(1, 12)
  const placed = world.record()
  const asker = world.at(RING, placed.places[RING] ?? 0, 0)
  const liar = world.at(RING, placed.places[RING] ?? 0, 1)
  world.put(asker, placed)
  const lie = encode(slotsProof, { slots: [{ standing: SLOT_STANDING.held, digest: new Uint8Array(16).fill(9) }] })
  world.filter = (packet, from) => {
    if (from === liar && packet.kind === UPKEEP_KIND.slotsProof) packet.body.set(lie)
    return true
  }
  expect(surveyFrom(world, asker, placed).found[0]?.finding).toBe('failed')
})

test('a holder that stands in an earlier ring too says that its copy counts there', () => {
  const world = new TestHolders(1, 2)
  const placed = world.record()
  for (const holder of world.holders) world.put(holder, placed)
  const [asker] = world.holders
  if (!asker) throw new Error('a holder')
  expect(surveyFrom(world, asker, placed).found[0]?.finding).toBe(SLOT_STANDING.heldForOtherRing)
})

test('an answer that is malformed or about fewer slots counts as silence', () => {
  const world = new TestHolders(1, 2)
  const placed = world.record()
  for (const holder of world.holders) world.put(holder, placed)
  const [asker] = world.holders
  if (!asker) throw new Error('a holder')
  world.filter = (packet) => {
    if (packet.kind === UPKEEP_KIND.slotsProof) packet.body[0] = 31
    return true
  }
  expect(surveyFrom(world, asker, placed).found[0]?.finding).toBe('silent')
})
