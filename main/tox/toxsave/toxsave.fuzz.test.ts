import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { concat, fromHex } from '../../base/bytes.ts'
import { fuzzCaseCount, propertySeed } from '../../base/test-seed.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { FILE_COOKIE, writeSections } from './sections.ts'
import { anyProfile, comparable } from './test-profile.ts'
import { readPlainToxsave, writePlainToxsave } from './toxsave.ts'
import { ToxsaveError } from './toxsave-error.ts'

beforeAll(() => sodiumReady)

const HEAD = fromHex('000000001F1BED15')
const sections = fc
  .array(
    fc.record({
      type: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 10, 11, 20, 255),
      data: fc.oneof(
        fc.uint8Array({ maxLength: 100 }),
        fc.constantFrom(68, 2_216, 4_432).map((n) => new Uint8Array(n).fill(1)),
      ),
    }),
    { maxLength: 6 },
  )
  .map((list) => concat(HEAD, writeSections(list, FILE_COOKIE)))
const edited = fc
  .tuple(anyProfile, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 }))
  .map(([profile, edits]) => {
    const bytes = writePlainToxsave(profile)
    for (const [place, byte] of edits) bytes[place % bytes.length] = byte
    return bytes
  })
const anything = fc.oneof(fc.uint8Array({ maxLength: 300 }), sections, edited)

test('any bytes give a profile that can be written again, or ToxsaveError and nothing else', () => {
  fc.assert(
    fc.property(anything, (bytes) => {
      const before = bytes.slice()
      try {
        const profile = readPlainToxsave(bytes)
        expect(comparable(readPlainToxsave(writePlainToxsave(profile)))).toEqual(comparable(profile))
      } catch (error) {
        if (!(error instanceof ToxsaveError)) throw error
      }
      expect(bytes).toEqual(before)
    }),
    { seed: propertySeed(), numRuns: fuzzCaseCount() },
  )
})
