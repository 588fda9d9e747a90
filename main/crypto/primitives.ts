import { assert } from '../base/assert.ts'
import { nativeSodium, type SodiumNative, wasm } from './sodium.ts'

/** What packets and records ask of libsodium thousands of times a second. Both builds give the same bytes. */
export interface Primitives {
  /** secretbox: writes MAC (16 bytes) and ciphertext to `target`, which is 16 bytes longer than `plain`. */
  sealInto(target: Uint8Array, plain: Uint8Array, nonce: Uint8Array, key: Uint8Array): void
  /** Writes the plain text to `target`, which is 16 bytes shorter than `sealed`. False if the MAC does not fit. */
  openInto(target: Uint8Array, sealed: Uint8Array, nonce: Uint8Array, key: Uint8Array): boolean
  aeadSeal(plain: Uint8Array, associated: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array
  /** Undefined if the tag does not fit. sealed: at least 16 bytes. */
  aeadOpen(sealed: Uint8Array, associated: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined
  /** Curve25519: the public key of a secret key. */
  publicKeyOf(secretKey: Uint8Array): Uint8Array
  /** Ed25519. seed: 32 bytes; secretKey: 64. */
  signingKeys(seed: Uint8Array): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array }
  sign(bytes: Uint8Array, secretKey: Uint8Array): Uint8Array
  /** signature: 64 bytes; publicKey: 32 of whatever kind. */
  isSignature(signature: Uint8Array, bytes: Uint8Array, publicKey: Uint8Array): boolean
  /** The Curve25519 form of an Ed25519 key; undefined if it is no valid point. */
  curveKeyOf(publicKey: Uint8Array): Uint8Array | undefined
  curveSecretOf(secretKey: Uint8Array): Uint8Array
  /** BLAKE2b with `length` bytes of output (16 to 64), keyed if a key (16 to 64 bytes) is given. */
  blake2b(length: number, bytes: Uint8Array, key: Uint8Array | undefined): Uint8Array
  sha512(bytes: Uint8Array): Uint8Array
  /** HMAC-SHA-512-256 with a key of 32 bytes. */
  hmac(bytes: Uint8Array, key: Uint8Array): Uint8Array
  argon2id(password: Uint8Array, salt: Uint8Array, cost: Argon2idCost): Uint8Array
  /** scrypt with N 16,384, r 8, p 2 and 32 bytes of output: libsodium's interactive limits with its operations doubled. */
  scrypt(password: Uint8Array, salt: Uint8Array): Uint8Array
}

export interface Argon2idCost {
  readonly passes: number
  readonly memoryBytes: number
  /** At least 16. */
  readonly outputBytes: number
}

const MAC_BYTES = 16
/** libsodium's number for the algorithm. */
const ARGON2ID = 2
/** Operations and bytes of memory of which libsodium makes N 16,384, r 8, p 2. */
const SCRYPT_LIMITS = [2 * 524_288, 16_777_216] as const

/** The reference: libsodium as WebAssembly. */
export const wasmPrimitives: Primitives = {
  sealInto: (target, plain, nonce, key) => target.set(wasm.crypto_secretbox_easy(plain, nonce, key)),
  openInto: (target, sealed, nonce, key) => {
    // The wrapper's only word for a wrong MAC, and for a wrong point, is an exception.
    const plain = attempt(() => wasm.crypto_secretbox_open_easy(sealed, nonce, key))
    if (!plain) return false
    target.set(plain)
    plain.fill(0)
    return true
  },
  aeadSeal: (plain, associated, nonce, key) =>
    wasm.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, associated, null, nonce, key),
  aeadOpen: (sealed, associated, nonce, key) =>
    attempt(() => wasm.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, associated, nonce, key)),
  publicKeyOf: (secretKey) => wasm.crypto_scalarmult_base(secretKey),
  signingKeys: (seed) => {
    const { publicKey, privateKey } = wasm.crypto_sign_seed_keypair(seed)
    return { publicKey, secretKey: privateKey }
  },
  sign: (bytes, secretKey) => wasm.crypto_sign_detached(bytes, secretKey),
  isSignature: (signature, bytes, publicKey) =>
    attempt(() => wasm.crypto_sign_verify_detached(signature, bytes, publicKey)) ?? false,
  curveKeyOf: (publicKey) => attempt(() => wasm.crypto_sign_ed25519_pk_to_curve25519(publicKey)),
  curveSecretOf: (secretKey) => wasm.crypto_sign_ed25519_sk_to_curve25519(secretKey),
  blake2b: (length, bytes, key) => wasm.crypto_generichash(length, bytes, key ?? null),
  sha512: (bytes) => wasm.crypto_hash_sha512(bytes),
  hmac: (bytes, key) => wasm.crypto_auth(bytes, key),
  argon2id: (password, salt, { passes, memoryBytes, outputBytes }) =>
    wasm.crypto_pwhash(outputBytes, password, salt, passes, memoryBytes, ARGON2ID),
  scrypt: (password, salt) => wasm.crypto_pwhash_scryptsalsa208sha256_ll(password, salt, 16_384, 8, 2, 32),
}

/** The same from a native build, two to three times as fast. */
export function nativePrimitives(native: SodiumNative): Primitives {
  return {
    sealInto: (target, plain, nonce, key) => native.crypto_secretbox_easy(target, plain, nonce, key),
    openInto: (target, sealed, nonce, key) => native.crypto_secretbox_open_easy(target, sealed, nonce, key),
    aeadSeal: (plain, associated, nonce, key) =>
      filled(plain.length + MAC_BYTES, (sealed) =>
        native.crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, plain, associated, null, nonce, key),
      ),
    aeadOpen: (sealed, associated, nonce, key) =>
      attempt(() =>
        filled(sealed.length - MAC_BYTES, (plain) =>
          native.crypto_aead_xchacha20poly1305_ietf_decrypt(plain, null, sealed, associated, nonce, key),
        ),
      ),
    publicKeyOf: (secretKey) => short(32, (publicKey) => native.crypto_scalarmult_base(publicKey, secretKey)),
    signingKeys: (seed) => {
      const publicKey = new Uint8Array(32)
      return { secretKey: filled(64, (secret) => native.crypto_sign_seed_keypair(publicKey, secret, seed)), publicKey }
    },
    sign: (bytes, secretKey) => short(64, (signature) => native.crypto_sign_detached(signature, bytes, secretKey)),
    isSignature: (signature, bytes, publicKey) => native.crypto_sign_verify_detached(signature, bytes, publicKey),
    curveKeyOf: (publicKey) =>
      attempt(() => short(32, (curveKey) => native.crypto_sign_ed25519_pk_to_curve25519(curveKey, publicKey))),
    curveSecretOf: (secretKey) =>
      filled(32, (curveSecret) => native.crypto_sign_ed25519_sk_to_curve25519(curveSecret, secretKey)),
    blake2b: (length, bytes, key) =>
      short(length, (digest) =>
        key ? native.crypto_generichash(digest, bytes, key) : native.crypto_generichash(digest, bytes),
      ),
    sha512: (bytes) => short(64, (digest) => native.crypto_hash_sha512(digest, bytes)),
    hmac: (bytes, key) => short(32, (tag) => native.crypto_auth(tag, bytes, key)),
    argon2id: (password, salt, { passes, memoryBytes, outputBytes }) =>
      filled(outputBytes, (output) => native.crypto_pwhash(output, password, salt, passes, memoryBytes, ARGON2ID)),
    scrypt: (password, salt) =>
      filled(32, (key) => native.crypto_pwhash_scryptsalsa208sha256(key, password, salt, ...SCRYPT_LIMITS)),
  }
}

let chosen: Primitives | undefined

/** The build that is there. Not before `sodiumReady`. */
export function primitives(): Primitives {
  chosen ??= choose()
  return chosen
}

function choose(): Primitives {
  const native = nativeSodium()
  return native ? nativePrimitives(native) : wasmPrimitives
}

function filled(length: number, fill: (target: Uint8Array) => void): Uint8Array {
  const target = new Uint8Array(length)
  fill(target)
  return target
}

/**
 * The same for up to 64 bytes, at a third of the cost: native code makes a piece of memory of its own for every small
 * array that it is given, so it always gets the same one.
 */
function short(length: number, fill: (target: Uint8Array) => void): Uint8Array {
  const target = shortTargets[length]
  assert(target !== undefined, 'up to 64 bytes are short')
  fill(target)
  const result = target.slice()
  target.fill(0)
  return result
}

const SHORT_BYTES_MAX = 64
const shortTargets = Array.from({ length: SHORT_BYTES_MAX + 1 }, (_, length) => new Uint8Array(length))

function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
