import { Address } from '../base/address.ts'
import { ByteReader } from '../base/byte-reader.ts'
import { ByteWriter } from '../base/byte-writer.ts'
import { utf8Encode } from '../base/bytes.ts'
import { Counters } from '../base/counters.ts'
import { Outputs } from '../base/outputs.ts'
import { SeededRandom } from '../base/random.ts'
import { DAY_MS, type Instant, SECOND_MS } from '../base/time.ts'
import { createKeyPair, type KeyPair, type PublicKey } from '../crypto/keys.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { SendOutcome } from '../tox/messenger/messenger.ts'
import type { MessageKind, MessengerEvent } from '../tox/messenger/messenger-events.ts'
import type { Change } from './change.ts'
import type { OfflineMessenger } from './lower-machines.ts'
import { Offline } from './offline.ts'
import type { OfflineEvent } from './offline-events.ts'
import { SavedState } from './saved-state.ts'
import { TestDisk } from './test-history.ts'
import { TestStorageClient, type TestWire } from './test-storage-client.ts'
import { TestStorageNetwork } from './test-storage-network.ts'

const NOWHERE = new Address(Uint8Array.of(127, 0, 0, 1), 1)
const START: Instant = 1_800_000_000_000

/** Raised inside a side to end it at once: what it had not handed out is lost. */
class Crash extends Error {}

/** One run of one person's program: everything in it ends with it, but the disk. */
class Run implements OfflineMessenger, TestWire {
  readonly outputs = new Outputs<Change>()
  readonly counters = new Counters()
  readonly storage: TestStorageClient
  readonly events: OfflineEvent[] = []
  readonly arriving: MessengerEvent[] = []
  readonly offline: Offline
  readonly #leaving = new Map<number, (now: Instant) => void>()
  readonly #side: Side
  /** Packets that the friend's client has not taken. */
  readonly unreceipted: number[] = []
  #nextPacket = 1

  constructor(side: Side, seed: number, now: Instant) {
    this.#side = side
    const random = new SeededRandom(seed)
    this.storage = new TestStorageClient(side.world.network, this, random)
    this.offline = new Offline(
      {
        keys: side.keys,
        state: new Map(side.disk.rows),
        messenger: this,
        storage: this.storage,
        changes: this.outputs,
        random,
        counters: this.counters,
        settings: side.settings,
      },
      now,
    )
  }

  sendMessage(_friend: PublicKey, messageKind: MessageKind, text: Uint8Array): SendOutcome {
    const friend = this.#side.keys.publicKey
    return this.#send({ kind: 'message', friend, messageKind, text: text.slice() })
  }

  sendCustom(_friend: PublicKey, data: Uint8Array): SendOutcome {
    const friend = this.#side.keys.publicKey
    this.#side.sentCustom.push(data.slice())
    return this.#send({ kind: 'custom', friend, data: data.slice() })
  }

  leave(arrive: (now: Instant) => void): void {
    const id = this.#nextPacket
    this.#nextPacket += 1
    this.#leaving.set(id, arrive)
    const writer = new ByteWriter(4)
    writer.u32(id)
    this.outputs.send(writer.finish(), NOWHERE)
  }

  /** Hands out one datagram or one change, if there is any: one step. */
  handOut(worldNow: Instant, now: Instant): boolean {
    const transmit = this.outputs.pollTransmit()
    if (transmit) {
      this.#side.countStep()
      this.arrive(transmit.bytes, worldNow)
      return true
    }
    const pending = this.outputs.pollChange()
    if (!pending) return false
    this.#side.countStep()
    this.#side.disk.apply(pending.change)
    this.outputs.persisted(pending.sequence)
    this.offline.persisted(pending.sequence, now)
    return true
  }

  /** A datagram of this side reaches whom it is for. */
  arrive(datagram: Uint8Array, worldNow: Instant): void {
    const id = new ByteReader(datagram).u32()
    this.#leaving.get(id)?.(worldNow)
    this.#leaving.delete(id)
  }

  /** Takes in one event, if there is any. */
  takeIn(now: Instant): boolean {
    const event = this.arriving.shift()
    if (event) {
      this.offline.handleMessengerEvent(event, now)
      return true
    }
    const stored = this.storage.events.shift()
    if (stored) this.offline.handleStorageEvent(stored, now)
    for (let news = this.offline.pollEvent(); news; news = this.offline.pollEvent()) this.events.push(news)
    return stored !== undefined
  }

  #send(event: MessengerEvent): SendOutcome {
    const { world, peer } = this.#side
    const { connection } = world
    if (!connection) return { kind: 'offline' }
    if (this.unreceipted.length >= this.#side.windowPackets) return { kind: 'full' }
    const receiptId = this.#nextPacket
    this.unreceipted.push(receiptId)
    this.leave(() => {
      if (world.connection !== connection) return
      for (const arrived of this.#side.deliver(event)) peer.run?.arriving.push(arrived)
      this.unreceipted.splice(this.unreceipted.indexOf(receiptId), 1)
      this.arriving.push({ kind: 'receipt', friend: peer.keys.publicKey, receiptId })
    })
    return { kind: 'sent', receiptId }
  }
}

/** One person with a profile. */
export class Side {
  readonly world: World
  readonly keys: KeyPair
  readonly name: string
  disk = new TestDisk()
  run: Run | undefined
  settings = { tellsRead: true }
  windowPackets = 1_000
  /** Every packet 184 that was ever sent, for tests that look. */
  readonly sentCustom: Uint8Array[] = []
  /** Set: the program dies instead of taking this step. */
  crashAtStep: number | undefined
  stepCount = 0
  /** Dies and is started again at once. */
  isRestarting = true
  /** What becomes of a packet to the friend: itself, nothing, or more. A test's own mischief. */
  deliver: (event: MessengerEvent) => readonly MessengerEvent[] = (event) => [event]
  /** How wrong this side's clock is. */
  clockOffsetMs = 0

  constructor(world: World, name: string, keys: KeyPair) {
    this.world = world
    this.name = name
    this.keys = keys
  }

  get peer(): Side {
    return this === this.world.alice ? this.world.bob : this.world.alice
  }

  get offline(): Offline {
    if (!this.run) throw new Error(`${this.name} is not running`)
    return this.run.offline
  }

  get friend(): PublicKey {
    return this.peer.keys.publicKey
  }

  /** The time as this side has it. */
  get now(): Instant {
    return this.world.now + this.clockOffsetMs
  }

  start(): void {
    this.world.seed += 1
    this.run = new Run(this, this.world.seed, this.now)
    if (this.world.isNetworkUp) this.run.offline.handleReach('storage', this.now)
  }

  /** The program dies: what was not handed out is gone. */
  kill(): void {
    this.run = undefined
    this.world.disconnect()
  }

  restart(): void {
    this.kill()
    this.start()
  }

  countStep(): void {
    this.stepCount += 1
    if (this.stepCount === this.crashAtStep) throw new Crash(this.name)
  }

  send(text: string, ttlSeconds = 14 * 86_400): string {
    return this.sendContent({ kind: 'text', text: utf8Encode(text) }, ttlSeconds)
  }

  sendContent(content: Parameters<Offline['send']>[1]['content'], ttlSeconds = 14 * 86_400): string {
    const outcome = this.offline.send(this.friend, { content, sentAtMs: this.now, ttlSeconds }, this.now)
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind)
    return outcome.messageId
  }

  /** What the person sees of an own message: `state (reason)`. */
  stateOf(messageId: string): string {
    const { state, reason } = this.disk.outgoing(messageId)
    return reason ? `${state} (${reason})` : state
  }

  /** The key of the mailbox in which this side writes, as another copy of its profile has it. */
  mailboxSigner(): SigningKey {
    const [epoch] = new SavedState(this.disk.rows, new Counters()).epochs(this.friend.hex)
    if (!epoch) throw new Error('no epoch')
    return epoch.sendSigner()
  }

  /** What this person received, in the order shown. */
  get received(): string[] {
    return this.disk.texts(this.friend.hex)
  }
}

/** Two friends, one network of storage nodes, and a clock that only tests move. */
export class World {
  readonly alice: Side
  readonly bob: Side
  readonly network: TestStorageNetwork
  now: Instant = START
  seed: number
  isNetworkUp = true
  /** A value of its own for each connection between the two. */
  connection: object | undefined

  constructor({ seed = 1, nodeCount = 6 } = {}) {
    const random = new SeededRandom(seed)
    this.seed = seed * 1_000
    this.network = new TestStorageNetwork(nodeCount)
    this.alice = new Side(this, 'alice', createKeyPair(random))
    this.bob = new Side(this, 'bob', createKeyPair(random))
    this.alice.start()
    this.bob.start()
  }

  get sides(): readonly Side[] {
    return [this.alice, this.bob]
  }

  /** Both come online for each other. */
  connect(): void {
    this.disconnect()
    this.connection = {}
    for (const side of this.sides) {
      side.run?.arriving.push({ kind: 'friendOnline', friend: side.friend })
    }
  }

  /** The connection breaks: packets on their way are lost. */
  disconnect(): void {
    if (!this.connection) return
    this.connection = undefined
    for (const { run, friend } of this.sides) {
      if (!run) continue
      const kept = run.arriving.filter(({ kind }) => kind !== 'message' && kind !== 'custom')
      run.arriving.splice(0, run.arriving.length, ...kept)
      const receiptIds = run.unreceipted.splice(0)
      if (receiptIds.length > 0) run.arriving.push({ kind: 'unreceipted', friend, receiptIds })
      run.arriving.push({ kind: 'friendOffline', friend })
    }
  }

  setNetwork(isUp: boolean): void {
    this.isNetworkUp = isUp
    for (const { run, now } of this.sides) run?.offline.handleReach(isUp ? 'storage' : 'nowhere', now)
  }

  /** Everything that can happen without time passing. `maxSteps` stops in the middle of it. */
  settle(maxSteps = 100_000): void {
    let steps = 0
    for (let isBusy = true; isBusy && steps < maxSteps; ) {
      isBusy = false
      for (const side of this.sides) {
        try {
          if (side.run?.handOut(this.now, side.now) || side.run?.takeIn(side.now)) {
            isBusy = true
            steps += 1
          }
        } catch (error) {
          if (!(error instanceof Crash)) throw error
          isBusy = true
          side.kill()
          if (side.isRestarting) side.start()
        }
      }
    }
    if (steps >= 100_000) throw new Error('the two never come to rest')
  }

  /** Lets time pass, waking the machines when they want it. */
  pass(durationMs: number): void {
    const end = this.now + durationMs
    this.settle()
    for (let spins = 0; this.now < end; ) {
      const next = Math.min(end, Math.max(this.now, this.#nextWake()))
      spins = next === this.now ? spins + 1 : 0
      if (spins > 10) throw new Error(`awake for nothing at ${this.now}: ${this.#whyAwake()}`)
      this.now = next
      for (const side of this.sides) side.run?.offline.handleTimeout(side.now)
      this.settle()
    }
  }

  #nextWake(): Instant {
    const wakes = this.sides.flatMap(({ run, clockOffsetMs }) => {
      const at = run?.offline.nextTimeout()?.at
      return at === undefined ? [] : at - clockOffsetMs
    })
    return Math.min(...wakes, Infinity)
  }

  #whyAwake(): string {
    return this.sides.map(({ name, run }) => `${name}: ${run?.offline.nextTimeout()?.why}`).join(', ')
  }

  /** Alice and Bob meet and part again. */
  meet(durationMs = 2 * SECOND_MS): void {
    this.connect()
    this.pass(durationMs)
    this.disconnect()
    this.settle()
  }

  /** Long enough for everything that repeats hourly. */
  passDays(days: number): void {
    this.pass(days * DAY_MS)
  }
}
