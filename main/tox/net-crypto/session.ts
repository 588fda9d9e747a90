import { assert } from '../../base/assert.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import type { SharedKey } from '../../crypto/box.ts'
import {
  dataOf,
  FRIEND_PACKET_BYTES_MAX,
  KILL_ID,
  LOSSLESS_ID_FIRST,
  LOSSLESS_ID_LAST,
  LOSSY_ID_FIRST,
  LOSSY_ID_LAST,
  numberOf,
  PACKET_REQUEST_ID,
  recvStartOf,
  unwrapCount,
} from '../../wire/crypto-data.ts'
import type { ByteBudget } from './byte-budget.ts'
import { Congestion } from './congestion.ts'
import { PacketOpener, PacketSealer } from './packet-cipher.ts'
import { encodePacketRequest } from './packet-request.ts'
import type { PeerAddresses } from './peer-addresses.ts'
import { ReceiveWindow } from './receive-window.ts'
import { RequestSchedule } from './request-schedule.ts'
import type { RoundTrip } from './round-trip.ts'
import { type HeldPacket, SendWindow } from './send-window.ts'
import { TailProbe } from './tail-probe.ts'

/** A peer sends each second. It is gone after the time in which c-toxcore gives a friend up. */
export const SILENCE_MS_MAX = 32 * SECOND_MS
/** How often a limited sender looks whether it may go on. */
const PACE_MS = 10
/** A packet younger than this is not sent again, however short the round trip: it may wait in a queue. */
const RESEND_AGE_MS_MIN = 20
/** Packets that one probe may send again. */
const PROBE_PACKETS_MAX = 8

/** What a data packet was. Lossless data waits in `takeData`. */
type Received =
  | { readonly kind: 'refused' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'killed' }
  | { readonly kind: 'lossy'; readonly data: Uint8Array }

const REFUSED: Received = { kind: 'refused' }
const TAKEN: Received = { kind: 'taken' }
const KILLED: Received = { kind: 'killed' }

interface SessionOptions {
  readonly shared: SharedKey
  readonly ownBaseNonce: Uint8Array
  readonly peerBaseNonce: Uint8Array
  readonly sendBudget: ByteBudget
  readonly receiveBudget: ByteBudget
  readonly roundTrip: RoundTrip
  readonly addresses: PeerAddresses
  readonly transmits: Transmits
}

/**
 * The data packets of one connection, from the moment both session keys are known: numbering, order, packet
 * requests, resends, pace.
 *
 * source   tox-wire.md 4.2 to 4.4
 */
export class Session {
  readonly #shared: SharedKey
  readonly #sealer: PacketSealer
  readonly #opener: PacketOpener
  readonly #sent: SendWindow
  readonly #received: ReceiveWindow
  readonly #schedule = new RequestSchedule()
  readonly #tailProbe = new TailProbe()
  readonly #roundTrip: RoundTrip
  readonly #congestion: Congestion
  readonly #addresses: PeerAddresses
  readonly #transmits: Transmits
  /** Numbers to send again, in the order they were asked for. */
  #resends: number[] = []
  #heardAt: Instant
  #isBulkWaiting = false

  constructor(options: SessionOptions, now: Instant) {
    this.#shared = options.shared
    this.#sealer = new PacketSealer(options.shared, options.ownBaseNonce)
    this.#opener = new PacketOpener(options.shared, options.peerBaseNonce)
    this.#sent = new SendWindow(options.sendBudget)
    this.#received = new ReceiveWindow(options.receiveBudget)
    this.#roundTrip = options.roundTrip
    this.#congestion = new Congestion(now)
    this.#addresses = options.addresses
    this.#transmits = options.transmits
    this.#heardAt = now
  }

  /** All lossless packets with a lower number were taken in order by the peer. */
  get acknowledgedBefore(): number {
    return this.#sent.start
  }

  /** Packets of bulk that may be sent now. Messages need not ask. */
  freeSlots(): number {
    const slots = Math.min(this.#congestion.freeSlots(this.#sent.heldCount), this.#sent.freeCount)
    this.#isBulkWaiting = slots === 0
    return slots
  }

  /** Sends a lossless packet and keeps it (not a copy); its number, or undefined if the window is full. */
  send(data: Uint8Array, now: Instant): number | undefined {
    assert(isWithin(data, LOSSLESS_ID_FIRST, LOSSLESS_ID_LAST), 'not a lossless packet')
    const number = this.#sent.push(data, now)
    if (number === undefined) return undefined
    this.#congestion.handleSent(1)
    this.#transmitData(number, data, now)
    this.#tailProbe.noteSent(this.#roundTrip.ms, now)
    return number
  }

  sendLossy(data: Uint8Array, now: Instant): void {
    assert(isWithin(data, LOSSY_ID_FIRST, LOSSY_ID_LAST), 'not a lossy packet')
    this.#transmitData(this.#sent.end, data, now)
  }

  /** Tells the peer that it ends here. */
  sendKill(now: Instant): void {
    this.#transmitData(this.#sent.end, Uint8Array.of(KILL_ID), now)
  }

  /** Sends a packet request: acknowledgement, list of gaps, sign of life. */
  sendRequest(now: Instant): void {
    this.#transmitData(this.#sent.end, encodePacketRequest(this.#received), now)
    this.#schedule.noteRequested(this.#received.hasGaps, now)
  }

  /** Sends a packet request soon: somebody waits for a sign. */
  hasten(now: Instant): void {
    this.#schedule.noteOwed(now)
  }

  handlePacket(datagram: Uint8Array, now: Instant): Received {
    const plain = this.#opener.open(datagram)
    const data = plain && dataOf(plain)
    if (!plain || !data) return REFUSED
    const recvStart = unwrapCount(recvStartOf(plain), this.#sent.start)
    const isLate = recvStart < this.#sent.start
    if (!this.#sent.acknowledge(recvStart)) return REFUSED
    this.#heardAt = now
    const result = this.#handleData(numberOf(plain), data, isLate, now)
    this.#settleDelivery(now)
    return result
  }

  /** The next lossless packet in order. */
  takeData(): Uint8Array | undefined {
    return this.#received.take()
  }

  handleTimeout(now: Instant): void {
    this.#congestion.advance(this.#roundTrip.ms, now)
    if (this.#isBulkWaiting) this.freeSlots()
    this.#resend(now)
    if (this.#tailProbe.dueAt <= now) this.#probeTail(now)
    if (this.#schedule.dueAt(this.#received.hasGaps) <= now) this.sendRequest(now)
  }

  /** When `handleTimeout` is wanted. */
  nextAt(): Instant {
    const isPaced = this.#isBulkWaiting || this.#resends.length > 0
    const paceAt = isPaced ? this.#congestion.advancedAt + PACE_MS : Number.POSITIVE_INFINITY
    const requestAt = this.#schedule.dueAt(this.#received.hasGaps)
    return Math.min(requestAt, this.#tailProbe.dueAt, paceAt, this.#heardAt + SILENCE_MS_MAX)
  }

  isSilent(now: Instant): boolean {
    return now - this.#heardAt >= SILENCE_MS_MAX
  }

  /** Ends it: wipes the key and gives back what the windows held. */
  wipe(): void {
    this.#shared.wipe()
    this.#sent.clear()
    this.#received.clear()
    this.#resends = []
  }

  #handleData(wireNumber: number, data: Uint8Array, isLate: boolean, now: Instant): Received {
    const id = data[0] ?? 0
    const number = unwrapCount(wireNumber, this.#received.start)
    if (id === KILL_ID) return KILLED
    if (id >= LOSSLESS_ID_FIRST && id <= LOSSLESS_ID_LAST) {
      this.#handleLossless(number, data, now)
      return TAKEN
    }
    const isLossy = id >= LOSSY_ID_FIRST && id <= LOSSY_ID_LAST
    if (!isLossy && id !== PACKET_REQUEST_ID) return TAKEN
    if (this.#received.noteNext(number)) this.#schedule.noteOwed(now)
    if (isLossy) return { kind: 'lossy', data }
    // A request that was overtaken counts from a start of which the numbers are gone.
    if (!isLate) this.#handleRequest(data, now)
    return TAKEN
  }

  #handleLossless(number: number, data: Uint8Array, now: Instant): void {
    if (data.length > FRIEND_PACKET_BYTES_MAX) return
    const inserted = this.#received.insert(number, data)
    // A duplicate means that the acknowledgement was lost.
    if (inserted !== 'refused') this.#schedule.noteOwed(now)
    if (inserted === 'new') this.#schedule.noteProgress(this.#roundTrip.ms)
  }

  #handleRequest(request: Uint8Array, now: Instant): void {
    const lost = this.#sent.handleRequest(request, this.#resendAgeMs, now)
    this.#congestion.handleLost(lost.length)
    for (const number of lost) this.#resends.push(number)
  }

  /** Draws the conclusions from what the packet acknowledged. */
  #settleDelivery(now: Instant): void {
    const { count, cleanSentAt } = this.#sent.takeDelivery()
    if (cleanSentAt !== undefined) this.#roundTrip.measure(cleanSentAt, now)
    if (count > 0) this.#congestion.handleDelivered(count)
    if (!this.#sent.get(this.#sent.end - 1)) this.#tailProbe.cancel()
    this.#congestion.advance(this.#roundTrip.ms, now)
    this.#resend(now)
  }

  #resend(now: Instant): void {
    if (this.#resends.length === 0) return
    const due = this.#resends.splice(0, this.#congestion.resendSlots)
    for (const number of due) {
      const held = this.#sent.get(number)
      if (!held) continue
      held.isRequested = false
      this.#sendAgain(number, held, now)
    }
    this.#tailProbe.noteSent(this.#roundTrip.ms, now)
  }

  /**
   * Sends once more, unasked, the last packet and those near the start that were missed before: if a resend gets
   * lost, c-toxcore says so a second later.
   */
  #probeTail(now: Instant): void {
    this.#tailProbe.noteProbed(now)
    const last = this.#sent.end - 1
    const numbers = this.#sent.resentBefore(now - this.#resendAgeMs, PROBE_PACKETS_MAX)
    if (!numbers.includes(last)) numbers.push(last)
    for (const number of numbers) {
      const held = this.#sent.get(number)
      if (held) this.#sendAgain(number, held, now)
    }
  }

  /** A packet is not sent again that left later than this: it may still be under way. */
  get #resendAgeMs(): number {
    return Math.max(this.#roundTrip.ms, RESEND_AGE_MS_MIN)
  }

  #sendAgain(number: number, held: HeldPacket, now: Instant): void {
    held.wasResent = true
    held.sentAt = now
    this.#congestion.handleSent(1)
    this.#transmitData(number, held.data, now)
  }

  #transmitData(number: number, data: Uint8Array, now: Instant): void {
    const address = this.#addresses.best(now)
    if (!address) return
    this.#transmits.send(this.#sealer.seal(this.#received.start, number, data), address)
    if (this.#received.start === this.#received.end) this.#schedule.noteCarried(now)
  }
}

function isWithin(data: Uint8Array, idFirst: number, idLast: number): boolean {
  const id = data[0] ?? 0
  return data.length <= FRIEND_PACKET_BYTES_MAX && id >= idFirst && id <= idLast
}
