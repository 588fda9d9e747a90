import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { fromHex, toHex, utf8Encode } from '../base/bytes.ts'
import { propertySeed } from '../base/test-seed.ts'
import { AEAD_KEY_BYTES, AEAD_NONCE_BYTES, AEAD_TAG_BYTES, aeadOpen, aeadSeal } from './aead.ts'
import { sodiumReady } from './sodium.ts'

beforeAll(() => sodiumReady)

/** draft-irtf-cfrg-xchacha-03, A.3.1. */
const PLAIN = utf8Encode(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
)
const ASSOCIATED = fromHex('50515253c0c1c2c3c4c5c6c7')
const KEY = Uint8Array.from({ length: AEAD_KEY_BYTES }, (_, at) => 0x80 + at)
const NONCE = Uint8Array.from({ length: AEAD_NONCE_BYTES }, (_, at) => 0x40 + at)
const SEALED =
  'BD6D179D3E83D43B9576579493C0E939572A1700252BFACCBED2902C21396CBB731C7F1B0B4AA6440BF3A82F4EDA7E39AE64C6708C54C216' +
  'CB96B72E1213B4522F8C9BA40DB5D945B11B69B982C1BB9E3F3FAC2BC369488F76B2383565D3FFF921F9664C97637DA9768812F615C68B13' +
  'B52EC0875924C1C7987947DEAFD8780ACF49'

test('seals and opens as the draft shows', () => {
  expect(toHex(aeadSeal(KEY, NONCE, PLAIN, ASSOCIATED))).toBe(SEALED)
  expect(aeadOpen(KEY, NONCE, fromHex(SEALED), ASSOCIATED)).toEqual(PLAIN)
})

test('any changed bit of key, nonce, text, tag or associated data opens nothing', () => {
  const parts = { key: KEY, nonce: NONCE, sealed: fromHex(SEALED), associated: ASSOCIATED }
  fc.assert(
    fc.property(fc.constantFrom('key', 'nonce', 'sealed', 'associated' as const), fc.nat(), (name, place) => {
      const changed = { ...parts, [name]: parts[name].slice() }
      const bit = place % (parts[name].length * 8)
      changed[name][bit >> 3] = (changed[name][bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(aeadOpen(changed.key, changed.nonce, changed.sealed, changed.associated)).toBeUndefined()
    }),
    { seed: propertySeed() },
  )
})

test('what is too short to hold a tag opens nothing, and an empty text is only a tag', () => {
  for (let length = 0; length <= AEAD_TAG_BYTES; length += 1) {
    expect(aeadOpen(KEY, NONCE, new Uint8Array(length), ASSOCIATED)).toBeUndefined()
  }
  const sealed = aeadSeal(KEY, NONCE, new Uint8Array(0), ASSOCIATED)
  expect(sealed).toHaveLength(AEAD_TAG_BYTES)
  expect(aeadOpen(KEY, NONCE, sealed, ASSOCIATED)).toEqual(new Uint8Array(0))
})
