import { primitives } from './primitives.ts'

export const AEAD_KEY_BYTES = 32
export const AEAD_NONCE_BYTES = 24
export const AEAD_TAG_BYTES = 16

/** XChaCha20-Poly1305 (IETF). Returns ciphertext and tag (16 bytes longer than `plain`). */
export function aeadSeal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, associated: Uint8Array): Uint8Array {
  return primitives().aeadSeal(plain, associated, nonce, key)
}

/** Opens what `aeadSeal` made; undefined if key, nonce, text or associated data differ. */
export function aeadOpen(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  associated: Uint8Array,
): Uint8Array | undefined {
  return sealed.length < AEAD_TAG_BYTES ? undefined : primitives().aeadOpen(sealed, associated, nonce, key)
}
