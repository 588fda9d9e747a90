import type { Address } from '../base/address.ts'
import { fromHex } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { DAY_MS } from '../base/time.ts'
import { PublicKey } from '../crypto/keys.ts'
import { bodyBytesFor, MAIL_PART_BYTES_MAX } from '../offline/envelope.ts'
import { EFFORT_FORMULA, type EffortFormula, effortFor, estimatedSeconds, insertPrice } from '../storage/effort.ts'
import type { VaultLimits } from '../storage/quota.ts'
import { Vault } from '../storage/vault.ts'
import { VaultCipher } from '../storage/vault-cipher.ts'
import type { Shelf } from '../storage/vault-shelf.ts'
import { SILENCE_MS_MAX } from '../tox/net-crypto/session.ts'
import { ONE_DATAGRAM_BODY_BYTES } from '../wire/storage-proof.ts'
import type { PackedNode } from '../wire/node-format.ts'

/** So long nobody may notice that the connection to a friend is dead. */
export const FRIEND_SILENCE_MS_MAX = SILENCE_MS_MAX

const RING_COUNT = 3
/** What a message costs is shown for this long a wait. */
const MESSAGE_TTL_MS = 14 * DAY_MS
const COPIES = 6

/** A vault whose rows are sealed with a key that is born here and never leaves memory. */
export function createVault<S extends Shelf>(
  random: Random,
  limits: VaultLimits,
  createShelf: (cipher: VaultCipher) => S,
): { readonly vault: Vault; readonly shelf: S } {
  const shelf = createShelf(new VaultCipher(random))
  return { vault: new Vault({ shelf, ringCount: RING_COUNT, limits }), shelf }
}

/** A bootstrap node as the DHT wants it. dhtKey   64 hex digits. */
export function bootstrapNode(address: Address, dhtKey: string): PackedNode {
  return { address, publicKey: new PublicKey(fromHex(dhtKey)) }
}

/** Seconds that one text of class P for 14 days takes, over all rings at load 1. */
export function secondsPerMessage(effortPerSecond: number): number {
  return estimatedSeconds(ONE_DATAGRAM_BODY_BYTES, MESSAGE_TTL_MS, COPIES, effortPerSecond)
}

/** Kind, and for a file name and length, before what a message says. */
const CONTENT_OVERHEAD_BYTES = 8

/** Effort of all copies of a message of `sizeBytes` that may wait for `ttlMs`, at load 1. */
export function messageEffort(sizeBytes: number, ttlMs: number, formula: EffortFormula = EFFORT_FORMULA): number {
  const contentBytes = sizeBytes + CONTENT_OVERHEAD_BYTES
  const effortOf = (partBytes: number) => effortFor(insertPrice(bodyBytesFor(partBytes), ttlMs), 1, formula)
  const fullParts = Math.floor(contentBytes / MAIL_PART_BYTES_MAX)
  const restBytes = contentBytes % MAIL_PART_BYTES_MAX
  const full = fullParts > 0 ? fullParts * effortOf(MAIL_PART_BYTES_MAX) : 0
  return COPIES * (full + (restBytes > 0 ? effortOf(restBytes) : 0))
}
