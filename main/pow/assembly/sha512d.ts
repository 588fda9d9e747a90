// AssemblyScript, compiled to ../build/sha512d.wasm by `npm run build:wasm`; its u64 has no counterpart in TypeScript.
// The search loop of proof-of-work algorithm 1: SHA-512(SHA-512(nonce ‖ puzzle hash)), FIPS 180-4. Scalar code with the
// sixteen schedule words in locals; two lanes of SIMD were measured 10 % slower, there being no vector rotation.

/** Round constants. */
const K = memory.data<u64>([
  0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
  0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
  0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
  0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
  0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
  0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
  0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
  0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
  0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
  0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
  0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
  0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
  0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
  0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
  0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
  0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
])
/** Initial state. */
const IV = memory.data<u64>([
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1,
  0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
])
/** The puzzle's hash as eight words, native byte order; the caller writes it. */
const WORDS = memory.data(64)
/** Eight words of the last block hashed. */
const DIGEST = memory.data(64)

/** Where the caller puts the puzzle's hash. */
export function words(): usize {
  return WORDS
}

/** First half of a round: the sum that goes into both d and the new a. */
function choice(e: u64, f: u64, g: u64, h: u64, w: u64, k: usize): u64 {
  const turned = rotr<u64>(e, 14) ^ rotr<u64>(e, 18) ^ rotr<u64>(e, 41)
  return h + turned + (g ^ (e & (f ^ g))) + w + load<u64>(k)
}

/** Second half of a round. */
function majority(a: u64, b: u64, c: u64): u64 {
  const turned = rotr<u64>(a, 28) ^ rotr<u64>(a, 34) ^ rotr<u64>(a, 39)
  return turned + ((a & b) ^ (c & (a ^ b)))
}

/** The schedule word sixteen rounds on. */
function extend(w: u64, w1: u64, w9: u64, w14: u64): u64 {
  const near = rotr<u64>(w1, 1) ^ rotr<u64>(w1, 8) ^ (w1 >> 7)
  const far = rotr<u64>(w14, 19) ^ rotr<u64>(w14, 61) ^ (w14 >> 6)
  return w + near + w9 + far
}

/** SHA-512 of one block; the digest goes to DIGEST. */
function hash(
  w0: u64,
  w1: u64,
  w2: u64,
  w3: u64,
  w4: u64,
  w5: u64,
  w6: u64,
  w7: u64,
  w8: u64,
  w9: u64,
  w10: u64,
  w11: u64,
  w12: u64,
  w13: u64,
  w14: u64,
  w15: u64,
): void {
  let a = load<u64>(IV)
  let b = load<u64>(IV + 8)
  let c = load<u64>(IV + 16)
  let d = load<u64>(IV + 24)
  let e = load<u64>(IV + 32)
  let f = load<u64>(IV + 40)
  let g = load<u64>(IV + 48)
  let h = load<u64>(IV + 56)
  let x: u64
  for (let k = K; ; ) {
    x = choice(e, f, g, h, w0, k)
    d += x
    h = x + majority(a, b, c)
    x = choice(d, e, f, g, w1, k + 8)
    c += x
    g = x + majority(h, a, b)
    x = choice(c, d, e, f, w2, k + 16)
    b += x
    f = x + majority(g, h, a)
    x = choice(b, c, d, e, w3, k + 24)
    a += x
    e = x + majority(f, g, h)
    x = choice(a, b, c, d, w4, k + 32)
    h += x
    d = x + majority(e, f, g)
    x = choice(h, a, b, c, w5, k + 40)
    g += x
    c = x + majority(d, e, f)
    x = choice(g, h, a, b, w6, k + 48)
    f += x
    b = x + majority(c, d, e)
    x = choice(f, g, h, a, w7, k + 56)
    e += x
    a = x + majority(b, c, d)
    x = choice(e, f, g, h, w8, k + 64)
    d += x
    h = x + majority(a, b, c)
    x = choice(d, e, f, g, w9, k + 72)
    c += x
    g = x + majority(h, a, b)
    x = choice(c, d, e, f, w10, k + 80)
    b += x
    f = x + majority(g, h, a)
    x = choice(b, c, d, e, w11, k + 88)
    a += x
    e = x + majority(f, g, h)
    x = choice(a, b, c, d, w12, k + 96)
    h += x
    d = x + majority(e, f, g)
    x = choice(h, a, b, c, w13, k + 104)
    g += x
    c = x + majority(d, e, f)
    x = choice(g, h, a, b, w14, k + 112)
    f += x
    b = x + majority(c, d, e)
    x = choice(f, g, h, a, w15, k + 120)
    e += x
    a = x + majority(b, c, d)
    k += 128
    if (k == K + 640) break
    w0 = extend(w0, w1, w9, w14)
    w1 = extend(w1, w2, w10, w15)
    w2 = extend(w2, w3, w11, w0)
    w3 = extend(w3, w4, w12, w1)
    w4 = extend(w4, w5, w13, w2)
    w5 = extend(w5, w6, w14, w3)
    w6 = extend(w6, w7, w15, w4)
    w7 = extend(w7, w8, w0, w5)
    w8 = extend(w8, w9, w1, w6)
    w9 = extend(w9, w10, w2, w7)
    w10 = extend(w10, w11, w3, w8)
    w11 = extend(w11, w12, w4, w9)
    w12 = extend(w12, w13, w5, w10)
    w13 = extend(w13, w14, w6, w11)
    w14 = extend(w14, w15, w7, w12)
    w15 = extend(w15, w0, w8, w13)
  }
  store<u64>(DIGEST, a + load<u64>(IV))
  store<u64>(DIGEST + 8, b + load<u64>(IV + 8))
  store<u64>(DIGEST + 16, c + load<u64>(IV + 16))
  store<u64>(DIGEST + 24, d + load<u64>(IV + 24))
  store<u64>(DIGEST + 32, e + load<u64>(IV + 32))
  store<u64>(DIGEST + 40, f + load<u64>(IV + 40))
  store<u64>(DIGEST + 48, g + load<u64>(IV + 48))
  store<u64>(DIGEST + 56, h + load<u64>(IV + 56))
}

/**
 * The first nonce of [first, end) whose trial, the upper 48 bits of the double hash, is below `threshold`; `end` if
 * none is.
 */
export function search(first: u64, end: u64, threshold: u64): u64 {
  const zero: u64 = 0
  const stop: u64 = 0x8000000000000000
  for (let nonce = first; nonce < end; nonce += 1) {
    hash(
      nonce,
      load<u64>(WORDS),
      load<u64>(WORDS + 8),
      load<u64>(WORDS + 16),
      load<u64>(WORDS + 24),
      load<u64>(WORDS + 32),
      load<u64>(WORDS + 40),
      load<u64>(WORDS + 48),
      load<u64>(WORDS + 56),
      stop,
      zero,
      zero,
      zero,
      zero,
      zero,
      576,
    )
    hash(
      load<u64>(DIGEST),
      load<u64>(DIGEST + 8),
      load<u64>(DIGEST + 16),
      load<u64>(DIGEST + 24),
      load<u64>(DIGEST + 32),
      load<u64>(DIGEST + 40),
      load<u64>(DIGEST + 48),
      load<u64>(DIGEST + 56),
      stop,
      zero,
      zero,
      zero,
      zero,
      zero,
      zero,
      512,
    )
    if (load<u64>(DIGEST) >> 16 < threshold) return nonce
  }
  return end
}
