import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { decode, encode } from '../wire/codec.ts'
import {
  getCommand,
  type ListedSlot,
  listing,
  mailboxRequest,
  STORAGE_KIND,
  standing,
} from '../wire/storage-packets.ts'
import type { RecordHeader } from '../wire/storage-record.ts'
import { cancelledEntry, signHeader } from './record.ts'
import { type AskedRequest, TestClient } from './test-client.ts'
import { TEST_NOW, TestDeposits } from './test-deposits.ts'
import { testMembers } from './test-members.ts'

beforeAll(() => sodiumReady)

const NOW = TEST_NOW
const TOKEN = new Uint8Array(16).fill(3)
const WATCHED = Array.from({ length: 20 }, (_, index) => 100 + index)

type Says = (member: number, request: AskedRequest) => readonly ListedSlot[] | 'proof' | 'nothing'

function held({ slot, revision, bodyHash, length, notAfter }: RecordHeader): ListedSlot {
  return { kind: 'held', slot, revision, bodyHash, length, notAfter, counter: 0 }
}

/** A sender with one record in slot 0, whose status the nodes 1 to 4 (of one ring) answer as `says` has it. */
function createSender(seed: number) {
  const user = new TestClient(seed)
  const deposits = new TestDeposits(seed)
  const header = deposits.header({}, NOW)
  const other = deposits.header({ slot: 110 }, NOW)
  const proof = encode(standing, { kind: 'record', signed: signHeader(deposits.mailbox, other) })
  const status = (says: Says): void => {
    user.client.status(deposits.mailbox, [header], { watchedSlots: WATCHED }, NOW)
    const members = testMembers([1, 2, 3, 4]).map((member): FoundMember => ({ ...member, token: TOKEN }))
    user.found(0, members, NOW)
    for (const ring of [1, 2]) user.found(ring, [], NOW)
    for (let next = user.asked[0]; next; next = user.asked[0]) {
      const said = says(next.to.address.ip[2] ?? 0, next)
      if (said === 'proof') user.answer(next, { kind: STORAGE_KIND.standing, body: proof }, NOW)
      else if (said === 'nothing') user.answer(next, { kind: STORAGE_KIND.refused, body: new Uint8Array(9) }, NOW)
      else {
        const page = { isLast: true, slots: said, record: undefined }
        user.answer(next, { kind: STORAGE_KIND.listing, body: encode(listing, page) }, NOW)
      }
    }
  }
  return { user, deposits, header, other, status }
}

test('a liar that lists whatever it likes uses up no proof that an honest node could give', () => {
  const { user, other, status } = createSender(1)
  const invented = WATCHED.map((slot) => held({ ...other, slot, bodyHash: new Uint8Array(32).fill(slot) }))
  const askedOf = new Map<number, number>()
  status((member, { kind, body }) => {
    if (kind === STORAGE_KIND.fetch) return member === 1 ? invented : [held(other)]
    askedOf.set(member, (askedOf.get(member) ?? 0) + 1)
    const { slot } = decode(getCommand, decode(mailboxRequest, body).command)
    return member !== 1 && slot === other.slot ? 'proof' : 'nothing'
  })
  const stale = user.events.filter(({ kind }) => kind === 'stale')
  expect(stale).toHaveLength(3)
  expect(stale[0]).toMatchObject({ slot: other.slot, bodyHash: other.bodyHash })
  expect(askedOf.get(1)).toBe(4)
  const holders = testMembers([2, 3, 4]).map(({ contact }) => contact.key)
  expect(user.events.at(-1)).toMatchObject({ operation: 'status', slots: [{ slot: other.slot, holders }] })
})

test('once one node shows the tombstone nobody counts as a holder of what it is for', () => {
  const { user, deposits, header, status } = createSender(2)
  const entry = cancelledEntry(deposits.mailbox, header.slot, header.bodyHash)
  status((member) => (member === 4 ? [{ kind: 'gone', revision: 0, entry }] : [held(header)]))
  const finished = user.events.at(-1)
  expect(finished).toMatchObject({ operation: 'status', slots: [{ slot: 0, tombstone: entry, holders: [] }] })
})

test('a tombstone that nobody signed takes no holder away', () => {
  const { user, header, status } = createSender(3)
  const entry = cancelledEntry(new TestDeposits(99).mailbox, header.slot, header.bodyHash)
  status((member) => (member === 4 ? [{ kind: 'gone', revision: 0, entry }] : [held(header)]))
  const holders = testMembers([1, 2, 3]).map(({ contact }) => contact.key)
  expect(user.events.at(-1)).toMatchObject({ slots: [{ slot: 0, tombstone: undefined, holders }] })
})

test('what lies in a watched slot is shown only as its header has it', () => {
  const { user, other, status } = createSender(4)
  const entry = cancelledEntry(new TestDeposits(98).mailbox, other.slot, other.bodyHash)
  const invented = held({ ...other, bodyHash: new Uint8Array(32).fill(7) })
  status((member, { kind }) => {
    if (kind !== STORAGE_KIND.fetch) return 'proof'
    return member === 1 ? [{ kind: 'gone', revision: 0, entry }] : [invented]
  })
  expect(user.events.filter(({ kind }) => kind === 'stale')).toHaveLength(4)
  expect(user.events.at(-1)).toMatchObject({ operation: 'status', slots: [] })
})
