import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { encode } from '../wire/codec.ts'
import { copyRequest, UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import type { Reply } from './asks.ts'
import { TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

const body = encode(copyRequest, { ring: 0, place: 0, tag: new Uint8Array(8), padding: new Uint8Array(32) })

test('an answer is handed over once, with its kind', () => {
  const world = new TestHolders(1, 2)
  const [one, two] = world.holders
  const replies: (Reply | undefined)[] = []
  if (one && two)
    one.parts.asks.ask(two.contact, UPKEEP_KIND.copyRequest, body, world.now, (reply) => replies.push(reply))
  world.run(60_000)
  expect(replies).toEqual([{ kind: UPKEEP_KIND.copy, body: Uint8Array.of(0) }])
  expect(one?.parts.asks.count).toBe(0)
})

test('without an answer a question is repeated three times within 10 s, then given up, and the rings hear of it', () => {
  const world = new TestHolders(1, 2)
  const [one, two] = world.holders
  const endedAfterMs: number[] = []
  world.filter = (_, from) => from !== one
  const start = world.now
  if (one && two) {
    one.parts.asks.ask(two.contact, UPKEEP_KIND.copyRequest, body, start, (reply, now) => {
      if (!reply) endedAfterMs.push(now - start)
    })
  }
  world.run(60_000)
  expect(endedAfterMs).toHaveLength(1)
  expect(endedAfterMs[0]).toBeLessThanOrEqual(10_000)
  expect(one?.sentKinds).toEqual(Array.from({ length: 4 }, () => UPKEEP_KIND.copyRequest))
  expect(one?.rings.silent).toEqual([two?.contact])
})

test('a lookup of one ring brings the first nodes of the place', () => {
  const world = new TestHolders(1, 5)
  const [one] = world.holders
  const found: string[][] = []
  one?.parts.asks.find(2, 99, world.now, (members) => found.push((members ?? []).map(({ contact }) => contact.key.hex)))
  world.settle()
  expect(found).toEqual([world.order(2, 99).map(({ contact }) => contact.key.hex)])
})
