/**
 * What a vault on disk costs: time per operation, and memory for 10,000 records of class P (about 1 KiB each).
 *
 * Run: npm run bench:vault
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Random, randomBytes, SeededRandom } from '../main/base/random.ts'
import { DAY_MS } from '../main/base/time.ts'
import { VerifyKey } from '../main/crypto/sign.ts'
import { sodiumReady } from '../main/crypto/sodium.ts'
import { SqliteShelf } from '../main/db/vault-sqlite.ts'
import { mailboxPlace } from '../main/ring/places.ts'
import { VAULT_LIMITS_DEFAULT } from '../main/storage/quota.ts'
import { type Placement, Vault } from '../main/storage/vault.ts'
import { VaultCipher } from '../main/storage/vault-cipher.ts'
import { ONE_DATAGRAM_BODY_BYTES } from '../main/wire/storage-proof.ts'
import { writeReport } from './report.ts'

const RECORDS = 10_000
const NOW = 1_767_225_600_000

await sodiumReady
const random = new SeededRandom(1)
const folder = mkdtempSync(join(tmpdir(), 'ampoule-bench-'))
try {
  const shelf = new SqliteShelf({ path: join(folder, 'vault.db'), cipher: new VaultCipher(random) })
  const vault = new Vault({ shelf, ringCount: 3, limits: VAULT_LIMITS_DEFAULT })
  // Everything a few times over and forgotten: what making records leaves in the heap is not what holding them costs.
  for (let at = 0; at < 3 * RECORDS; at += 1) {
    vault.put(placement(random), NOW)
    if (at % 64 === 0) vault.handleTimeout(NOW + 1_000)
    if (at % RECORDS === RECORDS - 1) vault.clear()
  }
  const idle = memoryBytes()
  const keys = new Uint8Array(32 * RECORDS)
  const keyAt = (at: number) => new VerifyKey(keys.subarray(32 * at, 32 * at + 32))
  const [putUs] = timed(RECORDS, (at) => {
    const next = placement(random)
    const [payment] = next.record.payments
    if (payment?.operation === 1) keys.set(payment.signed.header.mailbox.bytes, 32 * at)
    if (vault.put(next, NOW).kind !== 'stored') throw new Error('a record was refused')
    if (at % 64 === 0) vault.handleTimeout(NOW + 1_000)
  })
  vault.handleTimeout(NOW + 2_000)
  const held = memoryBytes()
  const [getUs, slowestGetMs] = timed(RECORDS, (at) => vault.get(keyAt(at), 0, NOW))
  const [entryUs] = timed(RECORDS, (at) => vault.entry(keyAt(at), 0, NOW))
  let sweeps = 0
  const [, slowestSweepMs] = timed(10_000, () => {
    const wake = vault.nextTimeout()
    if (!wake) return
    sweeps += 1
    vault.handleTimeout(Math.max(wake.at, NOW + 2 * DAY_MS))
    while (vault.pollEvent());
  })
  const many = RECORDS.toLocaleString('en-US')
  writeReport({
    name: 'vault',
    title: 'A vault on disk',
    method:
      `${many} records of class P (about 1 KiB each) put, read and expired in one process; memory after garbage collection, less than before. ` +
      'Everything is done three times over beforehand, so that what making records leaves behind is not counted.',
    figures: [
      {
        name: `${many} records held: resident memory above idle`,
        value: megabytes(held.resident - idle.resident),
        unit: 'MB',
        reach: 'under 20',
      },
      {
        name: `${many} records held: heap and buffers above idle`,
        value: megabytes(held.live - idle.live),
        unit: 'MB',
      },
      { name: 'put, the record made included', value: putUs, unit: 'µs' },
      { name: 'get', value: getUs, unit: 'µs' },
      { name: 'get, slowest', value: slowestGetMs, unit: 'ms' },
      { name: 'entry (index only)', value: entryUs, unit: 'µs' },
      { name: `expiry of all in ${sweeps} sweeps, slowest`, value: slowestSweepMs, unit: 'ms' },
    ],
  })
  shelf.close()
} finally {
  rmSync(folder, { recursive: true })
}

/** A record with the bytes of a real one; the vault checks neither signatures nor proofs. */
function placement(chance: Random): Placement {
  const mailbox = new VerifyKey(randomBytes(chance, 32))
  const header = {
    version: 1,
    mailbox,
    slot: 0,
    revision: 0,
    nonce: randomBytes(chance, 24),
    createdAt: NOW,
    notAfter: NOW + DAY_MS,
    length: ONE_DATAGRAM_BODY_BYTES,
    copiesPerRing: 2,
    bodyHash: randomBytes(chance, 32),
    collectHash: randomBytes(chance, 32),
  } as const
  const proof = {
    issuer: mailbox,
    tag: randomBytes(chance, 32),
    effort: 900_000,
    algorithm: 1,
    formulaVersion: 1,
    acceptedAt: NOW,
    signature: randomBytes(chance, 64),
    solutions: Array.from({ length: 16 }, (_, at) => at),
  } as const
  const signed = { header, signature: randomBytes(chance, 64) }
  return {
    record: { payments: [{ operation: 1, signed, proof }], body: randomBytes(chance, ONE_DATAGRAM_BODY_BYTES) },
    places: [0, 1, 2].map((ring) => mailboxPlace(mailbox, ring)),
    origin: { kind: 'deposit', prefix: undefined },
  }
}

function memoryBytes(): { readonly resident: number; readonly live: number } {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.()
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  return { resident: rss, live: heapUsed + arrayBuffers }
}

function megabytes(bytes: number): number {
  return Number((bytes / 1e6).toFixed(1))
}

/** Mean in µs and the slowest in ms. */
function timed(count: number, act: (at: number) => void): readonly [number, number] {
  let slowestMs = 0
  const startedAt = performance.now()
  for (let at = 0; at < count; at += 1) {
    const before = performance.now()
    act(at)
    slowestMs = Math.max(slowestMs, performance.now() - before)
  }
  const meanUs = ((performance.now() - startedAt) * 1_000) / count
  return [Number(meanUs.toFixed(1)), Number(slowestMs.toFixed(1))]
}
