import { expect, test } from 'vitest'
import type { LookupResponse } from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import { isHinted, Lookup, type LookupPlan, type LookupSeed } from './lookup.ts'
import { testContact, testKey } from './test-peers.ts'

const PLACE = 5_000
const SELF = 99

/** Node n stands at place 100 n. */
const placeOf = (key: { readonly bytes: Uint8Array }) =>
  (new DataView(key.bytes.buffer, key.bytes.byteOffset).getUint32(0) - 1) * 100

function lookup(seeds: readonly (number | [number, 'named'])[], plan: Partial<LookupPlan> = {}): Lookup {
  const toSeed = (seed: number | [number, 'named']): LookupSeed =>
    typeof seed === 'number'
      ? { contact: testContact(seed), isNamed: false }
      : { contact: testContact(seed[0]), isNamed: true }
  const defaults = {
    place: PLACE,
    selfKey: testKey(SELF),
    isSelfStorage: false,
    placeOf,
    meanGap: 100,
    knownShare: 0,
    isAvoided: () => false,
    isDoubtful: () => false,
  }
  return new Lookup({ ...defaults, seeds: seeds.map(toSeed), ...plan })
}

function answer(parts: {
  self?: number
  members?: number[]
  closer?: number[]
  role?: 0 | 1
  token?: number
}): LookupResponse {
  const nodes = (numbers: number[] = []) =>
    numbers.map((number) => ({ publicKey: testKey(number), address: testContact(number).address }))
  return {
    role: parts.role ?? 1,
    isCatchingUp: false,
    selfIndex: parts.self ?? 255,
    members: nodes(parts.members),
    closer: nodes(parts.closer),
    token: Uint8Array.of(parts.token ?? 0),
    payloadKind: 0,
    payload: new Uint8Array(0),
  }
}

function numberOf(contact: Contact | undefined): number | undefined {
  return contact && placeOf(contact.key) / 100
}

function ask(subject: Lookup): number | undefined {
  return numberOf(subject.next()?.contact)
}

function ownerOf(subject: Lookup): number | undefined {
  return numberOf(subject.result()?.members[0]?.contact)
}

test('asks who stands just after the place at once, and takes its word if it is the owner', () => {
  const subject = lookup([40, 51, 60])
  const step = subject.next()
  expect([numberOf(step?.contact), step?.isOwnerGuess]).toEqual([51, true])
  subject.recordAnswer(testContact(51), answer({ self: 0, members: [52, 53], token: 7 }))
  const result = subject.result()
  expect(result?.members.map(({ contact }) => numberOf(contact))).toEqual([51, 52, 53])
  expect(result?.members[0]).toMatchObject({ hasAnswered: true, token: Uint8Array.of(7) })
  expect(result?.members[1]).toMatchObject({ hasAnswered: false })
  expect(result?.hopCount).toBe(1)
})

test('who knows most nodes of a ring asks the next one that it knows from further off', () => {
  expect(ask(lookup([45, 53], { knownShare: 0 }))).toBe(45)
  expect(ask(lookup([45, 53], { knownShare: 0.6 }))).toBe(53)
  // Even who thinks that it knows all does not ask a node that stands implausibly far behind.
  expect(ask(lookup([45, 54], { knownShare: 1 }))).toBe(54)
  expect(ask(lookup([45, 55], { knownShare: 1 }))).toBe(45)
})

test('otherwise asks the nearest before the place, which names the owner', () => {
  const subject = lookup([40, 45, 70])
  expect(ask(subject)).toBe(45)
  subject.recordAnswer(testContact(45), answer({ members: [50, 51, 52] }))
  const step = subject.next()
  expect([numberOf(step?.contact), step?.isOwnerGuess]).toEqual([50, true])
  expect(subject.result()).toBeUndefined()
  subject.recordAnswer(testContact(50), answer({ self: 0, members: [51, 52] }))
  expect([ownerOf(subject), subject.result()?.hopCount]).toEqual([50, 2])
})

test('a payload goes only to who is near or named: others on the path see no more than the place', () => {
  const subject = lookup([10])
  expect(subject.next()?.isOwnerGuess).toBe(false)
})

test('a node that knows a nearer one does not end the lookup', () => {
  const subject = lookup([51])
  ask(subject)
  subject.recordAnswer(testContact(51), answer({ self: 1, members: [50, 52] }))
  expect(subject.result()).toBeUndefined()
  expect(ask(subject)).toBe(50)
})

test('when the owner stays silent the next takes its place, and is told whom to leave out', () => {
  const subject = lookup([
    [50, 'named'],
    [51, 'named'],
  ])
  expect(ask(subject)).toBe(50)
  subject.recordSilence(testContact(50))
  const step = subject.next()
  expect(numberOf(step?.contact)).toBe(51)
  expect(step && isHinted(step.silent, testKey(50))).toBe(true)
  // It does not know yet that the other is gone, and says so; that is enough.
  subject.recordAnswer(testContact(51), answer({ self: 1, members: [50, 52] }))
  expect(ownerOf(subject)).toBe(51)
  expect(subject.result()?.members.map(({ contact }) => numberOf(contact))).toEqual([51, 52])
})

test('while the owner keeps us waiting somebody else is asked, and its late answer counts all the same', () => {
  const subject = lookup([[50, 'named'], [51, 'named'], 45])
  ask(subject)
  expect(ask(subject)).toBe(51)
  subject.recordAnswer(testContact(51), answer({ self: 1, members: [50] }))
  expect(subject.result()).toBeUndefined()
  subject.recordAnswer(testContact(50), answer({ self: 0, members: [51] }))
  expect(ownerOf(subject)).toBe(50)
})

test('a claim from far behind the place needs the word of somebody else', () => {
  const subject = lookup([40, 70], { meanGap: 100 })
  expect(ask(subject)).toBe(40)
  subject.recordAnswer(testContact(40), answer({ closer: [45, 70] }))
  expect(ask(subject)).toBe(45)
  subject.recordSilence(testContact(45))
  expect(ask(subject)).toBe(70)
  subject.recordAnswer(testContact(70), answer({ self: 0 }))
  // Nobody is left who could contradict it.
  expect(ownerOf(subject)).toBe(70)

  const other = lookup([[70, 'named'], 48], { meanGap: 100 })
  expect(ask(other)).toBe(70)
  other.recordAnswer(testContact(70), answer({ self: 0 }))
  expect(ownerOf(other)).toBe(70)
})

test('a liar that claims the place is passed over for a nearer node that answers', () => {
  const subject = lookup([51, 50])
  expect(ask(subject)).toBe(50)
  subject.next()
  subject.recordAnswer(testContact(51), answer({ self: 0, members: [90, 91] }))
  expect(subject.result()).toBeUndefined()
  subject.recordAnswer(testContact(50), answer({ self: 0, members: [51] }))
  expect(ownerOf(subject)).toBe(50)
})

test('where so many are gone that the next sees nobody before them, a node before the place vouches for it', () => {
  const subject = lookup([45])
  ask(subject)
  subject.recordAnswer(testContact(45), answer({ members: [50, 51, 52, 53] }))
  for (const number of [50, 51]) {
    expect(ask(subject)).toBe(number)
    subject.recordSilence(testContact(number))
  }
  expect(ask(subject)).toBe(52)
  subject.recordAnswer(testContact(52), answer({ closer: [45] }))
  expect(subject.result()?.members.map(({ contact }) => numberOf(contact))).toEqual([52, 53])

  // Nobody is gone: then it stands too far behind the place to be believed.
  const other = lookup([45])
  ask(other)
  other.recordAnswer(testContact(45), answer({ members: [52, 53] }))
  ask(other)
  other.recordAnswer(testContact(52), answer({ closer: [45] }))
  expect(other.result()).toBeUndefined()
})

test('where everybody before us is gone the place is ours, if others say so', () => {
  const subject = lookup([45], { selfKey: testKey(51), isSelfStorage: true })
  ask(subject)
  subject.recordAnswer(testContact(45), answer({ members: [50, 51, 52] }))
  expect(ask(subject)).toBe(50)
  expect(subject.result()).toBeUndefined()
  subject.recordSilence(testContact(50))
  const members = subject.result()?.members ?? []
  expect(members.map(({ contact, isSelf }) => [numberOf(contact), isSelf])).toEqual([
    [51, true],
    [52, false],
  ])
})

test('a client that is named does not count', () => {
  const subject = lookup([
    [50, 'named'],
    [51, 'named'],
  ])
  ask(subject)
  subject.recordAnswer(testContact(50), answer({ role: 0 }))
  expect(ask(subject)).toBe(51)
  subject.recordAnswer(testContact(51), answer({ self: 1, members: [50] }))
  expect(ownerOf(subject)).toBe(51)
})

test('nodes to be avoided are neither asked nor counted', () => {
  const subject = lookup(
    [
      [50, 'named'],
      [51, 'named'],
    ],
    { isAvoided: (key) => key.equals(testKey(50)) },
  )
  expect(ask(subject)).toBe(51)
  subject.recordAnswer(testContact(51), answer({ self: 1, members: [50, 52] }))
  expect(subject.result()?.members.map(({ contact }) => numberOf(contact))).toEqual([51, 52])
})

test('who was silent a moment ago is asked only when nobody else is left', () => {
  const subject = lookup(
    [
      [50, 'named'],
      [51, 'named'],
    ],
    { isDoubtful: ({ key }) => key.equals(testKey(50)) },
  )
  expect(ask(subject)).toBe(51)
  subject.recordSilence(testContact(51))
  expect(subject.isExhausted(0)).toBe(false)
  expect(ask(subject)).toBe(50)
  subject.recordAnswer(testContact(50), answer({ self: 0 }))
  expect(ownerOf(subject)).toBe(50)
})

test('ourselves among the named members are marked, and never asked', () => {
  const subject = lookup([[50, 'named']])
  ask(subject)
  subject.recordAnswer(testContact(50), answer({ self: 0, members: [SELF, 51] }))
  const members = subject.result()?.members ?? []
  expect(members.map(({ isSelf }) => isSelf)).toEqual([false, false, true])
  expect(ask(subject)).toBe(51)
  expect(ask(subject)).toBeUndefined()
})

test('ends after 24 requests, whatever it is told', () => {
  const subject = lookup([1])
  let asked = 0
  for (let next = subject.next(); next; next = subject.next()) {
    asked += 1
    const number = numberOf(next.contact) ?? 0
    subject.recordAnswer(next.contact, answer({ closer: [number + 1, number + 2, number + 3] }))
  }
  expect(asked).toBe(24)
  expect(subject.isExhausted(0)).toBe(true)
  expect(subject.result()).toBeUndefined()
})
