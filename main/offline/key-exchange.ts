import { equalBytes } from '../base/bytes.ts'
import type { Counters } from '../base/counters.ts'
import type { Random } from '../base/random.ts'
import { type Instant, SECOND_MS, type Wake } from '../base/time.ts'
import type { KeyPair } from '../crypto/keys.ts'
import { encode, type PacketOf } from '../wire/codec.ts'
import { EPOCH_STATE, keyDoesExist, newKey } from '../wire/offline-packets.ts'
import { AGREEMENT_VERSION, agree } from './agreement.ts'
import type { Epoch } from './epoch.ts'
import { type Hello, Meeting, needsNewEpoch } from './meeting.ts'
import type { OfflineFriend } from './offline-friend.ts'

/** A friend who has not answered by then is a plain Tox client. */
export const HELLO_TIMEOUT_MS = 10 * SECOND_MS

interface KeyExchangeParts {
  readonly keys: KeyPair
  readonly random: Random
  readonly counters: Counters
  readonly settings: { readonly tellsRead: boolean }
}

/**
 * Meetings: both friends say which keys they hold (DHT_KEY_DOES_EXIST), decide alike from the two lists whether new ones
 * are made, and show each other by MAC that they have them (DHT_NEW_KEY). Sends nothing itself: packets go to the
 * friend's line, behind the change that they rest on.
 *
 * source   offline-messaging design, section 4 "Agreement"
 */
export class KeyExchange {
  readonly #parts: KeyExchangeParts

  constructor(parts: KeyExchangeParts) {
    this.#parts = parts
  }

  /** The friend came online: say what we hold. */
  begin(friend: OfflineFriend, now: Instant, restartCount = 0): void {
    friend.meeting?.end()
    const held = { wantsNew: friend.epochs.wantsNew(now), epochs: friend.epochs.entries() }
    const meeting = new Meeting(held, this.#parts.random, now, restartCount)
    friend.meeting = meeting
    friend.line.push(
      encode(keyDoesExist, {
        subType: 1,
        version: AGREEMENT_VERSION,
        freshKey: meeting.freshKey,
        wantsNew: held.wantsNew,
        readReceipts: this.#parts.settings.tellsRead,
        epochs: held.epochs,
      }),
    )
  }

  /** Returns whether this hello began (or began anew) a meeting. */
  handleHello(friend: OfflineFriend, hello: Hello, now: Instant): boolean {
    const meeting = this.#meetingFor(friend, hello, now)
    if (!meeting) return false
    meeting.hello = detached(hello)
    meeting.isPlain = false
    this.#noteSupport(friend, hello)
    const epoch = needsNewEpoch(meeting.held, hello) ? this.#agree(friend, meeting, hello, now) : undefined
    meeting.end()
    for (const known of [epoch, ...this.#unconfirmedAt(friend, hello)]) {
      if (known) friend.line.push(confirmationOf(known))
    }
    return true
  }

  handleNewKey(friend: OfflineFriend, packet: PacketOf<typeof newKey>, now: Instant): void {
    const isRight = friend.epochs.confirmBy(packet.epochId, packet.confirmation, now)
    if (!isRight) this.#parts.counters.add('offline.confirmationsRefused')
    const { hello, agreedId } = friend.meeting ?? {}
    // What a friend says that it wrote decides what is erased: only one who showed the new keys is believed.
    if (isRight && hello && agreedId && equalBytes(agreedId, packet.epochId))
      friend.epochs.noteReport(hello.epochs, now)
  }

  /** Returns whether the friend turned out to be a plain Tox client just now. */
  handleTimeout(friend: OfflineFriend, now: Instant): boolean {
    const wake = this.nextTimeout(friend)
    if (!wake || wake.at > now || !friend.meeting) return false
    friend.meeting.isPlain = true
    if (friend.support !== 'plain') {
      friend.support = 'plain'
      friend.save()
    }
    return true
  }

  nextTimeout({ meeting }: OfflineFriend): Wake | undefined {
    if (!meeting || meeting.hello || meeting.isPlain) return undefined
    return { at: meeting.startedAt + HELLO_TIMEOUT_MS, why: 'no answer from a friend' }
  }

  /** The meeting that this hello belongs to; a second one with another key means that the friend began anew. */
  #meetingFor(friend: OfflineFriend, hello: Hello, now: Instant): Meeting | undefined {
    const { meeting } = friend
    if (!meeting?.hello) return meeting
    if (equalBytes(meeting.hello.freshKey.bytes, hello.freshKey.bytes)) return undefined
    if (!meeting.mayRestart) {
      this.#parts.counters.add('offline.hellosRefused')
      return undefined
    }
    this.begin(friend, now, meeting.restartCount + 1)
    return friend.meeting
  }

  #noteSupport(friend: OfflineFriend, hello: Hello): void {
    if (friend.support === 'extension' && friend.tellsRead === hello.readReceipts) return
    friend.support = 'extension'
    friend.tellsRead = hello.readReceipts
    friend.save()
  }

  #agree(friend: OfflineFriend, meeting: Meeting, hello: Hello, now: Instant): Epoch | undefined {
    const version = Math.min(hello.version, AGREEMENT_VERSION)
    const fresh = meeting.takeFresh()
    if (!fresh || version < Math.max(1, friend.agreementVersion)) {
      fresh?.secretKey.wipe()
      this.#parts.counters.add('offline.versionsRefused')
      return undefined
    }
    const agreed = agree(this.#parts.keys, friend.publicKey, fresh, hello.freshKey)
    fresh.secretKey.wipe()
    if (!agreed) {
      this.#parts.counters.add('offline.agreementsRefused')
      return undefined
    }
    friend.agreementVersion = version
    meeting.agreedId = agreed.id
    return friend.epochs.add(agreed, friend.nextEpochNumber(), now)
  }

  /** Epochs that we hold and the friend lists as pending: it waits for our MAC. */
  #unconfirmedAt(friend: OfflineFriend, hello: Hello): (Epoch | undefined)[] {
    return hello.epochs
      .filter((entry) => entry.state === EPOCH_STATE.pending)
      .map((entry) => friend.epochs.get(entry.id))
  }
}

function confirmationOf(epoch: Epoch): Uint8Array {
  return encode(newKey, { subType: 2, epochId: epoch.id, confirmation: epoch.ownConfirmation })
}

/** A hello that outlives the packet it came in. */
function detached(hello: Hello): Hello {
  return { ...hello, epochs: hello.epochs.map((entry) => ({ ...entry, id: entry.id.slice() })) }
}
