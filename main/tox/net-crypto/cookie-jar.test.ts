import { expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { COOKIE_LIFE_MS, CookieJar } from './cookie-jar.ts'

await sodiumReady

const random = new SeededRandom(1)
const real = createKeyPair(random).publicKey
const dht = createKeyPair(random).publicKey

test('a cookie opens for 15 s, and tells whose it is and when it was made', () => {
  const jar = new CookieJar(new SeededRandom(2))
  const cookie = jar.issue(real, dht, 1_000.7)
  expect(cookie.length).toBe(112)
  const contents = jar.open(cookie, 1_001)
  expect(contents?.realKey.hex).toBe(real.hex)
  expect(contents?.dhtKey.hex).toBe(dht.hex)
  expect(contents?.issuedAt).toBe(1_000)
  expect(jar.open(cookie, 1_000 + COOKIE_LIFE_MS)).toBeDefined()
  expect(jar.open(cookie, 1_001 + COOKIE_LIFE_MS)).toBeUndefined()
  expect(jar.open(cookie, 999)).toBeUndefined()
})

test('a changed cookie, or that of another jar, or of a wiped one, does not open', () => {
  const jar = new CookieJar(new SeededRandom(2))
  const cookie = jar.issue(real, dht, 1_000)
  for (const at of [0, 23, 24, 111]) {
    const spoiled = cookie.slice()
    spoiled[at] = (spoiled[at] ?? 0) ^ 0x80
    expect(jar.open(spoiled, 1_000)).toBeUndefined()
  }
  expect(new CookieJar(new SeededRandom(3)).open(cookie, 1_000)).toBeUndefined()
  jar.wipe()
  expect(jar.open(cookie, 1_000)).toBeUndefined()
})

test('strangers get ten answers at once and ten a second, and do not use up those of friends', () => {
  const jar = new CookieJar(new SeededRandom(2))
  const answers = (isFriend: boolean, count: number, now: number) =>
    Array.from({ length: count }, () => jar.mayAnswer(isFriend, now)).filter(Boolean).length
  expect(answers(false, 100, 0)).toBe(10)
  expect(answers(false, 100, 1_000)).toBe(10)
  expect(answers(true, 100, 1_000)).toBe(64)
})
