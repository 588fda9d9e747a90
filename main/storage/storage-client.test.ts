import { beforeAll, describe, expect, test } from 'vitest'
import { concat } from '../base/bytes.ts'
import { MINUTE_MS } from '../base/time.ts'
import { curveKeyOf } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { decode, encode } from '../wire/codec.ts'
import {
  fetchCommand,
  type Listing,
  listing,
  mailboxRequest,
  STORAGE_KIND,
  signedProofRequest,
  tokenBody,
} from '../wire/storage-packets.ts'
import { challenge, PAID_OPERATION, receipt } from '../wire/storage-proof.ts'
import { signedHeader } from '../wire/storage-record.ts'
import { depositClaim } from './claim.ts'
import { receiptFieldsOf, signReceipt } from './receipt.ts'
import { recordIdOf, signHeader } from './record.ts'
import { TEST_NOW, TestDeposits } from './test-deposits.ts'
import { type AskedRequest, TestClient } from './test-client.ts'
import { testMembers } from './test-members.ts'

beforeAll(() => sodiumReady)

const NOW = TEST_NOW
const TOKEN = new Uint8Array(16).fill(3)
const EMPTY: Listing = { isLast: true, slots: [], record: undefined }

/** Members whose owner answered the lookup and so gave its token. */
function found(names: readonly number[]): FoundMember[] {
  return testMembers(names).map((member, rank) =>
    rank === 0 ? { ...member, hasAnswered: true, token: TOKEN } : member,
  )
}

const listed = (value: Listing) => ({ kind: STORAGE_KIND.listing, body: encode(listing, value) })
const nameOf = ({ to }: AskedRequest) => to.address.ip[2]

describe('fetch', () => {
  function start(seed: number) {
    const user = new TestClient(seed)
    const deposits = new TestDeposits(seed)
    const body = deposits.body()
    const signed = signHeader(deposits.mailbox, deposits.header({ body }, NOW))
    const operationId = user.client.fetch(deposits.mailbox, {}, NOW)
    return { user, deposits, signed, body, operationId }
  }

  test('asks one node of each ring first, at once, with the token that came with the lookup', () => {
    const { user } = start(1)
    user.found(0, found([1, 2, 3, 4]), NOW)
    user.found(1, found([5, 6, 7, 8]), NOW)
    expect(user.asked.map(({ kind }) => kind)).toEqual([STORAGE_KIND.fetch, STORAGE_KIND.fetch])
    expect(user.asked.map(nameOf)).toEqual([1, 5])
    const request = decode(mailboxRequest, user.asked[0]?.body ?? new Uint8Array(0))
    expect(request.token).toEqual(TOKEN)
    expect(decode(fetchCommand, request.command)).toMatchObject({ fromSlot: 0, wantsBody: true })
  })

  test('gives the record that the first answer brings, then asks the rest, then ends', () => {
    const { user, signed, body } = start(2)
    for (const ring of [0, 1, 2]) user.found(ring, found([1, 2]), NOW)
    const [first] = user.asked
    if (!first) throw new Error('somebody was asked')
    const { slot, revision, bodyHash, length, notAfter } = signed.header
    const slots = [{ kind: 'held' as const, slot, revision, bodyHash, length, notAfter, counter: 0 }]
    user.answer(first, listed({ isLast: true, slots, record: { signed, renewal: undefined, body } }), NOW)
    expect(user.kinds()).toEqual(['record', 'listed'])
    for (let next = user.asked[0]; next; next = user.asked[0]) {
      const isToken = next.kind === STORAGE_KIND.tokenRequest
      user.answer(
        next,
        isToken ? { kind: STORAGE_KIND.token, body: encode(tokenBody, { token: TOKEN }) } : listed(EMPTY),
        NOW,
      )
    }
    expect(user.events.at(-1)).toMatchObject({
      kind: 'finished',
      answeredCount: 2,
      isEmptyProven: false,
      missingSlots: [],
    })
    expect(user.kinds().filter((kind) => kind === 'record')).toHaveLength(1)
  })

  test('asks another node of a ring when nine in ten would have answered, and no sooner', () => {
    const { user } = start(3)
    user.found(0, found([1, 2, 3, 4]), NOW)
    const at = user.client.nextTimeout()?.at ?? 0
    expect(at - NOW).toBe(300)
    user.wake(at - 1)
    expect(user.asked).toHaveLength(1)
    user.wake(at)
    expect(user.asked.map(nameOf)).toEqual([1, 2])
  })

  test('leaves nodes that failed before for last', () => {
    const { user, deposits } = start(4)
    for (const now of [NOW, NOW + MINUTE_MS]) {
      for (const ring of [0, 1, 2]) user.found(ring, found([1, 2]), now)
      for (let next = user.asked[0]; next; next = user.asked[0]) {
        const token = { kind: STORAGE_KIND.token, body: encode(tokenBody, { token: TOKEN }) }
        const answer = next.kind === STORAGE_KIND.tokenRequest ? token : listed(EMPTY)
        user.answer(next, nameOf(next) === 1 ? undefined : answer, now)
      }
      user.client.fetch(deposits.mailbox, {}, now)
    }
    user.found(0, found([1, 2]), NOW + MINUTE_MS)
    expect(user.asked.map(nameOf)).toEqual([2])
  })

  test('asks the next in line first where the owner is catching up', () => {
    const { user } = start(5)
    user.found(0, found([1, 2, 3]), NOW, true)
    expect(user.asked.map(nameOf)).toEqual([2])
    expect(user.asked[0]?.kind).toBe(STORAGE_KIND.tokenRequest)
  })

  test('takes a new token once, and no answer from a node that knows none of its own', () => {
    const { user } = start(6)
    for (const ring of [0, 1, 2]) user.found(ring, found([1]), NOW)
    const stale = { kind: STORAGE_KIND.token, body: encode(tokenBody, { token: new Uint8Array(16).fill(9) }) }
    for (let turn = 0; turn < 2; turn += 1) {
      const [next] = user.asked
      if (next) user.answer(next, stale, NOW)
    }
    expect(user.asked).toEqual([])
    expect(user.events.at(-1)).toMatchObject({ kind: 'finished', answeredCount: 0, isEmptyProven: false })
  })

  test('ends where a ring has no owner, and says that it was not heard', () => {
    const { user } = start(7)
    user.found(0, found([1]), NOW)
    user.notFound(1, NOW)
    user.notFound(2, NOW)
    const [only] = user.asked
    if (only) user.answer(only, listed(EMPTY), NOW)
    expect(user.kinds()).not.toContain('finished')
    user.wake(NOW + 500)
    expect(user.rings.lookups.at(-1)?.options.rings).toEqual([1, 2])
    user.notFound(1, NOW + 600)
    user.notFound(2, NOW + 600)
    expect(user.events.at(-1)).toMatchObject({ kind: 'finished', areAllRingsHeard: false, isEmptyProven: false })
  })

  test('a page that goes no further than the one before ends a node’s listing', () => {
    const { user, signed } = start(8)
    for (const ring of [0, 1, 2]) user.found(ring, found([1]), NOW)
    const { bodyHash, notAfter } = signed.header
    const slots = [{ kind: 'held' as const, slot: 4, revision: 0, bodyHash, length: 256, notAfter, counter: 0 }]
    for (let turn = 0; turn < 10 && user.asked.length > 0; turn += 1) {
      const [next] = user.asked
      const isFetch = next?.kind === STORAGE_KIND.fetch
      if (next) user.answer(next, isFetch ? listed({ isLast: false, slots, record: undefined }) : undefined, NOW)
    }
    expect(user.events.at(-1)).toMatchObject({ kind: 'finished', answeredCount: 0, missingSlots: [4] })
  })

  test('a node that lists much and then says nothing is soon asked for nothing more', () => {
    const { user, signed } = start(8)
    for (const ring of [0, 1, 2]) user.found(ring, found([1]), NOW)
    const { bodyHash, notAfter } = signed.header
    const slots = Array.from({ length: 24 }, (_, slot) => {
      return { kind: 'held' as const, slot, revision: 0, bodyHash, length: 256, notAfter, counter: 0 }
    })
    let gets = 0
    for (let next = user.asked[0]; next; next = user.asked[0]) {
      if (next.kind === STORAGE_KIND.get) gets += 1
      user.answer(next, next.kind === STORAGE_KIND.fetch ? listed({ ...EMPTY, slots }) : undefined, NOW)
    }
    expect(gets).toBeLessThanOrEqual(4)
    expect(user.events.at(-1)).toMatchObject({ kind: 'finished', missingSlots: slots.map(({ slot }) => slot) })
  })
})

describe('insert', () => {
  function start(seed: number) {
    const user = new TestClient(seed)
    const deposits = new TestDeposits(seed)
    const body = deposits.body()
    const signed = signHeader(deposits.mailbox, deposits.header({ body }, NOW))
    const record = concat(encode(signedHeader, signed), body)
    user.client.insert(record, { algorithm: 1 }, NOW)
    return { user, deposits, signed, record }
  }

  test('sends the PROOF_REQUEST along with the lookup, and asks only those for a challenge who had none to give', () => {
    const { user, signed, deposits } = start(11)
    const { payload } = user.rings.lookups[0]?.options ?? {}
    expect(payload?.kind).toBe(STORAGE_KIND.proofRequest)
    expect(decode(signedProofRequest, payload?.body ?? new Uint8Array(0)).signature).toEqual(signed.signature)
    const members = found([1, 2, 3, 4])
    const [owner] = members
    if (!owner) throw new Error('an owner')
    const foreign = { issuer: deposits.issuer.verifyKey, id: new Uint8Array(16), tag: new Uint8Array(32) }
    const price = { expiresAt: NOW, effort: 1, algorithm: 1 as const, formulaVersion: 200 }
    const payloadAnswer = { kind: STORAGE_KIND.challenge, body: encode(challenge, { ...foreign, ...price }) }
    user.found(0, [{ ...owner, payloadAnswer }, ...members.slice(1)], NOW)
    // The owner's challenge is of another key than its own: it lies, and the third takes its place.
    expect(user.kinds()).toEqual([])
    expect(user.asked.map(nameOf)).toEqual([2, 3])
    expect(user.asked.every(({ kind }) => kind === STORAGE_KIND.proofRequest)).toBe(true)
  })

  test('tells the target when all rings ended, and ends when nobody answers', () => {
    const { user } = start(12)
    for (const ring of [0, 1, 2]) user.found(ring, found([1, 2, 3, 4]), NOW)
    expect(user.events).toEqual([{ kind: 'target', operationId: 1, wanted: 4 }])
    while (user.asked.length > 0) {
      const [next] = user.asked
      if (next) user.answer(next, undefined, NOW + MINUTE_MS)
    }
    expect(user.events.at(-1)).toMatchObject({
      kind: 'finished',
      outcome: 'short',
      held: 0,
      wanted: 4,
      clockOffsetMs: undefined,
    })
  })

  test('rings are given their roles in their order, and a late one is waited for a second only', () => {
    const { user } = start(13)
    user.found(1, found([1, 2, 3, 4]), NOW)
    expect(user.asked).toEqual([])
    user.wake(NOW + 1_000)
    expect(user.asked.map(nameOf)).toEqual([1, 2])
    user.found(0, found([2, 5, 6, 7]), NOW + 1_200)
    expect(user.asked.map(nameOf)).toEqual([1, 2, 5, 6])
  })

  test('the time of a receipt for what was held long before says nothing of the clock of its node', () => {
    const { user, signed, deposits } = start(15)
    const [owner] = found([1])
    if (!owner) throw new Error('an owner')
    const { issuer } = deposits
    const contact = { ...owner.contact, key: issuer.toKeyPair().publicKey }
    const proof = { tag: new Uint8Array(32), effort: 1, algorithm: 1 as const, formulaVersion: 200, solutions: [0] }
    const rest = { id: new Uint8Array(16), expiresAt: NOW }
    const claim = depositClaim(1, 1, signed.header)
    const fields = receiptFieldsOf(issuer.verifyKey, claim, { ...proof, ...rest }, NOW - 40 * MINUTE_MS)
    const held = { kind: STORAGE_KIND.receipt, body: encode(receipt, signReceipt(issuer, fields)) }
    user.found(0, [{ ...owner, contact, payloadAnswer: held }], NOW)
    for (const ring of [1, 2]) user.found(ring, [{ ...owner, contact }], NOW)
    expect(user.events.at(-1)).toMatchObject({ outcome: 'complete', held: 1, clockOffsetMs: undefined })
  })

  test('an own node among the holders is asked without a datagram', () => {
    const { user } = start(14)
    user.ownAnswer = { kind: STORAGE_KIND.refused, body: new Uint8Array(9) }
    const [self] = found([1])
    if (self) user.found(0, [{ ...self, isSelf: true }], NOW)
    expect(user.asked).toEqual([])
  })

  test('while our network is away and only our own node answers, no other node is given up', () => {
    const { user, signed, deposits, record } = start(15)
    const key = curveKeyOf(deposits.issuer.verifyKey)
    const [own, ...others] = found([1, 2, 3, 4])
    if (!key || !own) throw new Error('members')
    const self = { ...own, contact: { ...own.contact, key }, isSelf: true }
    const times = { acceptedAt: NOW, notAfter: signed.header.notAfter }
    const price = { seed: new Uint8Array(32), effort: 1, algorithm: 1 as const, formulaVersion: 200 }
    const fields = {
      issuer: deposits.issuer.verifyKey,
      recordId: recordIdOf(signed.header),
      operation: PAID_OPERATION.insert,
      counter: 0,
    }
    const held = signReceipt(deposits.issuer, { ...fields, ...price, ...times })
    user.ownAnswer = { kind: STORAGE_KIND.receipt, body: encode(receipt, held) }
    for (const now of [NOW, NOW + MINUTE_MS, NOW + 2 * MINUTE_MS]) {
      for (const ring of [0, 1, 2]) user.found(ring, [self, ...others], now)
      while (user.asked.length > 0) {
        const [next] = user.asked
        if (next) user.answer(next, undefined, now)
      }
      expect(user.events.at(-1)).toMatchObject({ kind: 'finished', outcome: 'short', held: 1 })
      user.client.insert(record, { algorithm: 1 }, now)
    }
    expect(user.rings.lookups.at(-1)?.options.avoid).toEqual(new Set())
  })
})
