import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../base/bytes.ts'
import { propertySeed } from '../base/test-seed.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import {
  type ChainState,
  dropSkipped,
  peekSlotKey,
  type ReceiveChain,
  SKIPPED_PER_MAILBOX_MAX,
  spendSlot,
  takeSlot,
} from './slot-chain.ts'

await sodiumReady

function sendChain(): ChainState {
  return { nextSlot: 0, chainKey: new Uint8Array(32).fill(9) }
}

function receiveChain(): ReceiveChain {
  return { ...sendChain(), skipped: [] }
}

function sentKeys(count: number): Uint8Array[] {
  let chain = sendChain()
  return Array.from({ length: count }, () => {
    const taken = takeSlot(chain)
    chain = taken.chain
    return taken.slotKey
  })
}

test('both ends derive the same key for each slot in whatever order the records come', () => {
  const keys = sentKeys(24)
  expect(new Set(keys.map(toHex)).size).toBe(24)
  const order = fc.shuffledSubarray([...keys.keys()], { minLength: 24 })
  fc.assert(
    fc.property(order, (slots) => {
      let chain = receiveChain()
      for (const slot of slots) {
        expect(peekSlotKey(chain, slot)).toEqual(keys[slot])
        chain = spendSlot(chain, slot, 0)
        expect(peekSlotKey(chain, slot)).toBeUndefined()
      }
      expect(chain.skipped).toEqual([])
    }),
    { seed: propertySeed(), numRuns: 50 },
  )
})

test('the chain key is wiped as the chain advances', () => {
  const sending = sendChain()
  takeSlot(sending)
  expect(sending.chainKey).toEqual(new Uint8Array(32))
  const receiving = receiveChain()
  spendSlot(receiving, 3, 0)
  expect(receiving.chainKey).toEqual(new Uint8Array(32))
})

test('a slot too far ahead yields no key, and the bound counts what is skipped already', () => {
  expect(peekSlotKey(receiveChain(), SKIPPED_PER_MAILBOX_MAX)).toBeDefined()
  expect(peekSlotKey(receiveChain(), SKIPPED_PER_MAILBOX_MAX + 1)).toBeUndefined()
  const chain = spendSlot(receiveChain(), 600, 0)
  expect(chain.skipped).toHaveLength(600)
  expect(peekSlotKey(chain, 601 + 400)).toBeDefined()
  expect(peekSlotKey(chain, 601 + 401)).toBeUndefined()
})

test('skipped keys that are over are wiped and give nothing', () => {
  const chain = spendSlot(spendSlot(receiveChain(), 2, 10), 4, 20)
  expect(chain.skipped.map(({ slot }) => slot)).toEqual([0, 1, 3])
  const old = chain.skipped[0]?.key
  const kept = dropSkipped(chain, ({ skippedAt }) => skippedAt <= 10)
  expect(kept.skipped.map(({ slot }) => slot)).toEqual([3])
  expect(old).toEqual(new Uint8Array(32))
  expect(peekSlotKey(kept, 0)).toBeUndefined()
})
