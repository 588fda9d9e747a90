import { beforeAll, expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { concat } from '../base/bytes.ts'
import { type Random, randomBelow, randomBytes, randomItem, SeededRandom } from '../base/random.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import { HOUR_MS, MINUTE_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { encode } from '../wire/codec.ts'
import {
  deleteCommand,
  fetchCommand,
  getCommand,
  listing,
  mailboxRequest,
  segment,
  segmentAck,
  signedProofRequest,
  STORAGE_KIND,
  type StorageKind,
  transferReady,
} from '../wire/storage-packets.ts'
import { deposit, renewDeposit, wholeDeposit } from '../wire/storage-proof.ts'
import { signedHeader } from '../wire/storage-record.ts'
import { hostileBytes } from '../wire/test-hostile-bytes.ts'
import { signMailboxRequest } from './mailbox-request.ts'
import { cancelledEntry, collectedEntry, recordIdOf, signHeader, signRenewal } from './record.ts'
import { TestClient } from './test-client.ts'
import { TEST_NOW, TestDeposits } from './test-deposits.ts'
import { testMembers } from './test-members.ts'
import { claimFor, TestStorageNode } from './test-storage-node.ts'

beforeAll(() => sodiumReady)

const NOW = TEST_NOW
const KINDS = Object.values(STORAGE_KIND)

test('a storage node answers or drops whatever it is asked, and keeps its bounds', () => {
  const host = new TestStorageNode(propertySeed(), { allocationBytes: 40_000, mailboxRecordsMax: 8 })
  const random = new SeededRandom(propertySeed())
  const asker = host.contact()
  let now = NOW
  let samples = nodeSamples(host, asker, now)
  for (let turn = 0; turn < fuzzCaseCount(); turn += 1) {
    now += randomBelow(random, 2_000)
    // Challenges and tokens end: new samples keep the good half of them good.
    if (turn % 200 === 0) samples = nodeSamples(host, asker, now)
    const from = randomBelow(random, 3) === 0 ? host.contact(`203.0.113.${randomBelow(random, 250)}`) : asker
    feedNode(host, { kind: randomItem(random, KINDS), body: hostileBytes(random, samples) }, from, now)
    if (randomBelow(random, 4) === 0) host.node.handleTimeout(now)
    while (host.node.pollEvent()) continue
    expect(host.vault.usage().usedBytes).toBeLessThanOrEqual(40_000)
    expect(host.transfers.incomingCount + host.transfers.outgoingCount).toBeLessThanOrEqual(256)
  }
})

test('a client comes to an end whatever it is answered, and shows nothing that is not signed', () => {
  const random = new SeededRandom(propertySeed())
  for (let turn = 0; turn < fuzzCaseCount() / 20; turn += 1) expectAnEnd(random, turn)
})

function feedNode(
  host: TestStorageNode,
  request: { kind: StorageKind; body: Uint8Array },
  from: ReturnType<TestStorageNode['contact']>,
  now: number,
) {
  try {
    if (request.kind === STORAGE_KIND.segment) host.transfers.handleSegment(from, request.body, now)
    else if (request.kind === STORAGE_KIND.segmentAck) host.transfers.handleSegmentAck(from, request.body, now)
    else host.node.handleRequest(request.kind, from, new Uint8Array(8), request.body, now)
    for (let event = host.transfers.pollEvent('node'); event; event = host.transfers.pollEvent('node')) {
      host.node.handleTransferEvent(event, now)
    }
    const payload = {
      kind: 'payload' as const,
      payloadId: 1,
      from,
      ring: 0,
      place: 0,
      payload: request,
      roomBytes: 300,
    }
    host.node.handleRingsEvent(payload, now)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
  }
}

/** Bodies as an honest sender and reader would send them now, of every kind. */
function nodeSamples(host: TestStorageNode, from: ReturnType<TestStorageNode['contact']>, now: number): Uint8Array[] {
  const { mailbox } = host.deposits
  const { signed, body } = host.record(
    { slot: randomBelow(host.random, 12), revision: randomBelow(host.random, 3) },
    now,
  )
  const claim = claimFor(signed)
  const operation = claim.operation === 1 ? (1 as const) : (2 as const)
  const quoted = host.quote(claim, signed.signature, from, now)
  const samples = [encode(signedProofRequest, { claim, signature: signed.signature })]
  if (quoted.kind === STORAGE_KIND.challenge) {
    const proof = host.prove(signed, from, now)
    samples.push(
      encode(wholeDeposit, { operation, signed, proof, body }),
      encode(deposit, { operation, signed, proof }),
    )
    const renewal = signRenewal(mailbox, recordIdOf(signed.header), 1, signed.header.notAfter + HOUR_MS)
    samples.push(encode(renewDeposit, { mailbox: mailbox.verifyKey, slot: signed.header.slot, renewal, proof }))
  }
  const token = host.token(from, now)
  const { slot, bodyHash } = signed.header
  const entries = [cancelledEntry(mailbox, slot, bodyHash), collectedEntry(slot, bodyHash, new Uint8Array(32))]
  const commands = [
    [STORAGE_KIND.fetch, encode(fetchCommand, { fromSlot: 0, wantsBody: true, known: [] })],
    [STORAGE_KIND.get, encode(getCommand, { slot, revision: 0, wantsBody: true })],
    [STORAGE_KIND.delete, encode(deleteCommand, { entries })],
  ] as const
  for (const [kind, command] of commands) {
    samples.push(encode(mailboxRequest, signMailboxRequest(mailbox, kind, host.rings.selfKey, token, command)))
  }
  const transferId = new Uint8Array(8)
  samples.push(encode(segment, { transferId, index: 0, bytes: randomBytes(host.random, 100) }))
  samples.push(encode(segmentAck, { transferId, received: new Uint8Array(9) }))
  return samples
}

/** All operations at once, on nodes that answer anything or nothing, in any order. */
function expectAnEnd(random: Random, seed: number): void {
  const victim = new TestClient(seed)
  const deposits = new TestDeposits(seed)
  const body = deposits.body(randomItem(random, [256, 956, 4_096]))
  const signed = signHeader(deposits.mailbox, deposits.header({ body }, NOW))
  const record = concat(encode(signedHeader, signed), body)
  const { slot, bodyHash, collectHash } = signed.header
  const { client } = victim
  const begin = [
    () => client.insert(record, { algorithm: 1 }, NOW),
    () => client.fetch(deposits.mailbox, {}, NOW),
    () => client.status(deposits.mailbox, [signed.header], {}, NOW),
    () => client.remove(deposits.mailbox, [{ kind: 'cancelled', slot, bodyHash, collectHash }], NOW),
    () => client.renew(deposits.mailbox, signed.header, { counter: 1, notAfter: NOW + HOUR_MS }, { algorithm: 1 }, NOW),
  ]
  randomItem(random, begin)()
  const samples = answerSamples(deposits, signed, body)
  let now = NOW
  for (let turn = 0; turn < 400 && client.operationCount > 0; turn += 1) {
    now += randomBelow(random, 3_000)
    takeTurn(victim, random, samples, now)
  }
  settleHonestly(victim, now)
  expect(client.operationCount).toBe(0)
  expect(victim.events.filter(({ kind }) => kind === 'finished')).toHaveLength(1)
  for (const event of victim.events) {
    expect(event.kind).not.toBe('stale')
    if (event.kind === 'record') expect(event.record.body).toEqual(body)
  }
}

function takeTurn(victim: TestClient, random: Random, samples: readonly Uint8Array[], now: number): void {
  const request = victim.asked.length > 0 ? randomItem(random, victim.asked) : undefined
  const choice = randomBelow(random, 6)
  if (choice === 0)
    victim.found(randomBelow(random, 4), testMembers([1, 2, 3, 4, 5, 6].slice(randomBelow(random, 6))), now)
  else if (choice === 1) victim.notFound(randomBelow(random, 3), now)
  else if (choice === 2) victim.wake(now)
  else if (request) {
    const answer = { kind: randomItem(random, KINDS), body: hostileBytes(random, samples, 400) }
    victim.answer(request, randomBelow(random, 4) === 0 ? undefined : answer, now)
  }
  for (const event of [...victim.events].reverse()) {
    if (event.kind === 'solve') victim.client.handleProof(event.jobId, randomBelow(random, 2) ? [1] : 'cancelled', now)
  }
  victim.transfers.handleTimeout(now)
  victim.drainTransfers(now)
}

/** From now on nobody answers: every operation must end by itself. */
function settleHonestly(victim: TestClient, start: number): void {
  let now = start
  for (let turn = 0; turn < 400 && victim.client.operationCount > 0; turn += 1) {
    now += MINUTE_MS
    for (const ring of [0, 1, 2]) victim.notFound(ring, now)
    for (const request of victim.asked.slice()) victim.answer(request, undefined, now)
    for (const event of victim.events)
      if (event.kind === 'solve') victim.client.handleProof(event.jobId, 'cancelled', now)
    victim.transfers.handleTimeout(now)
    victim.drainTransfers(now)
    victim.wake(now)
  }
}

function answerSamples(deposits: TestDeposits, signed: ReturnType<typeof signHeader>, body: Uint8Array): Uint8Array[] {
  const { slot, revision, bodyHash, length, notAfter } = signed.header
  const held = { kind: 'held' as const, slot, revision, bodyHash, length, notAfter, counter: 0 }
  const entry = cancelledEntry(deposits.mailbox, slot, bodyHash)
  const fits = body.length < 1_000
  const record = fits ? { signed, renewal: undefined, body } : undefined
  return [
    encode(listing, { isLast: true, slots: [held], record }),
    encode(listing, { isLast: false, slots: [held, { kind: 'gone', revision, entry }], record: undefined }),
    encode(transferReady, { transferId: new Uint8Array(8), length: 700, hash: new Uint8Array(32) }),
    concat(Uint8Array.of(0), encode(signedHeader, signed)),
    new Uint8Array(16),
    new Uint8Array(9).fill(1),
  ]
}
