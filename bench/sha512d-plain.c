/* What plain C makes of proof-of-work algorithm 1 on this machine: the yardstick of sha512d.bench.ts.
 * usage: sha512d-plain TRIALS HASH, the puzzle's hash being 128 hex digits
 * output: trials per second of processor time, then the upper 48 bits of the last trial, to compare results */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const uint64_t K[80] = {
  0x428a2f98d728ae22ULL, 0x7137449123ef65cdULL, 0xb5c0fbcfec4d3b2fULL, 0xe9b5dba58189dbbcULL,
  0x3956c25bf348b538ULL, 0x59f111f1b605d019ULL, 0x923f82a4af194f9bULL, 0xab1c5ed5da6d8118ULL,
  0xd807aa98a3030242ULL, 0x12835b0145706fbeULL, 0x243185be4ee4b28cULL, 0x550c7dc3d5ffb4e2ULL,
  0x72be5d74f27b896fULL, 0x80deb1fe3b1696b1ULL, 0x9bdc06a725c71235ULL, 0xc19bf174cf692694ULL,
  0xe49b69c19ef14ad2ULL, 0xefbe4786384f25e3ULL, 0x0fc19dc68b8cd5b5ULL, 0x240ca1cc77ac9c65ULL,
  0x2de92c6f592b0275ULL, 0x4a7484aa6ea6e483ULL, 0x5cb0a9dcbd41fbd4ULL, 0x76f988da831153b5ULL,
  0x983e5152ee66dfabULL, 0xa831c66d2db43210ULL, 0xb00327c898fb213fULL, 0xbf597fc7beef0ee4ULL,
  0xc6e00bf33da88fc2ULL, 0xd5a79147930aa725ULL, 0x06ca6351e003826fULL, 0x142929670a0e6e70ULL,
  0x27b70a8546d22ffcULL, 0x2e1b21385c26c926ULL, 0x4d2c6dfc5ac42aedULL, 0x53380d139d95b3dfULL,
  0x650a73548baf63deULL, 0x766a0abb3c77b2a8ULL, 0x81c2c92e47edaee6ULL, 0x92722c851482353bULL,
  0xa2bfe8a14cf10364ULL, 0xa81a664bbc423001ULL, 0xc24b8b70d0f89791ULL, 0xc76c51a30654be30ULL,
  0xd192e819d6ef5218ULL, 0xd69906245565a910ULL, 0xf40e35855771202aULL, 0x106aa07032bbd1b8ULL,
  0x19a4c116b8d2d0c8ULL, 0x1e376c085141ab53ULL, 0x2748774cdf8eeb99ULL, 0x34b0bcb5e19b48a8ULL,
  0x391c0cb3c5c95a63ULL, 0x4ed8aa4ae3418acbULL, 0x5b9cca4f7763e373ULL, 0x682e6ff3d6b2b8a3ULL,
  0x748f82ee5defb2fcULL, 0x78a5636f43172f60ULL, 0x84c87814a1f0ab72ULL, 0x8cc702081a6439ecULL,
  0x90befffa23631e28ULL, 0xa4506cebde82bde9ULL, 0xbef9a3f7b2c67915ULL, 0xc67178f2e372532bULL,
  0xca273eceea26619cULL, 0xd186b8c721c0c207ULL, 0xeada7dd6cde0eb1eULL, 0xf57d4f7fee6ed178ULL,
  0x06f067aa72176fbaULL, 0x0a637dc5a2c898a6ULL, 0x113f9804bef90daeULL, 0x1b710b35131c471bULL,
  0x28db77f523047d84ULL, 0x32caab7b40c72493ULL, 0x3c9ebe0a15c9bebcULL, 0x431d67c49c100d4cULL,
  0x4cc5d4becb3e42b6ULL, 0x597f299cfc657e2aULL, 0x5fcb6fab3ad6faecULL, 0x6c44198c4a475817ULL,
};
static const uint64_t IV[8] = {
  0x6a09e667f3bcc908ULL, 0xbb67ae8584caa73bULL, 0x3c6ef372fe94f82bULL, 0xa54ff53a5f1d36f1ULL,
  0x510e527fade682d1ULL, 0x9b05688c2b3e6c1fULL, 0x1f83d9abfb41bd6bULL, 0x5be0cd19137e2179ULL,
};

#define ROTR(x, n) (((x) >> (n)) | ((x) << (64 - (n))))

static void compress(uint64_t w[16], uint64_t digest[8]) {
  uint64_t a = IV[0], b = IV[1], c = IV[2], d = IV[3], e = IV[4], f = IV[5], g = IV[6], h = IV[7];
  for (int t = 0; t < 80; t++) {
    if (t >= 16) {
      uint64_t w1 = w[(t + 1) & 15], w14 = w[(t + 14) & 15];
      w[t & 15] += (ROTR(w1, 1) ^ ROTR(w1, 8) ^ (w1 >> 7)) + w[(t + 9) & 15] + (ROTR(w14, 19) ^ ROTR(w14, 61) ^ (w14 >> 6));
    }
    uint64_t t1 = h + (ROTR(e, 14) ^ ROTR(e, 18) ^ ROTR(e, 41)) + (g ^ (e & (f ^ g))) + K[t] + w[t & 15];
    uint64_t t2 = (ROTR(a, 28) ^ ROTR(a, 34) ^ ROTR(a, 39)) + ((a & b) ^ (c & (a ^ b)));
    h = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
  }
  digest[0] = a + IV[0]; digest[1] = b + IV[1]; digest[2] = c + IV[2]; digest[3] = d + IV[3];
  digest[4] = e + IV[4]; digest[5] = f + IV[5]; digest[6] = g + IV[6]; digest[7] = h + IV[7];
}

int main(int argc, char **argv) {
  if (argc != 3 || strlen(argv[2]) != 128) return 2;
  uint64_t trials = strtoull(argv[1], NULL, 10), hash[8], digest[8], w[16];
  for (int i = 0; i < 8; i++) {
    char word[17] = {0};
    memcpy(word, argv[2] + 16 * i, 16);
    hash[i] = strtoull(word, NULL, 16);
  }
  clock_t started = clock();
  for (uint64_t nonce = 0; nonce < trials; nonce++) {
    memset(w, 0, sizeof w);
    w[0] = nonce;
    memcpy(w + 1, hash, sizeof hash);
    w[9] = 1ULL << 63;
    w[15] = 576;
    compress(w, digest);
    memset(w, 0, sizeof w);
    memcpy(w, digest, sizeof digest);
    w[8] = 1ULL << 63;
    w[15] = 512;
    compress(w, digest);
    if (digest[0] == 0) return 3; /* Never: keeps the compiler from leaving the work out. */
  }
  printf("%.0f %llu\n", trials / ((double)(clock() - started) / CLOCKS_PER_SEC), (unsigned long long)(digest[0] >> 16));
  return 0;
}
