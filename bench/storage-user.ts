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

/** Stores and fetches through one node's client, and measures how long it takes by `clock`. */
export class StorageUser {
  readonly #host: EngineHost
  readonly #clock: () => number
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

  /** Milliseconds from the call to the last of six receipts. */
  store({ record }: Letter): Promise<number> {
    let lastAt = Number.NaN
    return this.#run(
      ({ extension }, now) => extension.storageClient.insert(record, { algorithm: PROOF_ALGORITHM.sha512d }, now),
      (event) => {
        if (event.kind === 'receipt') lastAt = this.#clock()
        if (event.kind !== 'finished' || event.operation !== 'insert') return undefined
        assert(event.outcome === 'complete' && event.held === event.wanted, `an insert ended ${event.outcome}`)
        return lastAt
      },
    )
  }

  /** Milliseconds from the call to the first good body, one holder of each ring asked; ends when all of them are heard. */
  fetch({ mailbox }: Letter): Promise<number> {
    let firstAt: number | undefined
    return this.#run(
      ({ extension }, now) => extension.storageClient.fetch(mailbox, { breadth: 'owners' }, now),
      (event) => {
        if (event.kind === 'record') firstAt ??= this.#clock()
        if (event.kind !== 'finished') return undefined
        assert(firstAt !== undefined, 'a fetch ended without the record')
        return firstAt
      },
    )
  }

  #run(
    begin: (engine: Engine, now: Instant) => OperationId,
    endedAt: (event: StorageClientEvent) => number | undefined,
  ): Promise<number> {
    return new Promise((resolve) => {
      const startedAt = this.#clock()
      this.#host.turn((engine, now) => {
        const operationId = begin(engine, now)
        this.#watchers.set(operationId, (event) => {
          const at = endedAt(event)
          if (at === undefined) return
          this.#watchers.delete(operationId)
          resolve(at - startedAt)
        })
      })
    })
  }
}
