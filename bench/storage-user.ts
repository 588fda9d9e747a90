import { assert } from '../main/base/assert.ts'
import { concat } from '../main/base/bytes.ts'
import { type Random, randomBytes } from '../main/base/random.ts'
import { DAY_MS, type Instant } from '../main/base/time.ts'
import { SigningKey } from '../main/crypto/sign.ts'
import { osRandom } from '../main/driver/os-random.ts'
import type { Engine } from '../main/engine/engine.ts'
import { type ProofTask, puzzleCount, searchRange } from '../main/pow/proof.ts'
import type { EffortFormula } from '../main/storage/effort.ts'
import { bodyHashOf, collectHashOf, recordTimes, signHeader } from '../main/storage/record.ts'
import type { OperationId, StorageClientEvent } from '../main/storage/storage-events.ts'
import { encode } from '../main/wire/codec.ts'
import { ONE_DATAGRAM_BODY_BYTES, PROOF_ALGORITHM } from '../main/wire/storage-proof.ts'
import { signedHeader } from '../main/wire/storage-record.ts'

/** Effort 1 for everything: proofs are measured elsewhere. */
export const CHEAP: EffortFormula = { version: 200, base: 0, floor: 1 }

/** A mailbox with one record of class P in it. */
export interface Letter {
  readonly mailbox: SigningKey
  readonly record: Uint8Array
}

export function createLetter(now: Instant = Date.now(), random: Random = osRandom): Letter {
  const mailbox = SigningKey.create(random)
  const body = randomBytes(random, ONE_DATAGRAM_BODY_BYTES)
  const signed = signHeader(mailbox, {
    version: 1,
    mailbox: mailbox.verifyKey,
    slot: 0,
    revision: 0,
    nonce: randomBytes(random, 24),
    ...recordTimes(DAY_MS, now),
    length: body.length,
    copiesPerRing: 2,
    bodyHash: bodyHashOf(body),
    collectHash: collectHashOf(randomBytes(random, 32)),
  })
  return { mailbox, record: concat(encode(signedHeader, signed), body) }
}

/** Ends a turn: solves what the engine asks for, which at effort 1 is one trial. */
export function solveAtOnce(engine: Engine, now: Instant): void {
  for (let order = engine.pollProofOrder(); order; order = engine.pollProofOrder()) {
    if (order.kind === 'solve') engine.handleProof(order.jobId, solutionsOf(order.task), now)
  }
}

function solutionsOf(task: ProofTask): number[] {
  return Array.from({ length: puzzleCount(task.effort) }, (_, index) => {
    const nonce = searchRange(task, index, 0, 2 ** 32)
    assert(nonce !== undefined, 'every puzzle has a solution')
    return nonce
  })
}

/** What runs an engine: a driver with a socket, or the simulator. */
export interface EngineHost {
  readonly engine: Engine
  turn<T>(action: (engine: Engine, now: Instant) => T): T
}

const ATTEMPTS_MAX = 5

type Begin = (engine: Engine, now: Instant) => OperationId
/** Whether the operation succeeded; undefined while it goes on. */
type Watch = (event: StorageClientEvent) => boolean | undefined

/** Stores and fetches through one node's client, and measures how long it takes by `clock`. */
export class StorageUser {
  readonly #host: EngineHost
  readonly #clock: () => number
  #repeatCount = 0
  readonly #watchers = new Map<OperationId, (event: StorageClientEvent) => void>()

  constructor(host: EngineHost, clock: () => number = () => performance.now()) {
    this.#host = host
    this.#clock = clock
    // The engine takes the client's events for itself: they are seen here on their way.
    const { storageClient } = host.engine.extension
    const poll = storageClient.pollEvent.bind(storageClient)
    storageClient.pollEvent = () => {
      const event = poll()
      if (event && 'operationId' in event) this.#watchers.get(event.operationId)?.(event)
      return event
    }
  }

  /** Operations that had to be begun again: on a machine that is busy with other things answers come too late. */
  get repeatCount(): number {
    return this.#repeatCount
  }

  /** Milliseconds from the call to the last of six receipts. */
  async store({ record }: Letter): Promise<number> {
    const startedAt = this.#clock()
    const options = { algorithm: PROOF_ALGORITHM.sha512d }
    let lastAt = startedAt
    await this.#repeated(
      ({ extension }, now) => extension.storageClient.insert(record, options, now),
      (event) => {
        if (event.kind === 'receipt') lastAt = this.#clock()
        return event.kind === 'finished' && event.operation === 'insert' ? event.outcome === 'complete' : undefined
      },
    )
    return lastAt - startedAt
  }

  /** Milliseconds from the call to the first good body, one holder of each ring asked; ends when all of them are heard. */
  async fetch({ mailbox }: Letter): Promise<number> {
    const startedAt = this.#clock()
    let firstAt: number | undefined
    await this.#repeated(
      ({ extension }, now) => extension.storageClient.fetch(mailbox, { breadth: 'owners' }, now),
      (event) => {
        if (event.kind === 'record') firstAt ??= this.#clock()
        return event.kind === 'finished' ? firstAt !== undefined : undefined
      },
    )
    return (firstAt ?? Number.NaN) - startedAt
  }

  async #repeated(begin: Begin, hasSucceeded: Watch): Promise<void> {
    for (let attempt = 1; !(await this.#run(begin, hasSucceeded)); attempt += 1) {
      assert(attempt < ATTEMPTS_MAX, 'an operation fails again and again')
      this.#repeatCount += 1
    }
  }

  #run(begin: Begin, hasSucceeded: Watch): Promise<boolean> {
    return new Promise((resolve) => {
      this.#host.turn((engine, now) => {
        const operationId = begin(engine, now)
        this.#watchers.set(operationId, (event) => {
          const isSuccess = hasSucceeded(event)
          if (isSuccess === undefined) return
          this.#watchers.delete(operationId)
          resolve(isSuccess)
        })
      })
    })
  }
}
