import { equalBytes, equalInConstantTime } from '../base/bytes.ts'
import { DAY_MS, type Instant } from '../base/time.ts'
import { EPOCH_STATE, EPOCHS_MAX, type EpochState } from '../wire/offline-packets.ts'
import type { AgreedEpoch } from './agreement.ts'
import { Epoch } from './epoch.ts'
import type { Journal } from './journal.ts'
import { dropSkipped } from './slot-chain.ts'

/** A newer one is made after this long, so that a key that leaks opens little. */
export const EPOCH_AGE_MS_MAX = DAY_MS
/** Reading keys outlive a newer epoch by so long at most, skipped keys and the mailbox key alone by as much. */
export const KEY_LIFE_MS = 31 * DAY_MS
/** Pending ones that no meeting completed; more come only of connections that keep breaking. */
const PENDING_MAX = 4

/** One epoch as it stands in a hello. */
export interface EpochEntry {
  readonly id: Uint8Array
  readonly state: EpochState
  readonly slotsWritten: number
}

/** What we and one friend agreed on at each meeting, newest first, and when its keys are erased. */
export class Epochs {
  readonly #friend: string
  readonly #journal: Journal
  #epochs: Epoch[]

  constructor(friend: string, journal: Journal, restored: readonly Epoch[]) {
    this.#friend = friend
    this.#journal = journal
    this.#epochs = [...restored].sort((left, right) => right.number - left.number)
  }

  /** Newest first, those included that only list and delete. */
  all(): readonly Epoch[] {
    return this.#epochs
  }

  get(id: Uint8Array): Epoch | undefined {
    return this.#epochs.find((epoch) => equalBytes(epoch.id, id))
  }

  /** The newest confirmed one: under it we write. */
  current(): Epoch | undefined {
    return this.#epochs.find((epoch) => epoch.isConfirmed && epoch.retiredAt === 0)
  }

  /** The run ends: the keys are on disk, and no longer in memory. */
  wipe(): void {
    for (const epoch of this.#epochs) epoch.wipe()
    this.#epochs = []
  }

  /** What we tell the friend that we hold. */
  entries(): EpochEntry[] {
    return this.#held().map((epoch) => ({
      id: epoch.id,
      state: epoch.isConfirmed ? EPOCH_STATE.confirmed : EPOCH_STATE.pending,
      slotsWritten: epoch.slotsWritten,
    }))
  }

  /** Whether we, for our part, want new keys: written under, too old (or of a clock that ran ahead), or out of date. */
  wantsNew(now: Instant): boolean {
    const newest = this.#held()[0]
    if (!newest || newest.isOutOfDate || newest.slotsWritten > 0) return true
    const ageMs = now - newest.agreedAt
    return ageMs > EPOCH_AGE_MS_MAX || ageMs < 0
  }

  /** Keeps a new epoch as pending. Known ids come of a doubled hello and change nothing. */
  add(agreed: AgreedEpoch, number: number, now: Instant): Epoch {
    const known = this.get(agreed.id)
    if (known) return known
    const epoch = Epoch.agreed(agreed, number, now)
    this.#epochs.unshift(epoch)
    epoch.save(this.#journal, this.#friend)
    epoch.saveSend(this.#journal, this.#friend)
    epoch.saveReceive(this.#journal, this.#friend)
    this.#keepWithinBounds(now)
    return epoch
  }

  /** The friend's MAC over an epoch's id came. Returns whether it is right. */
  confirmBy(id: Uint8Array, confirmation: Uint8Array, now: Instant): boolean {
    const epoch = this.get(id)
    if (!epoch || !equalInConstantTime(epoch.peerConfirmation, confirmation)) return false
    this.confirm(epoch, now)
    return true
  }

  /** The friend has these keys: a MAC or a record showed it. Older epochs are for reading only from now on. */
  confirm(epoch: Epoch, now: Instant): void {
    if (epoch.isConfirmed) return
    epoch.isConfirmed = true
    epoch.save(this.#journal, this.#friend)
    const at = this.#epochs.indexOf(epoch)
    if (this.#epochs.slice(0, at).some((newer) => newer.isConfirmed)) this.#supersede(epoch, now)
    for (const older of this.#epochs.slice(at + 1)) this.#supersede(older, now)
  }

  /** The friend's list: what it wrote under an epoch is final once it holds a newer one as confirmed. */
  noteReport(entries: readonly EpochEntry[], now: Instant): void {
    const confirmed = new Set(
      entries.flatMap((entry) => (entry.state === EPOCH_STATE.confirmed ? [this.get(entry.id)] : [])),
    )
    for (const entry of entries) {
      const epoch = this.get(entry.id)
      const isFinal = epoch && this.#epochs.slice(0, this.#epochs.indexOf(epoch)).some((newer) => confirmed.has(newer))
      if (!epoch || !isFinal || epoch.peerSlots === entry.slotsWritten) continue
      epoch.peerSlots = entry.slotsWritten
      epoch.save(this.#journal, this.#friend)
    }
    this.review(now, () => true)
  }

  /** Our state of this epoch is old: nothing more is written under it. */
  markOutOfDate(epoch: Epoch): void {
    if (epoch.isOutOfDate) return
    epoch.isOutOfDate = true
    epoch.save(this.#journal, this.#friend)
  }

  /** Erases keys whose time is over. `isNeeded` says whether the outbox still writes about an epoch's records. */
  review(now: Instant, isNeeded: (epoch: Epoch) => boolean): void {
    for (const epoch of this.#epochs) {
      this.#dropOldSkipped(epoch, now)
      if (epoch.retiredAt === 0 && epoch.supersededAt > 0) {
        if (epoch.isSettled || now - epoch.supersededAt >= KEY_LIFE_MS) this.#retire(epoch, now)
      }
      if (epoch.retiredAt > 0 && now - epoch.retiredAt >= KEY_LIFE_MS && !isNeeded(epoch)) this.#forget(epoch)
    }
  }

  saveSend(epoch: Epoch): void {
    epoch.saveSend(this.#journal, this.#friend)
  }

  saveReceive(epoch: Epoch): void {
    epoch.saveReceive(this.#journal, this.#friend)
  }

  /** Erases everything: the friend is no friend any more. */
  eraseAll(): void {
    for (const epoch of this.#epochs) this.#forget(epoch)
  }

  #held(): Epoch[] {
    return this.#epochs.filter((epoch) => epoch.retiredAt === 0)
  }

  #supersede(epoch: Epoch, now: Instant): void {
    if (epoch.supersededAt > 0) return
    epoch.supersededAt = Math.max(1, Math.floor(now))
    epoch.endSending()
    epoch.save(this.#journal, this.#friend)
    epoch.saveSend(this.#journal, this.#friend)
  }

  #retire(epoch: Epoch, now: Instant): void {
    epoch.endSending()
    epoch.endReading(now)
    epoch.save(this.#journal, this.#friend)
    epoch.saveSend(this.#journal, this.#friend)
    epoch.saveReceive(this.#journal, this.#friend)
  }

  #forget(epoch: Epoch): void {
    epoch.erase(this.#journal, this.#friend)
    epoch.wipe()
    this.#epochs = this.#epochs.filter((other) => other !== epoch)
  }

  #keepWithinBounds(now: Instant): void {
    const pending = this.#held().filter((epoch) => !epoch.isConfirmed)
    for (const epoch of pending.slice(PENDING_MAX)) this.#forget(epoch)
    for (const epoch of this.#held().slice(EPOCHS_MAX)) this.#retire(epoch, now)
    const retired = this.#epochs.filter((epoch) => epoch.retiredAt > 0)
    for (const epoch of retired.slice(EPOCHS_MAX)) this.#forget(epoch)
  }

  #dropOldSkipped(epoch: Epoch, now: Instant): void {
    if (!epoch.receive) return
    const kept = dropSkipped(epoch.receive, ({ skippedAt }) => now - skippedAt >= KEY_LIFE_MS)
    if (kept === epoch.receive) return
    epoch.receive = kept
    epoch.saveReceive(this.#journal, this.#friend)
  }
}
