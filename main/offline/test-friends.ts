import { type Random, SeededRandom } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import { createKeyPair, type KeyPair } from '../crypto/keys.ts'
import { type AgreedEpoch, agree } from './agreement.ts'
import type { Change, MessageChange } from './change.ts'
import { Epochs } from './epochs.ts'
import { FriendLine } from './friend-line.ts'
import { IncomingOrder } from './incoming-order.ts'
import { type ChangeSink, Journal } from './journal.ts'
import { KnownMessages } from './known-messages.ts'
import { OfflineFriend } from './offline-friend.ts'

/** Takes changes as a disk does, at once. */
export class TestSink implements ChangeSink {
  readonly rows = new Map<string, Uint8Array>()
  readonly messages: MessageChange[] = []
  readonly changes: Change[] = []

  persist(change: Change): number {
    this.changes.push(change)
    for (const { key, value } of change.writes) {
      if (value) this.rows.set(key, value.slice())
      else this.rows.delete(key)
    }
    this.messages.push(...change.messages)
    return this.changes.length
  }
}

/** What two friends agree on at a meeting, as each of them has it. */
export function agreedPair(own: KeyPair, peer: KeyPair, random: Random): readonly [AgreedEpoch, AgreedEpoch] {
  const [ownFresh, peerFresh] = [createKeyPair(random), createKeyPair(random)]
  const near = agree(own, peer.publicKey, ownFresh, peerFresh.publicKey)
  const far = agree(peer, own.publicKey, peerFresh, ownFresh.publicKey)
  if (!near || !far) throw new Error('no agreement')
  return [near, far]
}

/** One friend with nothing around it. */
export class TestFriend {
  readonly sink = new TestSink()
  readonly journal = new Journal(this.sink)
  readonly random: SeededRandom
  readonly own: KeyPair
  readonly peer: KeyPair
  readonly friend: OfflineFriend
  readonly sent: Uint8Array[] = []

  constructor(seed: number, now: Instant = 0) {
    this.random = new SeededRandom(seed)
    this.own = createKeyPair(this.random)
    this.peer = createKeyPair(this.random)
    const { hex } = this.peer.publicKey
    const sendCustom = (_friend: unknown, data: Uint8Array) => {
      this.sent.push(data)
      return { kind: 'sent' as const, receiptId: this.sent.length }
    }
    this.friend = new OfflineFriend(
      this.peer.publicKey,
      this.journal,
      {
        epochs: new Epochs(hex, this.journal, []),
        known: new KnownMessages(hex, this.journal),
        order: new IncomingOrder(hex, this.journal),
        line: new FriendLine(this.peer.publicKey, { sendCustom }),
      },
      now,
    )
  }

  /** Agrees on an epoch, confirmed unless told otherwise; returns it with what the friend has of it. */
  meet(now: Instant, isConfirmed = true) {
    const [near, far] = agreedPair(this.own, this.peer, this.random)
    const epoch = this.friend.epochs.add(near, this.friend.nextEpochNumber(), now)
    if (isConfirmed) this.friend.epochs.confirm(epoch, now)
    return { epoch, far }
  }
}
