import { DecodeError } from '../base/byte-reader.ts'
import { fromHex } from '../base/bytes.ts'
import type { Counters } from '../base/counters.ts'
import { Queue } from '../base/queue.ts'
import type { Random } from '../base/random.ts'
import { earliest, type Instant, MINUTE_MS, type Wake } from '../base/time.ts'
import type { KeyPair, PublicKey } from '../crypto/keys.ts'
import type { StorageClientEvent } from '../storage/storage-events.ts'
import type { MessengerEvent } from '../tox/messenger/messenger-events.ts'
import { AfterDisk } from './after-disk.ts'
import { Collection } from './collection.ts'
import { contentFault, decodeContent } from './content.ts'
import { Deposits } from './deposits.ts'
import { DirectDelivery } from './direct-delivery.ts'
import type { Effect } from './effects.ts'
import { Epochs } from './epochs.ts'
import { FriendLine } from './friend-line.ts'
import { FriendPackets } from './friend-packets.ts'
import { Gate } from './gate.ts'
import { Inbox } from './inbox.ts'
import { IncomingOrder } from './incoming-order.ts'
import { type ChangeSink, Journal } from './journal.ts'
import { KeyExchange } from './key-exchange.ts'
import { KnownMessages } from './known-messages.ts'
import type { OfflineMessenger, OfflineStorage, Reach } from './lower-machines.ts'
import type { Delivery, EpochView, OfflineEvent, SendOutcome } from './offline-events.ts'
import { type FriendState, OfflineFriend } from './offline-friend.ts'
import { Outbox, type Outgoing } from './outbox.ts'
import { PartBox } from './part-box.ts'
import { SavedState } from './saved-state.ts'

const EVENTS_MAX = 16_384
const REVIEW_INTERVAL_MS = 10 * MINUTE_MS

export interface OfflineOptions {
  readonly keys: KeyPair
  /** The rows of the last run. */
  readonly state: ReadonlyMap<string, Uint8Array>
  readonly messenger: OfflineMessenger
  readonly storage: OfflineStorage
  readonly changes: ChangeSink
  readonly random: Random
  readonly counters: Counters
  /** tellsRead   friends learn what was read here, if they tell us the same */
  readonly settings: { readonly tellsRead: boolean }
}

/**
 * Messages to and from friends, whether or not they are online: agrees on keys when we meet, sends directly when we can,
 * leaves messages on the storage network when we cannot, collects what was left for us, and knows at each moment where
 * every own message stands. All that must outlive the run is rows, handed out as one ordered stream of changes.
 *
 * source   offline-messaging design, sections 4, 5, 8 and 9
 */
export class Offline {
  readonly #options: OfflineOptions
  readonly #settings: { tellsRead: boolean }
  readonly #journal: Journal
  readonly #gate: Gate
  readonly #friends = new Map<string, OfflineFriend>()
  readonly #partBoxes = new Map<string, PartBox>()
  readonly #effects = new AfterDisk<Effect>()
  readonly #outbox: Outbox
  readonly #inbox: Inbox
  readonly #keyExchange: KeyExchange
  readonly #direct: DirectDelivery
  readonly #deposits: Deposits
  readonly #collection: Collection
  readonly #packets: FriendPackets
  readonly #events = new Queue<OfflineEvent>(EVENTS_MAX)
  readonly #shownStates = new Map<string, FriendState>()
  #saved: SavedState
  #reach: Reach = 'nowhere'
  #reviewAt: Instant
  #wake: Wake | undefined

  constructor(options: OfflineOptions, now: Instant) {
    this.#options = options
    const { keys, random, counters } = options
    const settings = { ...options.settings }
    this.#settings = settings
    const journal = new Journal(options.changes)
    const gate = new Gate(journal, options.messenger, options.storage)
    const [friends, effects] = [this.#friends, this.#effects]
    this.#journal = journal
    this.#gate = gate
    this.#reviewAt = now + REVIEW_INTERVAL_MS
    this.#outbox = new Outbox({ journal, random })
    this.#inbox = new Inbox({ journal, random, counters })
    this.#keyExchange = new KeyExchange({ keys, random, counters, settings })
    const [outbox, inbox, keyExchange] = [this.#outbox, this.#inbox, this.#keyExchange]
    this.#direct = new DirectDelivery({ outbox, journal, gate })
    this.#deposits = new Deposits({ keys, friends, outbox, journal, gate, random })
    const partBoxes = this.#partBoxes
    this.#collection = new Collection(
      { keys, friends, partBoxes, inbox, journal, gate, random, counters, effects },
      now,
    )
    const collection = this.#collection
    this.#packets = new FriendPackets({ outbox, inbox, keyExchange, collection, effects, counters, settings })
    this.#saved = new SavedState(options.state, counters)
    this.#restore(now)
    this.#settle(now)
  }

  /** Takes a message on its way; it is in the history, as `queued`, with the change that follows. */
  send(friend: PublicKey, outgoing: Outgoing, now: Instant): SendOutcome {
    const fault = contentFault(outgoing.content)
    if (fault) return { kind: fault }
    const known = this.#friendOf(friend, now)
    const reason = known.meeting ? undefined : this.#deposits.waitReason(known)
    const messageId = this.#outbox.add(friend, outgoing, reason)
    this.#settle(now)
    return { kind: 'accepted', messageId }
  }

  /** Takes a message back. It is `cancelled` once nothing can deliver it any more. Returns false if it is settled. */
  cancel(messageId: string, now: Instant): boolean {
    const entry = this.#outbox.get(messageId)
    const isCancelled = entry !== undefined && this.#outbox.cancel(entry, now)
    this.#settle(now)
    return isCancelled
  }

  /** Gives a text or action other words while it is queued and was not sealed. Returns false for any other. */
  edit(messageId: string, text: Uint8Array, now: Instant): boolean {
    const entry = this.#outbox.get(messageId)
    if (!entry || entry.isFile) return false
    const { kind } = decodeContent(entry.content)
    const content = { kind: kind === 'action' ? kind : ('text' as const), text }
    const isEdited = contentFault(content) === undefined && this.#outbox.edit(entry, content)
    this.#settle(now)
    return isEdited
  }

  /** Sets a new end, `ttlSeconds` from now, for a message that is stored. Returns false for any other. */
  renew(messageId: string, ttlSeconds: number, now: Instant): boolean {
    const entry = this.#outbox.get(messageId)
    const isRenewed = entry !== undefined && !entry.isCancelWanted && this.#deposits.renew(entry, ttlSeconds, now)
    this.#settle(now)
    return isRenewed
  }

  /** Sends a message again that expired or failed. Returns false for any other. */
  resend(messageId: string, now: Instant): boolean {
    const entry = this.#outbox.get(messageId)
    if (!entry || (entry.state !== 'expired' && entry.state !== 'failed')) return false
    const friend = this.#friendOf(entry.friend, now)
    this.#outbox.requeue(entry, friend.meeting ? undefined : this.#deposits.waitReason(friend), now)
    this.#settle(now)
    return true
  }

  /** The person read these messages (ids of the history, in hex): tells the friend, now or at the next meeting. */
  markRead(friend: PublicKey, messageIds: readonly string[], now: Instant): void {
    const known = this.#friends.get(friend.hex)
    if (!known || !this.#settings.tellsRead || !known.tellsRead) return
    const readIds = messageIds.flatMap((messageId) => known.known.idOf(fromHex(messageId)) ?? [])
    if (readIds.length === 0) return
    known.setReads([...known.reads, ...readIds])
    if (known.isMet) this.#packets.tellRead(known)
    this.#settle(now)
  }

  /** From the next meeting on, whether friends learn what was read here. */
  setTellsRead(tellsRead: boolean): void {
    this.#settings.tellsRead = tellsRead
  }

  /** Whether messages may wait for this friend on the storage network. */
  setOfflineMessages(friend: PublicKey, isOn: boolean, now: Instant): void {
    const known = this.#friendOf(friend, now)
    known.isWaitingOn = isOn
    known.save()
    this.#settle(now)
  }

  /** The run ends: wipes the keys of all epochs, meetings and requests under way. It is of no use afterwards. */
  wipe(): void {
    this.#deposits.wipe()
    this.#collection.wipe()
    for (const friend of this.#friends.values()) {
      friend.meeting?.end()
      friend.epochs.wipe()
    }
    this.#friends.clear()
  }

  friendState(friend: PublicKey): FriendState {
    return this.#friends.get(friend.hex)?.state ?? 'pending'
  }

  /** What is agreed with a friend, newest first: for the person who wants to know, without any secret. */
  epochsOf(friend: PublicKey): EpochView[] {
    const epochs = this.#friends.get(friend.hex)?.epochs.all() ?? []
    return epochs.map(({ idHex, isConfirmed, isOutOfDate, agreedAt, retiredAt, slotsWritten }) => ({
      id: idHex,
      isConfirmed,
      isOutOfDate,
      agreedAt,
      isRetired: retiredAt > 0,
      slotsWritten,
    }))
  }

  addFriend(friend: PublicKey, now: Instant): void {
    this.#friendOf(friend, now).save()
    this.#settle(now)
  }

  /** Erases all keys shared with the friend, takes back what waits for it, and ends what was queued. */
  removeFriend(friend: PublicKey, now: Instant): void {
    const known = this.#friends.get(friend.hex)
    if (!known) return
    this.#deposits.removeAll(known, now)
    this.#outbox.failAll(known, now)
    this.#partBoxes.get(known.hex)?.eraseAll()
    known.eraseAll()
    this.#friends.delete(known.hex)
    this.#partBoxes.delete(known.hex)
    this.#shownStates.delete(known.hex)
    this.#settle(now)
  }

  /** The conversation that the person looks at: its mailboxes are asked before others. */
  openConversation(friend: PublicKey | undefined): void {
    this.#collection.setOpen(friend?.hex)
  }

  /** Who keeps copies of an own message, and their receipts. Its timeline is in the history. */
  delivery(messageId: string): Delivery {
    const holders = this.#outbox.get(messageId)?.parts.flatMap((part) => part.holders) ?? []
    return { holders: [...holders], receipts: holders.map(({ receipt }) => receipt) }
  }

  handleMessengerEvent(event: MessengerEvent, now: Instant): void {
    switch (event.kind) {
      case 'friendOnline':
        this.#handleOnline(this.#friendOf(event.friend, now), now)
        break
      case 'friendOffline':
        this.#handleOffline(this.#friendOf(event.friend, now), now)
        break
      case 'message':
        this.#packets.handleMessage(this.#friendOf(event.friend, now), event.messageKind, event.text, now)
        break
      case 'custom':
        this.#handleCustom(this.#friendOf(event.friend, now), event.data, now)
        break
      case 'receipt':
        this.#direct.handleReceipt(event.receiptId, now)
        this.#packets.handleReceipt(this.#friendOf(event.friend, now), event.receiptId)
        break
      case 'unreceipted':
        this.#direct.handleUnreceipted(event.receiptIds)
        break
      case 'friendRequest':
      case 'nameChanged':
      case 'statusMessageChanged':
      case 'statusChanged':
      case 'typingChanged':
      case 'connected':
      case 'changed':
      case 'chunkWanted':
      case 'fileAccepted':
      case 'fileChunk':
      case 'fileEnded':
      case 'fileOffered':
      case 'filePaused':
      case 'fileResumed':
        return
    }
    this.#settle(now)
  }

  handleStorageEvent(event: StorageClientEvent, now: Instant): void {
    const isOurs = this.#deposits.handleStorageEvent(event, now) || this.#collection.handleStorageEvent(event, now)
    if (isOurs) this.#settle(now)
  }

  handleReach(reach: Reach, now: Instant): void {
    const before = this.#reach
    if (reach === before) return
    this.#reach = reach
    this.#deposits.handleReach(reach)
    const canAsk = reach === 'storage'
    if (canAsk !== (before === 'storage')) this.#collection.handleConnected(canAsk, now)
    this.#settle(now)
  }

  /** All changes up to this one are on disk: what waited for them may be acknowledged and deleted. */
  persisted(sequence: number, now: Instant): void {
    this.#effects.persisted(sequence)
    this.#settle(now)
  }

  handleTimeout(now: Instant): void {
    for (const friend of this.#friends.values()) {
      this.#keyExchange.handleTimeout(friend, now)
      this.#inbox.handleTimeout(friend, now)
    }
    this.#deposits.handleTimeout(now)
    this.#collection.handleTimeout(now)
    if (now >= this.#reviewAt) this.#review(now)
    this.#settle(now)
  }

  nextTimeout(): Wake | undefined {
    return this.#wake
  }

  pollEvent(): OfflineEvent | undefined {
    return this.#events.poll()
  }

  #handleOnline(friend: OfflineFriend, now: Instant): void {
    if (friend.meeting) this.#direct.handleOffline(friend)
    friend.line.clear()
    // What came since the last meeting is told first, so that nothing of it is sent again.
    for (const report of this.#inbox.reports(friend)) friend.line.push(report)
    this.#keyExchange.begin(friend, now)
    this.#collection.handleFriendOnline(friend, now)
  }

  #handleOffline(friend: OfflineFriend, now: Instant): void {
    this.#direct.handleOffline(friend)
    friend.meeting?.end()
    friend.meeting = undefined
    friend.offlineSince = now
    friend.line.clear()
    this.#outbox.handleUnmet(friend, now)
    this.#collection.handleFriendOffline(friend, now)
  }

  /** What a friend sends that is no packet of ours is counted and dropped. */
  #handleCustom(friend: OfflineFriend, data: Uint8Array, now: Instant): void {
    try {
      this.#packets.handleCustom(friend, data, now)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#options.counters.add('offline.packetsMalformed')
    }
  }

  /** After every input: what changed becomes one change, and what follows from it is done. */
  #settle(now: Instant): void {
    this.#journal.commit()
    this.#effects.stamp(this.#journal.lastSequence)
    for (let effect = this.#effects.poll(); effect; effect = this.#effects.poll()) this.#run(effect, now)
    for (const friend of this.#friends.values()) {
      this.#packets.flushTaken(friend)
      this.#direct.pump(friend, now)
    }
    this.#deposits.pump(now)
    this.#collection.pump(now)
    this.#journal.commit()
    this.#tell()
    this.#wake = this.#nextWake(now)
  }

  #run(effect: Effect, now: Instant): void {
    if (effect.kind === 'delete') this.#collection.deletions.release(effect.friend, effect, now)
    else {
      const friend = this.#friends.get(effect.friend)
      if (friend) this.#packets.noteTaken(friend, effect.messageIds)
    }
  }

  #tell(): void {
    for (const progress of this.#deposits.takeProgress()) this.#push({ kind: 'progress', ...progress })
    for (const { hex, publicKey, state } of this.#friends.values()) {
      if (this.#shownStates.get(hex) === state) continue
      this.#shownStates.set(hex, state)
      this.#push({ kind: 'friendState', friend: publicKey, state })
    }
  }

  #nextWake(now: Instant): Wake | undefined {
    let soonest = earliest(
      { at: this.#reviewAt, why: 'erase what is over' },
      this.#deposits.nextTimeout(now),
      this.#collection.nextTimeout(now),
    )
    for (const friend of this.#friends.values()) {
      const { line } = friend
      soonest = earliest(
        soonest,
        this.#keyExchange.nextTimeout(friend),
        this.#inbox.nextTimeout(friend),
        line.nextTimeout(),
      )
    }
    return soonest
  }

  #review(now: Instant): void {
    this.#reviewAt = now + REVIEW_INTERVAL_MS
    this.#outbox.expireEnded(now)
    for (const friend of this.#friends.values()) {
      const entries = this.#outbox.of(friend)
      friend.epochs.review(now, ({ id }) => entries.some((entry) => entry.isPlacedUnder(id)))
    }
  }

  #friendOf(publicKey: PublicKey, now: Instant): OfflineFriend {
    const known = this.#friends.get(publicKey.hex)
    if (known) return known
    const { hex } = publicKey
    const journal = this.#journal
    const epochs = new Epochs(hex, journal, this.#saved.epochs(hex))
    const messages = new KnownMessages(hex, journal)
    const order = new IncomingOrder(hex, journal)
    const line = new FriendLine(publicKey, this.#gate)
    const friend = new OfflineFriend(publicKey, journal, { epochs, known: messages, order, line }, now)
    this.#friends.set(hex, friend)
    this.#partBoxes.set(hex, new PartBox(hex, journal))
    return friend
  }

  #restore(now: Instant): void {
    for (const publicKey of this.#saved.friends()) {
      const friend = this.#friendOf(publicKey, now)
      const box = this.#partBoxes.get(friend.hex)
      this.#saved.restoreKnown(friend.hex, friend.known)
      this.#saved.restoreFriend(friend, now)
      if (box) this.#saved.restoreParts(friend.hex, box)
    }
    this.#saved.restoreDeletions(this.#collection.deletions, now)
    this.#saved.restoreOutbox(this.#outbox)
    this.#saved = new SavedState(new Map(), this.#options.counters)
  }

  #push(event: OfflineEvent): void {
    if (!this.#events.push(event)) this.#options.counters.add('offline.eventsDropped')
  }
}
