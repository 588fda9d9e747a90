import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { VAULT_LIMITS_DEFAULT, type VaultLimits } from '../storage/quota.ts'
import { mailboxPlaces, TEST_NOW, TestDeposits } from '../storage/test-deposits.ts'
import { Vault } from '../storage/vault.ts'
import { VaultCipher } from '../storage/vault-cipher.ts'
import { describeVault } from '../storage/vault.contract.ts'
import { encode } from '../wire/codec.ts'
import { recordHeader } from '../wire/storage-record.ts'
import type { StoredRecord } from '../wire/storage-proof.ts'
import { deleteVaultFiles, SqliteShelf } from './vault-sqlite.ts'

const NOW = TEST_NOW
const folder = mkdtempSync(join(tmpdir(), 'ampoule-vault-'))
let files = 0

beforeAll(() => sodiumReady)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function nextPath(): string {
  files += 1
  return join(folder, `vault-${files}.db`)
}

function openShelf(path: string, fileBytesMax?: number): SqliteShelf {
  const cipher = new VaultCipher(new SeededRandom(1e9 + files))
  return new SqliteShelf({ path, cipher, ...(fileBytesMax === undefined ? {} : { fileBytesMax }) })
}

function createVault(shelf: SqliteShelf, limits: Partial<VaultLimits> = {}): Vault {
  return new Vault({ shelf, ringCount: 3, limits: { ...VAULT_LIMITS_DEFAULT, ...limits } })
}

function put(vault: Vault, deposits: TestDeposits, record: StoredRecord, now = NOW): string {
  const places = mailboxPlaces(deposits.mailbox.verifyKey, 3)
  const outcome = vault.put({ record, places, origin: { kind: 'deposit', prefix: undefined } }, now)
  return outcome.kind === 'refused' ? outcome.reason : outcome.kind
}

function settle(vault: Vault, until: number): void {
  for (let wake = vault.nextTimeout(); wake && wake.at <= until; wake = vault.nextTimeout())
    vault.handleTimeout(wake.at)
}

describeVault('a vault in a file', (limits, ringCount) => {
  const shelf = openShelf(nextPath())
  return { vault: new Vault({ shelf, ringCount, limits }), close: () => shelf.close() }
})

test('its files hold nothing of header or body', () => {
  const path = nextPath()
  const shelf = openShelf(path)
  const vault = createVault(shelf)
  const all = Array.from({ length: 100 }, (_, seed) => new TestDeposits(seed))
  const records = all.map((deposits) => deposits.record({ body: deposits.body(956) }, NOW))
  for (const [index, deposits] of all.entries()) put(vault, deposits, records[index] as StoredRecord)
  settle(vault, NOW + SECOND_MS)
  expect(shelf.hasWork).toBe(false)
  const bytes = Buffer.concat(
    readdirSync(folder)
      .filter((name) => join(folder, name).startsWith(path))
      .map((name) => readFileSync(join(folder, name))),
  )
  expect(bytes.length).toBeGreaterThan(100 * 956)
  for (const record of records) {
    const header = record.payments[0]?.operation === 1 ? record.payments[0].signed.header : undefined
    expect(header).toBeDefined()
    if (!header) continue
    const secrets = [
      header.mailbox.bytes,
      header.nonce,
      header.bodyHash,
      header.collectHash,
      encode(recordHeader, header).subarray(0, 8),
      ...[0, 300, 900].map((at) => record.body.subarray(at, at + 12)),
    ]
    for (const secret of secrets) expect(bytes.includes(Buffer.from(secret))).toBe(false)
  }
  shelf.close()
})

test('nothing can be read from the file with the keys of the next start', () => {
  const path = nextPath()
  const shelf = openShelf(path)
  shelf.write(new Uint8Array(36), Uint8Array.of(1, 2, 3), 1)
  shelf.work()
  const [row] = rowsIn(path)
  expect(row).toBeDefined()
  const next = new VaultCipher(new SeededRandom(99))
  expect(next.hashOf(new Uint8Array(36))).not.toEqual(row?.nameHash)
  expect(row && next.open(row.nameHash, row.sealed)).toBeUndefined()
  shelf.close()
})

/** The rows of a copy of the file, as a thief would see them. */
function rowsIn(path: string): { nameHash: Uint8Array; sealed: Uint8Array }[] {
  const copy = `${path}.copy`
  writeFileSync(copy, readFileSync(path))
  const db = new Sqlite(copy, { readonly: true })
  const rows = db
    .prepare<[], { nameHash: Buffer; sealed: Buffer }>('SELECT name_hash AS nameHash, sealed FROM vault')
    .all()
  db.close()
  return rows
}

test('what the last run left is deleted before the first use, and at stop nothing stays', () => {
  const path = nextPath()
  for (const suffix of ['', '-wal', '-shm', '-journal']) writeFileSync(path + suffix, 'left by a crash')
  const shelf = openShelf(path)
  expect(readFileSync(path).includes('left by a crash')).toBe(false)
  for (const suffix of ['-wal', '-shm', '-journal']) expect(existsSync(path + suffix)).toBe(false)
  shelf.write(new Uint8Array(36), new Uint8Array(500), 1)
  shelf.work()
  shelf.close()
  expect(readdirSync(folder).filter((name) => join(folder, name).startsWith(path))).toEqual([])
})

test('a full disk refuses deposits for 5 minutes, keeps serving, loses nothing that was taken, and recovers', () => {
  const path = nextPath()
  const shelf = openShelf(path, 200_000)
  const vault = createVault(shelf)
  const taken: { deposits: TestDeposits; record: StoredRecord }[] = []
  let outcome = 'stored'
  for (let seed = 0; seed < 600 && outcome === 'stored'; seed += 1) {
    const deposits = new TestDeposits(1_000 + seed)
    const record = deposits.record({ body: deposits.body(956), ttlMs: seed < 100 ? 10 * MINUTE_MS : DAY_MS }, NOW)
    outcome = put(vault, deposits, record)
    if (outcome === 'stored') taken.push({ deposits, record })
  }
  expect(outcome).toBe('diskFailing')
  expect(taken.length).toBeGreaterThan(100)
  const later = new TestDeposits(5_000)
  expect(put(vault, later, later.record({}, NOW), NOW + 4 * MINUTE_MS)).toBe('diskFailing')
  for (const { deposits, record } of taken) {
    expect(vault.get(deposits.mailbox.verifyKey, 0, NOW)).toEqual({ kind: 'record', record })
  }
  settle(vault, NOW + 16 * MINUTE_MS)
  const after = NOW + 16 * MINUTE_MS
  expect(put(vault, later, later.record({}, NOW), after)).toBe('stored')
  settle(vault, after + MINUTE_MS)
  expect(shelf.hasWork).toBe(false)
  for (const { deposits, record } of taken.slice(100)) {
    expect(vault.get(deposits.mailbox.verifyKey, 0, after)).toEqual({ kind: 'record', record })
  }
  expect(vault.get(later.mailbox.verifyKey, 0, after)).toBeDefined()
  shelf.close()
})

test('rows that the file no longer gives back are dropped with an event, and the rest is served', () => {
  const path = nextPath()
  const shelf = openShelf(path)
  const vault = createVault(shelf)
  const deposits = new TestDeposits(1)
  put(vault, deposits, deposits.record({}, NOW))
  // Deleted behind the vault's back.
  shelf.delete(Buffer.concat([deposits.mailbox.verifyKey.bytes, Buffer.alloc(4)]))
  expect(vault.get(deposits.mailbox.verifyKey, 0, NOW)).toBeUndefined()
  expect(vault.pollEvent()).toMatchObject({ kind: 'lost' })
  expect(vault.usage()).toMatchObject({ records: 0, usedBytes: 0 })
  shelf.close()
})

test('gives its room back to the file system after a shrink', () => {
  const path = nextPath()
  const shelf = openShelf(path)
  const vault = createVault(shelf)
  for (let seed = 0; seed < 500; seed += 1) {
    const deposits = new TestDeposits(2_000 + seed)
    put(vault, deposits, deposits.record({ body: deposits.body(956) }, NOW))
  }
  settle(vault, NOW + SECOND_MS)
  const before = statSync(path).size
  vault.setLimits({ ...vault.limits, allocationBytes: 100_000 }, NOW + SECOND_MS)
  settle(vault, NOW + 6 * SECOND_MS)
  expect(vault.usage().usedBytes).toBeLessThanOrEqual(100_000)
  expect(statSync(path).size).toBeLessThan(before / 2)
  shelf.close()
})

test('deleting the files of a vault that never was is no error', () => {
  expect(() => deleteVaultFiles(nextPath())).not.toThrow()
})

test('close wipes the keys that the file was sealed with; clear, after which it is used again, does not', () => {
  const cipher = new VaultCipher(new SeededRandom(7))
  const name = Uint8Array.of(1)
  const named = cipher.hashOf(name)
  const shelf = new SqliteShelf({ path: nextPath(), cipher })
  shelf.clear()
  expect(cipher.hashOf(name)).toEqual(named)
  shelf.close()
  expect(cipher.hashOf(name)).not.toEqual(named)
})
