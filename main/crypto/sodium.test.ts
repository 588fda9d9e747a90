import { expect, test } from 'vitest'
import { sodium, sodiumReady } from './sodium.ts'

test('once ready, the library is the sumo build, which alone has scrypt', async () => {
  await sodiumReady
  expect(sodium.crypto_pwhash_scryptsalsa208sha256_ll).toBeTypeOf('function')
  expect(sodium.crypto_scalarmult_base(new Uint8Array(32).fill(9))).toHaveLength(32)
})
