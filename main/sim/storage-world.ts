import { assert } from '../base/assert.ts'
import { type Random, randomBytes, randomItem } from '../base/random.ts'
import { DAY_MS, type Instant, SECOND_MS } from '../base/time.ts'
import { concat } from '../base/bytes.ts'
import { SigningKey } from '../crypto/sign.ts'
import { compareClockwise } from '../ring/circle.ts'
import type { DepositFinished, OperationFinished, OperationId } from '../storage/storage-events.ts'
import { bodyHashOf, collectHashOf, recordTimes, signHeader } from '../storage/record.ts'
import { encode } from '../wire/codec.ts'
import { PROOF_ALGORITHM } from '../wire/storage-proof.ts'
import { type RecordHeader, signedHeader } from '../wire/storage-record.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'
import { StorageSimNode, type StorageSimNodeOptions } from './storage-sim-node.ts'

/** Longest that one operation may take in a network that works. */
const PATIENCE_MS = 120 * SECOND_MS

export interface MadeRecordOptions {
  readonly slot?: number
  readonly revision?: number
  readonly length?: number
  readonly ttlMs?: number
  readonly isImportant?: boolean
}

/** A record as a sender has it in its outbox, with what only its reader knows. */
export interface MadeRecord {
  readonly header: RecordHeader
  readonly bytes: Uint8Array
  readonly body: Uint8Array
  readonly collectSecret: Uint8Array
}

/** A simulated network of storage nodes with clients, and ways to use it. */
export class StorageWorld {
  readonly simulation: Simulation
  readonly nodes: StorageSimNode[] = []
  readonly random: Random

  constructor(seed: number, options: SimulationOptions = {}) {
    this.simulation = new Simulation(seed, options)
    this.random = this.simulation.createRandom()
  }

  /** `count` storage nodes, which have settled. */
  grow(count: number, options: StorageSimNodeOptions = {}): void {
    for (let index = 0; index < count; index += 1) {
      const node = new StorageSimNode(this.simulation, options)
      node.join(this.nodes.length === 0 ? undefined : randomItem(this.random, this.nodes))
      this.nodes.push(node)
      this.simulation.runFor(3 * SECOND_MS)
    }
    const areAllIn = () => this.nodes.every(({ rings }) => rings.isStorage)
    for (let round = 0; round < 60 && !areAllIn(); round += 1) this.simulation.runFor(10 * SECOND_MS)
    assert(areAllIn(), `not all nodes joined: ${this.simulation.describe()}`)
    this.simulation.runFor(120 * SECOND_MS)
  }

  /** A client that has found the rings. */
  createClient(options: StorageSimNodeOptions = {}): StorageSimNode {
    const client = new StorageSimNode(this.simulation, options)
    client.attach(randomItem(this.random, this.nodes))
    this.simulation.runFor(30 * SECOND_MS)
    return client
  }

  createMailbox(): SigningKey {
    return SigningKey.create(this.random)
  }

  makeRecord(mailbox: SigningKey, options: MadeRecordOptions = {}, now: Instant = this.simulation.now): MadeRecord {
    const { slot = 0, revision = 0, length = 256, ttlMs = DAY_MS, isImportant = false } = options
    const body = randomBytes(this.random, length)
    const collectSecret = randomBytes(this.random, 32)
    const header: RecordHeader = {
      version: 1,
      mailbox: mailbox.verifyKey,
      slot,
      revision,
      nonce: randomBytes(this.random, 24),
      ...recordTimes(ttlMs, now),
      length,
      copiesPerRing: isImportant ? 3 : 2,
      bodyHash: bodyHashOf(body),
      collectHash: collectHashOf(collectSecret),
    }
    return { header, body, collectSecret, bytes: concat(encode(signedHeader, signHeader(mailbox, header)), body) }
  }

  /** Runs until an operation ended, and returns how. */
  finish(client: StorageSimNode, operationId: OperationId): OperationFinished {
    const finished = () => client.finishedOf(operationId)
    const isOver = this.simulation.runUntil(() => finished() !== undefined, PATIENCE_MS)
    const outcome = finished()
    assert(isOver && outcome !== undefined, `an operation did not end: ${this.simulation.describe()}`)
    return outcome
  }

  /** Inserts a record (or updates its slot) and waits. */
  store(client: StorageSimNode, record: MadeRecord): DepositFinished {
    const options = { algorithm: PROOF_ALGORITHM.sha512d }
    const operationId = client.act((now) => client.client.insert(record.bytes, options, now))
    const finished = this.finish(client, operationId)
    assert(finished.operation === 'insert', 'an insert ends as one')
    return finished
  }

  /** Storage nodes that hold a record (not a tombstone) in this slot. */
  holdersOf(mailbox: SigningKey, slot: number): StorageSimNode[] {
    return this.nodes.filter(
      ({ vault, node }) => node.isRunning && vault.entry(mailbox.verifyKey, slot, node.now)?.kind === 'record',
    )
  }

  /** The true first nodes of a mailbox's place in one ring, nearest first. */
  firstNodes(mailbox: SigningKey, ring: number, count: number): StorageSimNode[] {
    const place = this.nodes[0]?.rings.mailboxPlaces(mailbox.verifyKey)[ring] ?? 0
    const placed = (node: StorageSimNode) => ({
      place: node.rings.nodePlaces(node.rings.selfKey)[ring] ?? 0,
      key: node.rings.selfKey,
    })
    const running = this.nodes.filter(({ node }) => node.isRunning)
    return running.sort((left, right) => compareClockwise(place, placed(left), placed(right))).slice(0, count)
  }
}
