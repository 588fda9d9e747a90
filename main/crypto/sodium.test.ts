import { afterEach, expect, test, vi } from 'vitest'
import { nativeSodium, sodiumReady, wasm } from './sodium.ts'

afterEach(() => {
  vi.doUnmock('sodium-native')
  vi.resetModules()
})

test('once ready, the WebAssembly build is the sumo build, which alone has scrypt', async () => {
  await sodiumReady
  expect(wasm.crypto_pwhash_scryptsalsa208sha256_ll).toBeTypeOf('function')
  expect(wasm.crypto_scalarmult_base(new Uint8Array(32).fill(9))).toHaveLength(32)
})

test('the native build loads on Linux with the C library of GNU', async () => {
  await sodiumReady
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  const isMadeFor = process.arch === 'x64' && header.glibcVersionRuntime !== undefined
  expect(nativeSodium() !== undefined || !isMadeFor).toBe(true)
})

test('where the native build does not load everything works without', async () => {
  vi.resetModules()
  vi.doMock('sodium-native', () => {
    throw new Error('no binary for this platform')
  })
  const door = await import('./sodium.ts')
  await door.sodiumReady
  expect(door.nativeSodium()).toBeUndefined()
  const { primitives, wasmPrimitives } = await import('./primitives.ts')
  expect(primitives()).toBe(wasmPrimitives)
  const { SigningKey, isSignatureOf } = await import('./sign.ts')
  const key = new SigningKey(new Uint8Array(32))
  expect(isSignatureOf(key.verifyKey, Uint8Array.of(1), key.sign(Uint8Array.of(1)))).toBe(true)
})
