import wasm from 'libsodium-wrappers'
import type { SodiumNative } from 'sodium-native'

/**
 * The one door to libsodium: to its WebAssembly build, which works everywhere and has everything, and to a native build
 * for what packets cost. primitives.ts chooses between the two; nobody else asks which one there is.
 */
export { type SodiumNative, wasm }

let loaded: SodiumNative | undefined

/** The native build, or undefined where there is none for this platform or it was not installed. Known once ready. */
export function nativeSodium(): SodiumNative | undefined {
  return loaded
}

/** The driver awaits it before the first machine is built. */
export const sodiumReady: Promise<void> = load()

async function load(): Promise<void> {
  await wasm.ready
  try {
    loaded = (await import('sodium-native')).default
  } catch {
    // An optional dependency: whatever keeps it from loading here, the WebAssembly build does the same.
  }
}
