import { equalBytes, toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { type Instant, SECOND_MS } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { SigningKey, type VerifyKey } from '../crypto/sign.ts'
import type { RefusalReason } from '../storage/refusal.ts'
import {
  cancelledEntry,
  collectedEntry,
  depositTimeFault,
  isBodyOf,
  isEntryAuthentic,
  isHeaderAuthentic,
  recordIdOf,
} from '../storage/record.ts'
import type { SlotView } from '../storage/storage-events.ts'
import type { Receipt } from '../wire/storage-proof.ts'
import { TOMBSTONE_KIND, type RecordHeader, type TombstoneEntry } from '../wire/storage-record.ts'
import type { Deletion, SealedRecord } from './lower-machines.ts'

/** What a node has in one slot. */
interface Held {
  readonly record: SealedRecord
  notAfter: Instant
  counter: number
  tombstone: TombstoneEntry | undefined
}

export type InsertAnswer =
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly nodeTime: Instant }
  | { readonly kind: 'stale'; readonly revision: number; readonly bodyHash: Uint8Array }
  | { readonly kind: 'gone'; readonly entry: TombstoneEntry }

/** One storage node, with the rules for slots that real ones have: record.ts decides. */
export class TestStorageNode {
  readonly key: PublicKey
  readonly signer: SigningKey
  readonly slots = new Map<string, Held>()
  isDown = false
  /** A no to every deposit. */
  refusal: RefusalReason | undefined
  clockOffsetMs = 0
  /** A liar: shows what a test puts here in the way of every deposit. */
  lie: InsertAnswer | undefined

  constructor(seed: number) {
    this.signer = SigningKey.create(new SeededRandom(seed))
    this.key = this.signer.toKeyPair().publicKey
  }

  insert(record: SealedRecord, now: Instant): InsertAnswer {
    const nodeTime = now + this.clockOffsetMs
    if (this.lie) return this.lie
    const { header } = record.signed
    if (!isHeaderAuthentic(record.signed) || !isBodyOf(header, record.body)) throw new Error('a bad record was sent')
    const fault = this.refusal ?? depositTimeFault(header, nodeTime)
    const held = this.#live(header.mailbox, header.slot, now)
    const isSame = held && equalBytes(recordIdOf(held.record.signed.header), recordIdOf(header))
    if (held?.tombstone) return { kind: 'gone', entry: held.tombstone }
    if (held && !isSame) {
      const { revision, bodyHash } = held.record.signed.header
      return { kind: 'stale', revision, bodyHash }
    }
    if (isSame) return { kind: 'receipt', receipt: this.#receipt(header, held.notAfter, nodeTime) }
    if (fault) return { kind: 'refused', reason: fault, nodeTime }
    this.slots.set(keyOf(header.mailbox, header.slot), {
      record,
      notAfter: header.notAfter,
      counter: 0,
      tombstone: undefined,
    })
    return { kind: 'receipt', receipt: this.#receipt(header, header.notAfter, nodeTime) }
  }

  renew(header: RecordHeader, counter: number, notAfter: Instant, now: Instant): Receipt | undefined {
    const held = this.#live(header.mailbox, header.slot, now)
    if (!held || held.tombstone || counter <= held.counter) return undefined
    held.counter = counter
    held.notAfter = notAfter
    return this.#receipt(header, notAfter, now)
  }

  /** What stands in the slot afterwards, or undefined if nothing is held there. */
  remove(signer: SigningKey, deletion: Deletion, now: Instant): TombstoneEntry | undefined {
    const held = this.#live(signer.verifyKey, deletion.slot, now)
    if (!held) return undefined
    const { header } = held.record.signed
    const entry =
      deletion.kind === 'collected'
        ? collectedEntry(deletion.slot, deletion.bodyHash, deletion.collectSecret)
        : cancelledEntry(signer, deletion.slot, deletion.bodyHash)
    const isBetter = held.tombstone === undefined || held.tombstone.kind === TOMBSTONE_KIND.cancelled
    if (isEntryAuthentic(entry, header) && isBetter) held.tombstone = entry
    return held.tombstone
  }

  list(mailbox: VerifyKey, now: Instant): Held[] {
    const all = [...this.slots.values()].filter((held) => held.record.signed.header.mailbox.equals(mailbox))
    return all.filter((held) => this.#live(mailbox, held.record.signed.header.slot, now))
  }

  /** Records end at notAfter; what stands in their place stays. */
  #live(mailbox: VerifyKey, slot: number, now: Instant): Held | undefined {
    const held = this.slots.get(keyOf(mailbox, slot))
    if (!held || held.tombstone || held.notAfter > now + this.clockOffsetMs) return held
    this.slots.delete(keyOf(mailbox, slot))
    return undefined
  }

  #receipt(header: RecordHeader, notAfter: Instant, now: Instant): Receipt {
    return {
      issuer: this.signer.verifyKey,
      recordId: recordIdOf(header),
      seed: new Uint8Array(32),
      effort: 1,
      algorithm: 1,
      formulaVersion: 1,
      operation: 1,
      counter: 0,
      notAfter,
      acceptedAt: Math.floor(now / SECOND_MS) * SECOND_MS,
      signature: new Uint8Array(64),
    }
  }
}

/** All storage nodes, each of which holds every record: rings and repair are tested elsewhere. */
export class TestStorageNetwork {
  readonly nodes: TestStorageNode[]
  /** Every body ever deposited, by what its key depends on: no key may seal two. */
  readonly #bodies = new Map<string, string>()
  /** Every record that ever crossed the network, as somebody who records everything has it. */
  readonly recorded: SealedRecord[] = []

  constructor(nodeCount: number) {
    this.nodes = Array.from({ length: nodeCount }, (_, index) => new TestStorageNode(1_000 + index))
  }

  get wanted(): number {
    return Math.min(6, this.nodes.length)
  }

  /** Throws if one key sealed two plaintexts. */
  note(record: SealedRecord): void {
    const { mailbox, slot, revision, nonce } = record.signed.header
    const key = `${mailbox.hex}/${slot}/${revision}/${toHex(nonce)}`
    const body = toHex(record.body)
    const known = this.#bodies.get(key)
    if (known !== undefined && known !== body) throw new Error('one record key sealed two plaintexts')
    if (known === undefined) this.recorded.push(record)
    this.#bodies.set(key, body)
  }

  /** The state that stands for each slot, with its holders, as the union over these nodes. */
  views(nodes: readonly TestStorageNode[], mailbox: VerifyKey, now: Instant): SlotView[] {
    const views = new Map<number, SlotView & { readonly holders: PublicKey[] }>()
    for (const node of nodes) {
      for (const { record, tombstone, notAfter, counter } of node.list(mailbox, now)) {
        const { slot, revision, bodyHash } = record.signed.header
        const view = views.get(slot)
        const isBetter = rank(tombstone) > rank(view?.tombstone) || !view
        if (isBetter) {
          views.set(slot, { slot, revision, bodyHash, tombstone, notAfter, renewCounter: counter, holders: [node.key] })
        } else if (rank(tombstone) === rank(view.tombstone)) view.holders.push(node.key)
      }
    }
    return [...views.values()].sort((left, right) => left.slot - right.slot)
  }

  /** Copies of records (not of what stands in their place) over all nodes. */
  copyCount(): number {
    return this.nodes.flatMap((node) => [...node.slots.values()].filter(({ tombstone }) => !tombstone)).length
  }

  tombstoneCount(kind: TombstoneEntry['kind']): number {
    return this.nodes.flatMap((node) => [...node.slots.values()].filter(({ tombstone }) => tombstone?.kind === kind))
      .length
  }

  /** Loses every copy. */
  forgetAll(): void {
    for (const node of this.nodes) node.slots.clear()
  }
}

function rank(tombstone: TombstoneEntry | undefined): number {
  return tombstone?.kind === TOMBSTONE_KIND.collected ? 2 : tombstone ? 1 : 0
}

function keyOf(mailbox: VerifyKey, slot: number): string {
  return `${mailbox.hex}/${slot}`
}
