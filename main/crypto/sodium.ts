import sodium from 'libsodium-wrappers'

/** The one door to libsodium. The driver awaits `sodiumReady` before the first machine is built. */
export const sodiumReady: Promise<void> = sodium.ready
export { sodium }
