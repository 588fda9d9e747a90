/** The part of sodium-native that is used here. Every function fills its first argument and throws if a length is wrong. */
declare module 'sodium-native' {
  interface SodiumNative {
    crypto_scalarmult_base(publicKey: Uint8Array, secretKey: Uint8Array): void
    crypto_secretbox_easy(sealed: Uint8Array, plain: Uint8Array, nonce: Uint8Array, key: Uint8Array): void
    /** False if the MAC does not fit. */
    crypto_secretbox_open_easy(plain: Uint8Array, sealed: Uint8Array, nonce: Uint8Array, key: Uint8Array): boolean
    crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed: Uint8Array,
      plain: Uint8Array,
      associated: Uint8Array,
      secretNonce: null,
      nonce: Uint8Array,
      key: Uint8Array,
    ): number
    /** Throws if the tag does not fit. */
    crypto_aead_xchacha20poly1305_ietf_decrypt(
      plain: Uint8Array,
      secretNonce: null,
      sealed: Uint8Array,
      associated: Uint8Array,
      nonce: Uint8Array,
      key: Uint8Array,
    ): number
    crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void
    crypto_sign_detached(signature: Uint8Array, bytes: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_verify_detached(signature: Uint8Array, bytes: Uint8Array, publicKey: Uint8Array): boolean
    /** Throws if the key is no valid point. */
    crypto_sign_ed25519_pk_to_curve25519(curveKey: Uint8Array, publicKey: Uint8Array): void
    crypto_sign_ed25519_sk_to_curve25519(curveKey: Uint8Array, secretKey: Uint8Array): void
    crypto_generichash(digest: Uint8Array, bytes: Uint8Array, key?: Uint8Array): void
    crypto_hash_sha512(digest: Uint8Array, bytes: Uint8Array): void
    crypto_auth(tag: Uint8Array, bytes: Uint8Array, key: Uint8Array): void
    crypto_pwhash(
      output: Uint8Array,
      password: Uint8Array,
      salt: Uint8Array,
      passes: number,
      memoryBytes: number,
      algorithm: number,
    ): void
    crypto_pwhash_scryptsalsa208sha256(
      output: Uint8Array,
      password: Uint8Array,
      salt: Uint8Array,
      operations: number,
      memoryBytes: number,
    ): void
  }
  const native: SodiumNative
  export type { SodiumNative }
  export default native
}
