import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat } from '../base/bytes.ts'
import { MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import { PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { OperationId, StorageClientEvent } from '../storage/storage-events.ts'
import type { MessengerEvent } from '../tox/messenger/messenger-events.ts'
import { encode } from '../wire/codec.ts'
import { contentPart, EPOCH_STATE, keyDoesExist, messageFollows, messagesTaken } from '../wire/offline-packets.ts'
import { TOMBSTONE_KIND } from '../wire/storage-record.ts'
import { World } from './test-world.ts'

await sodiumReady

const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 })
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const number = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.maxSafeNat())
const small = fc.integer({ min: 0, max: 0xffffffff })

/** Packets as a hostile friend makes them: noise, and well-formed ones with any values. */
const packets: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 9 }), fc.uint8Array({ maxLength: 120 }))
    .map(([subType, noise]) => concat(Uint8Array.of(184, subType), noise)),
  fc
    .record({
      version: fc.integer({ min: 0, max: 3 }),
      freshKey: bytes32.map((bytes) => new PublicKey(bytes)),
      wantsNew: fc.boolean(),
      readReceipts: fc.boolean(),
      epochs: fc.array(
        fc.record({
          id: bytes32,
          state: fc.constantFrom(EPOCH_STATE.pending, EPOCH_STATE.confirmed),
          slotsWritten: small,
        }),
        { maxLength: 16 },
      ),
    })
    .map((hello) => encode(keyDoesExist, { subType: 1, ...hello })),
  fc
    .tuple(bytes16, number, number)
    .map(([messageId, sequence, sentAtMs]) => encode(messageFollows, { subType: 3, messageId, sequence, sentAtMs })),
  fc
    .array(bytes16, { minLength: 1, maxLength: 64 })
    .map((messageIds) => encode(messagesTaken, { subType: 4, messageIds })),
  fc
    .tuple(bytes16, number, small, fc.integer({ min: 0, max: 2_000 }), fc.uint8Array({ minLength: 1, maxLength: 60 }))
    .map(([messageId, sequence, length, offset, part]) =>
      encode(contentPart, { subType: 8, messageId, sequence, sentAtMs: 1, length, offset, part }),
    ),
)

const operationId = fc.integer({ min: 0, max: 30 }).map((id) => id as OperationId)

/** Storage events as liars cause them: of any operation, in any order, with any values. */
const storageEvents: fc.Arbitrary<StorageClientEvent> = fc.oneof(
  fc.record({ kind: fc.constant('target' as const), operationId, wanted: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ kind: fc.constant('proving' as const), operationId, done: small, total: small }),
  fc.tuple(operationId, small, bytes32, bytes32).map(([id, slot, bodyHash, collectSecret]) => ({
    kind: 'tombstone' as const,
    operationId: id,
    slot,
    revision: 0,
    entry: { kind: TOMBSTONE_KIND.collected, slot, bodyHash, collectSecret },
    node: new PublicKey(bodyHash),
  })),
  fc.tuple(operationId, small, bytes32).map(([id, slot, bodyHash]) => ({
    kind: 'stale' as const,
    operationId: id,
    node: new PublicKey(bodyHash),
    slot,
    revision: 0,
    bodyHash,
  })),
  fc.tuple(operationId, small, bytes32, fc.boolean()).map(([id, slot, bodyHash, isCancelled]) => ({
    kind: 'listed' as const,
    operationId: id,
    slots: [
      {
        slot,
        revision: 0,
        bodyHash,
        tombstone: isCancelled
          ? { kind: TOMBSTONE_KIND.cancelled, slot, bodyHash, signature: new Uint8Array(64) }
          : undefined,
        notAfter: 0,
        renewCounter: 0,
        holders: [],
      },
    ],
    answeredCount: 1,
    answeredPrefixCount: 1,
  })),
  fc
    .tuple(operationId, fc.constantFrom('complete', 'short', 'noNodes', 'stale', 'gone', 'cancelled'), small)
    .map(([id, outcome, held]) => ({
      kind: 'finished' as const,
      operation: 'insert' as const,
      operationId: id,
      outcome: outcome as 'complete',
      held,
      wanted: 6,
      holders: [],
      retryAt: undefined,
      clockOffsetMs: undefined,
    })),
)

type Input =
  | { readonly kind: 'messenger'; readonly event: (friend: PublicKey) => MessengerEvent }
  | { readonly kind: 'storage'; readonly event: StorageClientEvent }
  | { readonly kind: 'send' | 'meet' | 'part' | 'restart' | 'pass' | 'cancel' }

const inputs: fc.Arbitrary<Input> = fc.oneof(
  { weight: 6, arbitrary: packets.map((data) => messenger((friend) => ({ kind: 'custom', friend, data }))) },
  {
    weight: 2,
    arbitrary: fc
      .uint8Array({ maxLength: 40 })
      .map((text) => messenger((friend) => ({ kind: 'message', friend, messageKind: 'message', text }))),
  },
  {
    weight: 1,
    arbitrary: fc.nat(50).map((receiptId) => messenger((friend) => ({ kind: 'receipt', friend, receiptId }))),
  },
  { weight: 3, arbitrary: storageEvents.map((event) => ({ kind: 'storage' as const, event })) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...(['send', 'meet', 'part', 'restart', 'pass', 'cancel'] as const).map((kind) => ({ kind })),
    ),
  },
)

function messenger(event: (friend: PublicKey) => MessengerEvent): Input {
  return { kind: 'messenger', event }
}

function feed(world: World, input: Input, ids: string[]): void {
  const { alice } = world
  if (input.kind === 'messenger') alice.offline.handleMessengerEvent(input.event(alice.friend), world.now)
  else if (input.kind === 'storage') alice.offline.handleStorageEvent(input.event, world.now)
  else if (input.kind === 'send') ids.push(alice.send('x'))
  else if (input.kind === 'meet') world.connect()
  else if (input.kind === 'part') world.disconnect()
  else if (input.kind === 'restart') alice.restart()
  else if (input.kind === 'cancel') alice.offline.cancel(ids.at(-1) ?? '', world.now)
  else world.pass(MINUTE_MS)
  world.settle(50)
}

test('whatever a friend or a storage node says, nothing is thrown, no table grows without bound, and mail still comes', () => {
  fc.assert(
    fc.property(fc.array(inputs, { maxLength: 25 }), (hostile) => {
      const world = new World()
      const ids: string[] = []
      for (const input of hostile) feed(world, input, ids)
      const epochs = world.alice.offline.epochsOf(world.alice.friend)
      expect(epochs.filter(({ isRetired }) => !isRetired).length).toBeLessThanOrEqual(16)
      expect(world.alice.disk.rows.size).toBeLessThan(400)
      world.disconnect()
      world.meet(15 * SECOND_MS)
      world.meet(15 * SECOND_MS)
      world.connect()
      world.pass(15 * SECOND_MS)
      const id = world.alice.send('after all that')
      world.pass(SECOND_MS)
      expect(world.alice.stateOf(id)).toBe('delivered')
      expect(world.bob.received.at(-1)).toBe('after all that')
    }),
    { seed: propertySeed(), numRuns: Math.ceil(fuzzCaseCount() / 10) },
  )
})
