import { equalBytes } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { shuffled } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { SigningKey } from '../crypto/sign.ts'
import { isEntryAuthentic } from '../storage/record.ts'
import type { OperationFinished, OperationId, SlotView, StorageClientEvent } from '../storage/storage-events.ts'
import type { Receipt } from '../wire/storage-proof.ts'
import { type RecordHeader, TOMBSTONE_KIND } from '../wire/storage-record.ts'
import type { Deletion, SettledSlots, OfflineStorage, RenewalWish, SealedRecord } from './lower-machines.ts'
import type { TestStorageNetwork, TestStorageNode } from './test-storage-network.ts'

/** Queues something that leaves this side only behind the changes before it. */
export interface TestWire {
  leave(arrive: (now: Instant) => void): void
}

interface Running {
  heldBy: Set<TestStorageNode>
  answeredCount: number
  isOver: boolean
}

/**
 * A storage client with one datagram a node and operation, in the order of the outputs. `events` come back in an order
 * of their own, as answers do.
 */
export class TestStorageClient implements OfflineStorage {
  readonly events: StorageClientEvent[] = []
  readonly calls: string[] = []
  /** The mailbox keys that it was given, whose owner wipes them. */
  readonly signers: SigningKey[] = []
  /** What each fetch said to be settled. */
  readonly fetched: SettledSlots[] = []
  readonly #network: TestStorageNetwork
  readonly #wire: TestWire
  readonly #random: Random
  readonly #running = new Map<OperationId, Running>()
  #nextId = 1

  constructor(network: TestStorageNetwork, wire: TestWire, random: Random) {
    this.#network = network
    this.#wire = wire
    this.#random = random
  }

  insert(record: SealedRecord, receipts: readonly Receipt[], clientNow: Instant): OperationId {
    this.calls.push('insert')
    const operationId = this.#begin()
    const known = this.#network.nodes.filter((node) =>
      receipts.some(({ issuer }) => issuer.equals(node.signer.verifyKey)),
    )
    const running = this.#running.get(operationId)
    for (const node of known) running?.heldBy.add(node)
    const wanted = this.#network.wanted
    const clockOffsets: number[] = []
    let outcome: 'short' | 'stale' | 'gone' = 'short'
    this.#eachNode(operationId, {
      first: () => {
        this.#emit(operationId, { kind: 'target', operationId, wanted })
        this.#emit(operationId, { kind: 'proving', operationId, done: 1, total: 4 })
      },
      ask: (node, index, now) => {
        this.#network.note(record)
        const answer = node.insert(record, now)
        clockOffsets.push(now + node.clockOffsetMs - clientNow)
        if (answer.kind === 'receipt') {
          running?.heldBy.add(node)
          const held = running?.heldBy.size ?? 0
          const { receipt } = answer
          this.#emit(operationId, {
            kind: 'receipt',
            operationId,
            receipt,
            node: node.key,
            ring: index % 3,
            held,
            wanted,
          })
        } else if (answer.kind === 'refused') {
          const { reason, nodeTime } = answer
          this.#emit(operationId, {
            kind: 'refused',
            operationId,
            node: node.key,
            reason,
            retryAt: undefined,
            nodeTime,
          })
        } else if (answer.kind === 'stale') {
          outcome = 'stale'
          const { revision, bodyHash } = answer
          const { slot } = record.signed.header
          this.#emit(operationId, { kind: 'stale', operationId, node: node.key, slot, revision, bodyHash })
        } else {
          outcome = 'gone'
          const { entry } = answer
          const { slot, revision } = record.signed.header
          this.#emit(operationId, { kind: 'tombstone', operationId, slot, revision, entry, node: node.key })
        }
      },
      finish: ({ heldBy, answeredCount }) => ({
        kind: 'finished',
        operation: 'insert',
        operationId,
        outcome: heldBy.size >= wanted && wanted > 0 ? 'complete' : answeredCount === 0 ? 'noNodes' : outcome,
        held: heldBy.size,
        wanted: answeredCount === 0 ? 0 : wanted,
        holders: [...heldBy].map(({ key }) => key),
        retryAt: undefined,
        clockOffsetMs: clockOffsets.sort((left, right) => left - right)[Math.floor(clockOffsets.length / 2)],
      }),
    })
    return operationId
  }

  renew(signer: SigningKey, header: RecordHeader, { counter, notAfter }: RenewalWish): OperationId {
    this.calls.push('renew')
    this.signers.push(signer)
    const operationId = this.#begin()
    const running = this.#running.get(operationId)
    this.#eachNode(operationId, {
      ask: (node, _index, now) => {
        if (node.renew(header, counter, notAfter, now)) running?.heldBy.add(node)
      },
      finish: ({ heldBy }) => ({
        kind: 'finished',
        operation: 'renew',
        operationId,
        outcome: heldBy.size >= this.#network.wanted ? 'complete' : 'short',
        held: heldBy.size,
        wanted: this.#network.wanted,
        holders: [],
        retryAt: undefined,
        clockOffsetMs: undefined,
      }),
    })
    return operationId
  }

  remove(signer: SigningKey, deletions: readonly Deletion[]): OperationId {
    this.calls.push('remove')
    this.signers.push(signer)
    const operationId = this.#begin()
    const key = new SigningKey(signer.seed)
    const confirmed = new Map<number, number>()
    const beaten = new Map<number, ReturnType<TestStorageNode['remove']>>()
    this.#eachNode(operationId, {
      ask: (node, _index, now) => {
        for (const deletion of deletions) {
          const standing = node.remove(key, deletion, now)
          const isBeaten = standing?.kind === TOMBSTONE_KIND.collected && deletion.kind === 'cancelled'
          if (isBeaten) beaten.set(deletion.slot, standing)
          else confirmed.set(deletion.slot, (confirmed.get(deletion.slot) ?? 0) + 1)
        }
      },
      finish: ({ answeredCount }) => ({
        kind: 'finished',
        operation: 'remove',
        operationId,
        outcome: 'complete',
        areAllRingsHeard: answeredCount === this.#network.nodes.length,
        slots: deletions.map(({ slot }) => {
          const confirmedCount = confirmed.get(slot) ?? 0
          const isFinal = confirmedCount >= Math.min(4, this.#network.nodes.length) && !beaten.has(slot)
          return { slot, confirmedCount, beatenBy: beaten.get(slot), isFinal }
        }),
      }),
    })
    return operationId
  }

  status(signer: SigningKey, records: readonly RecordHeader[], watchedSlots: readonly number[]): OperationId {
    this.calls.push('status')
    this.signers.push(signer)
    const operationId = this.#begin()
    const mailbox = signer.verifyKey
    const believed = new Map<number, SlotView & { holders: PublicKey[] }>()
    this.#eachNode(operationId, {
      ask: (node, _index, now) => {
        for (const { record, tombstone, notAfter, counter } of node.list(mailbox, now)) {
          const { slot, revision, bodyHash } = record.signed.header
          const header = records.find((known) => known.slot === slot)
          const isOurs = header !== undefined && equalBytes(header.bodyHash, bodyHash)
          if (tombstone && header && isEntryAuthentic(tombstone, header)) {
            this.#emit(operationId, {
              kind: 'tombstone',
              operationId,
              slot,
              revision,
              entry: tombstone,
              node: node.key,
            })
          }
          if (!isOurs && (watchedSlots.includes(slot) || (header && !tombstone))) {
            this.#emit(operationId, { kind: 'stale', operationId, node: node.key, slot, revision, bodyHash })
          }
          if (!isOurs) continue
          const view = believed.get(slot)
          if (view && !view.tombstone === !tombstone) view.holders.push(node.key)
          else if (!view || tombstone) {
            const fresh = { slot, revision, bodyHash, tombstone, notAfter, renewCounter: counter, holders: [node.key] }
            believed.set(slot, fresh)
          }
        }
      },
      finish: ({ answeredCount }) => ({
        kind: 'finished',
        operation: 'status',
        operationId,
        outcome: 'complete',
        areAllRingsHeard: answeredCount === this.#network.nodes.length,
        slots: [...believed.values()],
        answeredCount,
        wanted: this.#network.wanted,
      }),
    })
    return operationId
  }

  fetch(signer: SigningKey, settled: SettledSlots): OperationId {
    this.calls.push('fetch')
    this.signers.push(signer)
    this.fetched.push(settled)
    const operationId = this.#begin()
    const mailbox = signer.verifyKey
    const answered: TestStorageNode[] = []
    this.#eachNode(operationId, {
      ask: (node) => answered.push(node),
      finish: ({ answeredCount }, now) => {
        this.#tellFetched(operationId, { answered, mailbox: mailbox.hex, settled, now })
        return {
          kind: 'finished',
          operation: 'fetch',
          operationId,
          outcome: 'complete',
          isEmptyProven: false,
          areAllRingsHeard: answeredCount === this.#network.nodes.length,
          missingSlots: [],
          answeredCount,
        }
      },
    })
    return operationId
  }

  cancel(operationId: OperationId): void {
    this.calls.push('cancel')
    this.#running.delete(operationId)
  }

  #tellFetched(
    operationId: OperationId,
    asked: { answered: readonly TestStorageNode[]; mailbox: string; settled: SettledSlots; now: Instant },
  ): void {
    const { answered, mailbox, settled, now } = asked
    const all = answered.flatMap((node) =>
      [...node.slots.values()].filter(({ record }) => record.signed.header.mailbox.hex === mailbox),
    )
    const [first] = all
    if (!first) return
    const everything = this.#network.views(answered, first.record.signed.header.mailbox, now)
    const slots = everything.filter(({ slot }) => slot >= settled.fromSlot)
    this.#emit(operationId, {
      kind: 'listed',
      operationId,
      slots,
      answeredCount: answered.length,
      answeredPrefixCount: answered.length,
    })
    for (const { slot, tombstone } of shuffled(this.#random, slots)) {
      if (tombstone || settled.skip.some((one) => one.slot === slot)) continue
      const bodies = new Map(
        all
          .filter((held) => held.record.signed.header.slot === slot && !held.tombstone)
          .map(({ record }) => [String(record.signed.header.bodyHash), record]),
      )
      for (const { signed, body } of bodies.values()) {
        this.#emit(operationId, { kind: 'record', operationId, record: { signed, renewal: undefined, body } })
      }
    }
  }

  #begin(): OperationId {
    const operationId = this.#nextId as OperationId
    this.#nextId += 1
    this.#running.set(operationId, { heldBy: new Set(), answeredCount: 0, isOver: false })
    return operationId
  }

  #emit(operationId: OperationId, event: StorageClientEvent): void {
    if (this.#running.has(operationId)) this.events.push(event)
  }

  /** One datagram to each node; the last answer, or silence, ends the operation. */
  #eachNode(
    operationId: OperationId,
    steps: {
      first?: () => void
      ask: (node: TestStorageNode, index: number, now: Instant) => void
      finish: (running: Running, now: Instant) => OperationFinished
    },
  ): void {
    const { nodes } = this.#network
    let openCount = nodes.length
    const end = (now: Instant): void => {
      const running = this.#running.get(operationId)
      if (!running) return
      const finished = steps.finish(running, now)
      this.events.push(finished)
      this.#running.delete(operationId)
    }
    if (nodes.length === 0) this.#wire.leave(end)
    for (const [index, node] of nodes.entries()) {
      this.#wire.leave((now) => {
        const running = this.#running.get(operationId)
        if (running) {
          if (index === 0) steps.first?.()
          if (!node.isDown) {
            running.answeredCount += 1
            steps.ask(node, index, now)
          }
        }
        openCount -= 1
        if (openCount === 0) end(now)
      })
    }
  }
}
