import { wipe } from '../base/bytes.ts'
import type { Counters } from '../base/counters.ts'
import type { Random } from '../base/random.ts'
import { earliest, type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import type { KeyPair } from '../crypto/keys.ts'
import type { SigningKey } from '../crypto/sign.ts'
import { isEntryAuthentic } from '../storage/record.ts'
import type { OperationFinished, OperationId, SlotView, StorageClientEvent } from '../storage/storage-events.ts'
import { encode } from '../wire/codec.ts'
import { type Mail, sendAgain } from '../wire/offline-packets.ts'
import type { FetchedRecord } from '../wire/storage-packets.ts'
import { TOMBSTONE_KIND } from '../wire/storage-record.ts'
import { longTermSecret } from './agreement.ts'
import type { AfterDisk } from './after-disk.ts'
import { type Collected, Deletions } from './deletions.ts'
import { openMail, recordSecrets } from './envelope.ts'
import type { Epoch } from './epoch.ts'
import { FetchSchedule, type MailboxWatch } from './fetch-schedule.ts'
import type { Gate } from './gate.ts'
import type { Inbox } from './inbox.ts'
import type { Journal } from './journal.ts'
import type { KnownSlot, SettledSlots } from './lower-machines.ts'
import type { Effect } from './effects.ts'
import type { OfflineFriend } from './offline-friend.ts'
import { joined, type PartBox, type StoredPart } from './part-box.ts'
import { boundSkippedKeys } from './skipped-keys.ts'
import { peekSlotKey, SKIPPED_PER_MAILBOX_MAX, spendSlot } from './slot-chain.ts'

/** A friend that went away may have left its last words a little later. */
const AFTER_OFFLINE_MS = 30 * SECOND_MS
/** A review of what is over. */
const REVIEW_INTERVAL_MS = 10 * MINUTE_MS

interface CollectionParts {
  readonly keys: KeyPair
  readonly friends: ReadonlyMap<string, OfflineFriend>
  readonly partBoxes: ReadonlyMap<string, PartBox>
  readonly inbox: Inbox
  readonly journal: Journal
  readonly gate: Gate
  readonly random: Random
  readonly counters: Counters
  readonly effects: AfterDisk<Effect>
}

type Operation =
  | { readonly kind: 'fetch'; readonly watch: MailboxWatch; readonly signer: SigningKey }
  | { readonly kind: 'delete'; readonly signer: SigningKey }

/**
 * Collects what friends left for us: asks their mailboxes, opens records, hands messages to the inbox, and deletes the
 * records once the messages are on disk.
 *
 * source   offline-messaging design, sections 5 ("Fetch and status") and 8
 */
export class Collection {
  readonly deletions: Deletions
  readonly #parts: CollectionParts
  readonly #schedule: FetchSchedule
  readonly #operations = new Map<OperationId, Operation>()
  /** The gap for which a friend's mailboxes were asked already. */
  readonly #hurriedFor = new WeakMap<OfflineFriend, Instant>()
  /** Slots that are held and can no longer be opened. */
  readonly #unreadable = new WeakMap<Epoch, ReadonlySet<number>>()
  #isConnected = false
  #reviewAt: Instant

  constructor(parts: CollectionParts, now: Instant) {
    this.#parts = parts
    this.deletions = new Deletions(parts.journal)
    this.#schedule = new FetchSchedule(parts.random)
    this.#reviewAt = now
  }

  setOpen(friend: string | undefined): void {
    this.#schedule.setOpen(friend)
  }

  handleConnected(isConnected: boolean, now: Instant): void {
    this.#isConnected = isConnected
    if (isConnected) this.#schedule.restart(this.#parts.friends.values(), now)
  }

  handleFriendOnline(friend: OfflineFriend, now: Instant): void {
    this.#schedule.hurry(friend, SECOND_MS, now)
  }

  handleFriendOffline(friend: OfflineFriend, now: Instant): void {
    this.#schedule.hurry(friend, AFTER_OFFLINE_MS, now)
  }

  /** Returns whether the event was about an operation of ours. */
  handleStorageEvent(event: StorageClientEvent, now: Instant): boolean {
    const operation = 'operationId' in event ? this.#operations.get(event.operationId) : undefined
    if (!operation) return false
    if (event.kind === 'finished') this.#handleFinished(operation, event, now)
    else if (operation.kind === 'fetch') this.#handleFetchEvent(operation.watch, event, now)
    return true
  }

  /** Starts what is due. */
  pump(now: Instant): void {
    if (!this.#isConnected) return
    for (const friend of this.#parts.friends.values()) {
      const { waitingSince } = friend.order
      if (waitingSince === undefined || this.#hurriedFor.get(friend) === waitingSince) continue
      this.#hurriedFor.set(friend, waitingSince)
      this.#schedule.hurry(friend, 0, now)
    }
    for (const watch of this.#schedule.due(this.#parts.friends.values(), now)) this.#fetch(watch, now)
    for (const batch of this.deletions.due(this.#isQuietAt(now), now)) {
      const epoch = this.#parts.friends.get(batch.friend)?.epochs.get(batch.epochId)
      if (!epoch) continue
      const signer = epoch.receiveSigner()
      const entries = batch.collected.map((one) => ({ kind: 'collected' as const, ...one }))
      const operationId = this.#parts.gate.remove(signer, entries, now)
      this.#operations.set(operationId, { kind: 'delete', signer })
      this.deletions.started(batch, operationId)
    }
  }

  handleTimeout(now: Instant): void {
    if (now >= this.#reviewAt) this.#review(now)
  }

  nextTimeout(now: Instant): Wake | undefined {
    const review = { at: this.#reviewAt, why: 'erase keys whose time is over' }
    if (!this.#isConnected) return review
    const fetch = this.#schedule.nextTimeout(this.#parts.friends.values(), now)
    return earliest(review, fetch, this.deletions.nextTimeout(this.#isQuietAt(now)))
  }

  /** The run ends: wipes the keys of what is under way. */
  wipe(): void {
    for (const { signer } of this.#operations.values()) signer.wipe()
    this.#operations.clear()
  }

  /** Mail that we can list and no longer open: packets that ask SENDER for it. */
  requests(friend: OfflineFriend): Uint8Array[] {
    return friend.epochs.all().flatMap((epoch) => {
      const slots = [...(this.#unreadable.get(epoch) ?? [])].slice(0, 255)
      return slots.length === 0 ? [] : [encode(sendAgain, { subType: 7, epochId: epoch.id, slots })]
    })
  }

  /** Whether a mailbox can be deleted from: its keys are there, and no fetch of it is under way. */
  #isQuietAt(now: Instant): (friend: string, epochId: Uint8Array) => boolean {
    return (friend, epochId) => {
      const hasKeys = this.#parts.friends.get(friend)?.epochs.get(epochId) !== undefined
      return hasKeys && !this.#isFetching(friend, epochId, now)
    }
  }

  #isFetching(friend: string, epochId: Uint8Array, now: Instant): boolean {
    const known = this.#parts.friends.get(friend)
    const epoch = known?.epochs.get(epochId)
    return (
      known !== undefined && epoch !== undefined && this.#schedule.watchOf(known, epoch, now).operationId !== undefined
    )
  }

  #fetch(watch: MailboxWatch, now: Instant): void {
    const signer = watch.epoch.receiveSigner()
    const operationId = this.#parts.gate.fetch(signer, settledSlots(watch.epoch), now)
    this.#operations.set(operationId, { kind: 'fetch', watch, signer })
    this.#schedule.started(watch, operationId, now)
  }

  #handleFetchEvent(watch: MailboxWatch, event: StorageClientEvent, now: Instant): void {
    if (event.kind === 'record') this.#handleRecord(watch, event.record, now)
    else if (event.kind === 'listed') this.#handleListed(watch, event.slots, now)
  }

  #handleFinished(operation: Operation, event: OperationFinished, now: Instant): void {
    this.#operations.delete(event.operationId)
    operation.signer.wipe()
    if (operation.kind === 'delete' && event.operation === 'remove') {
      const isFinal = event.slots.filter((slot) => slot.isFinal).map(({ slot }) => slot)
      this.deletions.finished(event.operationId, new Set(isFinal), now)
    }
    if (operation.kind !== 'fetch' || event.operation !== 'fetch') return
    const { watch } = operation
    const isHeard = event.outcome === 'complete' && event.areAllRingsHeard && event.missingSlots.length === 0
    this.#schedule.finished(watch, isHeard, now)
    const { friend } = watch
    const since = friend.order.waitingSince
    if (since === undefined) return
    if (this.#schedule.isHeardSince(friend, since, now)) this.#parts.inbox.endWaiting(friend, now)
    else if (isHeard && watch.heardSince < since) watch.nextAt = now
  }

  #handleListed(watch: MailboxWatch, slots: readonly SlotView[], now: Instant): void {
    const { epoch, friend } = watch
    if (slots.length > 0) watch.hasFound = true
    if (!epoch.receive) {
      const held = slots.filter(({ tombstone }) => !tombstone).map(({ slot }) => slot)
      this.#unreadable.set(epoch, new Set(held.slice(0, 255)))
      return
    }
    for (const { slot, bodyHash, tombstone } of slots) {
      if (tombstone?.kind !== TOMBSTONE_KIND.cancelled || !isReadable(epoch, slot)) continue
      const signer = epoch.receiveSigner()
      const isSenders = isEntryAuthentic(tombstone, {
        mailbox: signer.verifyKey,
        slot,
        bodyHash,
        collectHash: bodyHash,
      })
      signer.wipe()
      if (!isSenders) continue
      // SENDER took it back, or gave it to us directly: its key must open nothing any more.
      this.#spend(friend, epoch, slot, now)
      friend.withdrawnCount += 1
    }
  }

  #handleRecord(watch: MailboxWatch, record: FetchedRecord, now: Instant): void {
    const { friend, epoch } = watch
    const { header } = record.signed
    if (header.mailbox.hex !== epoch.receiveMailbox || !isReadable(epoch, header.slot)) return
    const opened = this.#open(friend, epoch, record)
    if (!opened) {
      this.#parts.counters.add('offline.recordsNotOpened')
      return
    }
    this.#spend(friend, epoch, header.slot, now)
    friend.epochs.confirm(epoch, now)
    const { mail, collectSecret } = opened
    const part = {
      ...mail,
      epochId: epoch.id,
      slot: header.slot,
      bodyHash: header.bodyHash,
      collectSecret,
      openedAt: now,
    }
    this.#handlePart(friend, part, now)
  }

  #open(
    friend: OfflineFriend,
    epoch: Epoch,
    { signed: { header }, body }: FetchedRecord,
  ): { mail: Mail; collectSecret: Uint8Array } | undefined {
    const slotKey = epoch.receive && peekSlotKey(epoch.receive, header.slot)
    const longTerm = longTermSecret(this.#parts.keys, friend.publicKey)
    if (!slotKey || !longTerm) return undefined
    const { recordKey, collectSecret } = recordSecrets(slotKey, longTerm, header)
    const mail = openMail(body, recordKey, header, epoch.id)
    wipe(slotKey, longTerm, recordKey)
    return mail && { mail, collectSecret }
  }

  #handlePart(friend: OfflineFriend, part: StoredPart, now: Instant): void {
    const box = this.#parts.partBoxes.get(friend.hex)
    if (friend.known.has(part.messageId)) {
      this.#delete(friend, [part, ...(box?.take(part.messageId) ?? [])])
      return
    }
    const parts = part.partCount === 1 ? [part] : box?.add(part)
    if (!parts) return
    // Content that is no message is deleted as well: nobody else will ever read it.
    this.#parts.inbox.accept(friend, { ...part, content: joined(parts) }, now)
    this.#delete(friend, parts)
  }

  #delete(friend: OfflineFriend, parts: readonly Collected[]): void {
    for (const { epochId, slot, bodyHash, collectSecret, openedAt } of parts) {
      const collected = { epochId, slot, bodyHash, collectSecret, openedAt }
      this.deletions.add(friend.hex, collected)
      this.#parts.effects.push({ kind: 'delete', friend: friend.hex, epochId, slot })
    }
  }

  #spend(friend: OfflineFriend, epoch: Epoch, slot: number, now: Instant): void {
    if (!epoch.receive) return
    epoch.receive = spendSlot(epoch.receive, slot, now)
    friend.epochs.saveReceive(epoch)
    boundSkippedKeys(this.#parts.friends.values())
  }

  #review(now: Instant): void {
    this.#reviewAt = now + REVIEW_INTERVAL_MS
    for (const friend of this.#parts.friends.values()) friend.known.expire(now)
    for (const box of this.#parts.partBoxes.values()) box.expire(now)
    const hasMailbox = (friend: string, epochId: Uint8Array): boolean =>
      this.#parts.friends.get(friend)?.epochs.get(epochId) !== undefined
    this.deletions.expire(hasMailbox, now)
  }
}

/** Whether a slot's key is still here and within reach. */
function isReadable({ receive }: Epoch, slot: number): boolean {
  if (!receive) return false
  if (slot < receive.nextSlot) return receive.skipped.some((skipped) => skipped.slot === slot)
  return slot - receive.nextSlot + receive.skipped.length <= SKIPPED_PER_MAILBOX_MAX
}

/** All below the first slot that is open, and those above it that are read or gone. */
function settledSlots({ receive }: Epoch): SettledSlots {
  if (!receive) return { fromSlot: 0, skip: [] }
  const open = new Set(receive.skipped.map(({ slot }) => slot))
  const fromSlot = Math.min(receive.nextSlot, ...open)
  const skip: KnownSlot[] = []
  for (let slot = fromSlot; slot < receive.nextSlot; slot += 1) if (!open.has(slot)) skip.push({ slot, revision: 0 })
  return { fromSlot, skip }
}
