import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromHex, toHex } from '../../base/bytes.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { PublicKey } from '../../crypto/keys.ts'
import { readToxId, TOX_ID_BYTES, toxIdOf } from './tox-id.ts'

/** The echo bot that the Tox wiki has printed for years. */
const PRINTED = fromHex('76518406F6A9F2217E8DC487CC783C25CC16A15EB36FF32E335A235342C48A39218F515C39A6')

test('reads a printed Tox ID and writes the same bytes', () => {
  const parts = readToxId(PRINTED)
  expect(toHex(parts?.nospam ?? new Uint8Array())).toBe('218F515C')
  expect(parts && toxIdOf(parts)).toEqual(PRINTED)
})

test('gives nothing for a wrong length or a key with its top bit set', () => {
  expect(readToxId(PRINTED.subarray(1))).toBeUndefined()
  expect(readToxId(new Uint8Array(39))).toBeUndefined()
  const notAKey = toxIdOf({ publicKey: new PublicKey(new Uint8Array(32).fill(0xff)), nospam: new Uint8Array(4) })
  expect(readToxId(notAKey)).toBeUndefined()
})

test('notices every single changed bit', () => {
  fc.assert(
    fc.property(fc.nat({ max: TOX_ID_BYTES * 8 - 1 }), (bit) => {
      const changed = PRINTED.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(readToxId(changed)).toBeUndefined()
    }),
    { seed: propertySeed() },
  )
})
