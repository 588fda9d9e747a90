import { type Instant, SECOND_MS } from '../../base/time.ts'

const WINDOW_PACKETS_MIN = 32
const WINDOW_PACKETS_MAX = 8_192
/** c-toxcore's credit for a new connection. */
const WINDOW_PACKETS_INITIAL = 64
/** Peers acknowledge at most each 50 ms, so a window must last for that time, too. */
const ACKNOWLEDGE_INTERVAL_MS = 50
/** What may leave in one go: half of what the usual receive buffer of a socket holds. */
const BURST_PACKETS = 32
/** At high rates: what a sender that looks each 50 ms may make up for. */
const BURST_MS = 60
/** Rounds of which the best delivery rate is believed. */
const RATE_ROUNDS = 10
/** Growth below this in three rounds running means that the path is full. */
const STARTUP_GROWTH = 1.25
const STARTUP_FLAT_ROUNDS = 3
/** Above what bad radio links lose: such loss comes from our own rate. */
const LOSS_RATIO_MAX = 0.3
const LOSS_BACKOFF = 0.7
const LOST_PACKETS_MIN = 8
/** Ask for more, let the queue drain, then keep the rate. */
const PACING_GAINS: readonly number[] = [1.25, 0.75, 1, 1, 1, 1, 1, 1]
const STARTUP_GAIN = 2

/**
 * How much bulk (files) may be sent. The rate follows what the peer was seen to receive, not losses: a twentieth
 * lost at random costs a twentieth. Messages do not ask.
 *
 * source   the model is that of BBR (Cardwell et al., 2016), simplified: rounds by time, no separate rtt probe
 */
export class Congestion {
  #isStartup = true
  #window = WINDOW_PACKETS_INITIAL
  #tokens = BURST_PACKETS
  #advancedAt: Instant
  #roundStartedAt: Instant
  #roundDelivered = 0
  #roundLost = 0
  #wasLimited = false
  #rates: number[] = []
  #bestRate = 0
  #flatRounds = 0
  #roundIndex = 0
  #roundMs = ACKNOWLEDGE_INTERVAL_MS

  constructor(now: Instant) {
    this.#advancedAt = now
    this.#roundStartedAt = now
  }

  get advancedAt(): Instant {
    return this.#advancedAt
  }

  /** Packets of bulk that may be sent now, when `heldCount` are under way. */
  freeSlots(heldCount: number): number {
    const slots = Math.max(0, Math.min(Math.floor(this.#tokens), Math.floor(this.#window) - heldCount))
    if (slots === 0) this.#wasLimited = true
    return slots
  }

  /** Packets that may be sent again now: lost ones go before new ones, and a few always. */
  get resendSlots(): number {
    return Math.max(1, Math.floor(this.#tokens))
  }

  handleSent(count: number): void {
    this.#tokens = Math.max(-BURST_PACKETS, this.#tokens - count)
  }

  handleDelivered(count: number): void {
    this.#roundDelivered += count
    if (this.#isStartup && this.#wasLimited) this.#window = Math.min(WINDOW_PACKETS_MAX, this.#window + count)
  }

  handleLost(count: number): void {
    this.#roundLost += count
  }

  /** Lets time pass: refills what pacing allows and ends the round when it is over. */
  advance(rttMs: number, now: Instant): void {
    this.#roundMs = rttMs + ACKNOWLEDGE_INTERVAL_MS
    if (now - this.#roundStartedAt >= this.#roundMs) this.#endRound(now)
    const rate = this.#pacingRate()
    const burst = Math.max(BURST_PACKETS, (rate * BURST_MS) / SECOND_MS)
    this.#tokens = Math.min(burst, this.#tokens + (rate * (now - this.#advancedAt)) / SECOND_MS)
    this.#advancedAt = now
  }

  #endRound(now: Instant): void {
    const rate = (this.#roundDelivered * SECOND_MS) / (now - this.#roundStartedAt)
    const isLossy =
      this.#roundLost >= LOST_PACKETS_MIN && this.#roundLost > LOSS_RATIO_MAX * (this.#roundLost + this.#roundDelivered)
    // A round in which nobody wanted to send more says nothing about the path, unless it was quicker than all.
    if (this.#wasLimited || isLossy || rate > this.#bestRate) this.#learn(rate, isLossy)
    this.#roundStartedAt = now
    this.#roundDelivered = 0
    this.#roundLost = 0
    this.#wasLimited = false
    this.#roundIndex = (this.#roundIndex + 1) % PACING_GAINS.length
  }

  #learn(rate: number, isLossy: boolean): void {
    if (isLossy) this.#rates = this.#rates.map((known) => known * LOSS_BACKOFF)
    this.#rates.push(rate)
    if (this.#rates.length > RATE_ROUNDS) this.#rates.shift()
    if (this.#isStartup) this.#checkStartup(rate, isLossy)
    this.#bestRate = Math.max(...this.#rates)
    if (this.#isStartup) return
    const window = (2 * this.#bestRate * this.#roundMs) / SECOND_MS
    this.#window = Math.min(WINDOW_PACKETS_MAX, Math.max(WINDOW_PACKETS_MIN, window))
  }

  #checkStartup(rate: number, isLossy: boolean): void {
    this.#flatRounds = rate >= this.#bestRate * STARTUP_GROWTH ? 0 : this.#flatRounds + 1
    this.#isStartup = !isLossy && this.#flatRounds < STARTUP_FLAT_ROUNDS
  }

  /** Packets a second. */
  #pacingRate(): number {
    const windowRate = (this.#window * SECOND_MS) / this.#roundMs
    if (this.#isStartup) return STARTUP_GAIN * windowRate
    return Math.max(windowRate / 2, this.#bestRate) * (PACING_GAINS[this.#roundIndex] ?? 1)
  }
}
