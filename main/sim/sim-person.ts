import type { Address } from '../base/address.ts'
import { utf8Decode, utf8Encode } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { Engine } from '../engine/engine.ts'
import type { EngineEvent, MessageChange } from '../engine/events.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import { puzzleCount, searchRange } from '../pow/proof.ts'
import { EFFORT_FORMULA, type EffortFormula } from '../storage/effort.ts'
import { VAULT_LIMITS_DEFAULT } from '../storage/quota.ts'
import { createMemoryVault } from '../storage/vault-memory.ts'
import type { MessengerProfile } from '../tox/toxsave/tox-profile.ts'
import type { SimulatedNode, Simulation } from './simulation.ts'

/** Proofs of one trial: simulations cannot wait for real ones. */
export const PERSON_FORMULA: EffortFormula = { ...EFFORT_FORMULA, base: 0, floor: 1 }
const TRIALS_PER_PUZZLE_MAX = 1_000_000

export interface SimPersonOptions {
  readonly name: string | undefined
  readonly storageBytes?: number
}

/** One line of a conversation as the disk keeps it. */
export interface HistoryLine {
  readonly messageId: string | undefined
  readonly isOutgoing: boolean
  text: string
  state: string
  readonly sequence: number | undefined
}

/** What survives a crash: the engine's rows and the history, changed only whole. */
export class SimDisk {
  readonly rows = new Map<string, Uint8Array>()
  readonly history: HistoryLine[] = []
  writeCount = 0
  profile: MessengerProfile | undefined

  apply(writes: readonly { key: string; value: Uint8Array | undefined }[], messages: readonly MessageChange[]): void {
    this.writeCount += 1
    for (const { key, value } of writes) {
      if (value === undefined) this.rows.delete(key)
      else this.rows.set(key, value.slice())
    }
    for (const message of messages) this.#note(message)
  }

  /** Texts that came, in the order shown. */
  get received(): string[] {
    return this.history.filter(({ isOutgoing }) => !isOutgoing).map(({ text }) => text)
  }

  stateOf(text: string): string | undefined {
    return this.history.find((line) => line.isOutgoing && line.text === text)?.state
  }

  #note(change: MessageChange): void {
    if (change.kind === 'state') {
      const line = this.history.find(({ messageId }) => messageId === change.messageId)
      if (line) line.state = change.state
      return
    }
    if (change.kind === 'missing') {
      this.history.push({
        messageId: undefined,
        isOutgoing: false,
        text: '',
        state: 'missing',
        sequence: change.sequence,
      })
      return
    }
    // Nobody changes their words in the simulator.
    if (change.kind === 'edited') return
    const { messageId, content } = change
    const text = utf8Decode(content.kind === 'file' ? content.name : content.text)
    const isOutgoing = change.kind === 'outgoing'
    const sequence = change.kind === 'incoming' ? change.sequence : undefined
    const place = isOutgoing
      ? undefined
      : this.history.find((line) => line.state === 'missing' && line.sequence === sequence)
    if (place) {
      place.text = text
      place.state = 'received'
    } else this.history.push({ messageId, isOutgoing, text, state: isOutgoing ? change.state : 'received', sequence })
  }
}

/**
 * A whole engine in the simulator, with a disk that outlives it: changes become durable one by one, proofs are solved at
 * once. With a name it is a person, without one a bootstrap and storage node.
 */
export class SimPerson {
  readonly disk = new SimDisk()
  readonly events: EngineEvent[] = []
  readonly #simulation: Simulation
  readonly #options: SimPersonOptions
  readonly #random: Random
  #engine: Engine
  #node: SimulatedNode
  #entry: SimPerson | undefined
  /** Crashes in place of the write or datagram that makes this 0. */
  #stepsLeft = Number.POSITIVE_INFINITY

  constructor(simulation: Simulation, options: SimPersonOptions) {
    this.#simulation = simulation
    this.#options = options
    this.#random = simulation.createRandom()
    this.disk.profile = options.name === undefined ? undefined : createProfile(options.name, this.#random)
    this.#engine = this.#createEngine()
    this.#node = simulation.addNode(this.#engine, { onInput: (now) => this.#drain(now) })
  }

  get engine(): Engine {
    return this.#engine
  }

  get address(): Address {
    return this.#node.address
  }

  get isRunning(): boolean {
    return this.#node.isRunning
  }

  get user(): UserEngine {
    return this.#engine.asUser()
  }

  bootstrap(entry: SimPerson): void {
    this.#entry = entry
    const node = { publicKey: entry.engine.tox.dht.publicKey, address: entry.address }
    this.#node.act((now) => this.#engine.bootstrap(node, now))
  }

  act<T>(action: (user: UserEngine, now: Instant) => T): T {
    return this.#node.act((now) => this.#engine.command(() => action(this.user, now), now))
  }

  /** Writes to a friend; the text is what the history shows. */
  write(friend: SimPerson, text: string, ttlSeconds = 14 * 86_400): void {
    const content = { kind: 'text', text: utf8Encode(text) } as const
    const to = friend.user.messenger.publicKey
    this.act(({ offline }, now) => offline.send(to, { content, sentAtMs: now, ttlSeconds }, now))
  }

  /** Says goodbye and ends. */
  leave(): void {
    this.#node.act((now) => this.#engine.leave(0, now))
    this.#keepProfile()
    this.#node.crash()
  }

  /** Ends at once: what was not written is lost. */
  crash(): void {
    this.#keepProfile()
    this.#node.crash()
  }

  /** Crashes by itself in place of the n-th write or datagram from now. */
  crashAt(step: number): void {
    this.#stepsLeft = step
  }

  /** Starts again from the disk. */
  restart(): void {
    this.#stepsLeft = Number.POSITIVE_INFINITY
    this.#engine = this.#createEngine()
    this.#node = this.#simulation.addNode(this.#engine, { onInput: (now) => this.#drain(now) })
    if (this.#entry) this.bootstrap(this.#entry)
  }

  of<K extends EngineEvent['kind']>(kind: K): Extract<EngineEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<EngineEvent, { kind: K }> => event.kind === kind)
  }

  #createEngine(): Engine {
    const { profile } = this.disk
    const limits = {
      ...VAULT_LIMITS_DEFAULT,
      allocationBytes: this.#options.storageBytes ?? VAULT_LIMITS_DEFAULT.allocationBytes,
    }
    const settings = { readReceipts: true, proofAlgorithm: 'sha512d' } as const
    return new Engine(
      {
        random: this.#random,
        dht: { lanDiscovery: false },
        scope: 'internet',
        vault: createMemoryVault({ ringCount: 3, limits }),
        formula: PERSON_FORMULA,
        ...(profile ? { profile, offline: { state: new Map(this.disk.rows), settings } } : {}),
      },
      this.#simulation.now,
    )
  }

  #keepProfile(): void {
    const messenger = this.#engine.tox.user?.messenger
    if (messenger) this.disk.profile = messenger.snapshot(this.#simulation.now)
  }

  #drain(now: Instant): void {
    for (let pending = this.#engine.pollChange(); pending; pending = this.#engine.pollChange()) {
      if (!this.#step()) return
      this.disk.apply(pending.change.writes, pending.change.messages)
      this.#engine.persisted(pending.sequence, now)
    }
    for (let event = this.#engine.pollEvent(); event; event = this.#engine.pollEvent()) this.events.push(event)
    for (let order = this.#engine.pollProofOrder(); order; order = this.#engine.pollProofOrder()) {
      if (order.kind !== 'solve') continue
      const { jobId, task } = order
      const solutions = Array.from({ length: puzzleCount(task.effort) }, (_, index) => {
        const nonce = searchRange(task, index, 0, TRIALS_PER_PUZZLE_MAX)
        if (nonce === undefined) throw new Error('no nonce found')
        return nonce
      })
      this.#simulation.schedule(1, () => {
        if (this.#node.isRunning) this.#node.act((then) => this.#engine.handleProof(jobId, solutions, then))
      })
    }
  }

  /** Counts a step towards the crash that was asked for; false: it happens now. */
  #step(): boolean {
    this.#stepsLeft -= 1
    if (this.#stepsLeft > 0) return true
    this.#keepProfile()
    this.#simulation.schedule(0, () => {
      if (this.#node.isRunning) this.#node.crash()
    })
    return false
  }
}

function createProfile(name: string, random: Random): MessengerProfile {
  return {
    keys: createKeyPair(random),
    nospam: randomBytes(random, 4),
    name: utf8Encode(name),
    statusMessage: new Uint8Array(0),
    status: 'none',
    friends: [],
  }
}
