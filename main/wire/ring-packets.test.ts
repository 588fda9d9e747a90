import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { AssertionError } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { PublicKey } from '../crypto/keys.ts'
import { decode, encode } from './codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from './extension-packet.ts'
import type { PackedNode } from './node-format.ts'
import {
  CLOSER_IN_ANSWER_MAX,
  helloRequest,
  helloResponse,
  type LookupResponse,
  leaveRequest,
  lookupRequest,
  lookupResponse,
  MEMBERS_IN_ANSWER_MAX,
  NOT_IN_ANSWER,
  PAYLOAD_BYTES_MAX,
  PREDECESSORS_MAX,
  RINGS_MAX,
  RingKind,
  stateRequest,
  stateResponse,
  SUCCESSORS_MAX,
} from './ring-packets.ts'

const IPV4 = new Address(Uint8Array.of(192, 0, 2, 7), 33_445)
const IPV6 = new Address(new Uint8Array(16).fill(0x20), 33_445)
const nothing = new Uint8Array(0)

function nodes(count: number, address = IPV4): PackedNode[] {
  return Array.from({ length: count }, (_, index) => ({
    publicKey: new PublicKey(new Uint8Array(32).fill(index + 1)),
    address,
  }))
}

function answer(changes: Partial<LookupResponse>): LookupResponse {
  const plain = { role: 1, isCatchingUp: false, selfIndex: NOT_IN_ANSWER, members: [], closer: [] } as const
  return { ...plain, token: nothing, payloadKind: 0, payload: nothing, ...changes }
}

test('every kind is a ring kind of its own', () => {
  const kinds = Object.values(RingKind)
  expect(new Set(kinds).size).toBe(kinds.length)
  expect(kinds.every((kind) => kind >= 0x01 && kind <= 0x3f)).toBe(true)
})

test('the answer to a greeting is never longer than the shortest greeting', () => {
  const shortest = encode(helloRequest, { role: 0, padding: new Uint8Array(19) })
  for (const seenAddress of [IPV4, IPV6]) {
    expect(encode(helloResponse, { role: 1, seenAddress }).length).toBeLessThanOrEqual(shortest.length)
  }
  expect(() => decode(helloRequest, shortest.subarray(1))).toThrow(DecodeError)
})

test('no lookup answer names more than 8 members and 4 nearer nodes', () => {
  const full = answer({ members: nodes(MEMBERS_IN_ANSWER_MAX, IPV6), closer: nodes(CLOSER_IN_ANSWER_MAX, IPV6) })
  expect(decode(lookupResponse, encode(lookupResponse, full))).toEqual(full)
  expect(encode(lookupResponse, full).length).toBeLessThanOrEqual(EXTENSION_BODY_BYTES_MAX)
  expect(() => encode(lookupResponse, answer({ members: nodes(9) }))).toThrow(AssertionError)
  const bytes = encode(lookupResponse, answer({ closer: nodes(4) }))
  // The count of nearer nodes stands behind role, flag, index and the count of members.
  expect(() => decode(lookupResponse, bytes.with(4, 5))).toThrow('list length out of bounds')
})

test('a lookup carries a payload of at most 900 bytes, and four hints of silent nodes', () => {
  const request = { role: 0, ring: 2, place: 2 ** 48 - 1, payloadKind: 0x40, padding: nothing } as const
  const longest = { ...request, silent: [], payload: new Uint8Array(PAYLOAD_BYTES_MAX) }
  expect(decode(lookupRequest, encode(lookupRequest, longest))).toEqual(longest)
  const tooLong = { ...request, silent: [], payload: new Uint8Array(PAYLOAD_BYTES_MAX + 1) }
  expect(() => encode(lookupRequest, tooLong)).toThrow(AssertionError)
  const silent = Array.from({ length: 5 }, () => new Uint8Array(8))
  expect(() => encode(lookupRequest, { ...request, silent, payload: nothing })).toThrow(AssertionError)
})

test('the full state of one ring fits a datagram, whatever the addresses', () => {
  for (const address of [IPV4, IPV6]) {
    const state = { predecessors: nodes(PREDECESSORS_MAX, address), successors: nodes(SUCCESSORS_MAX, address) }
    const response = {
      role: 1,
      seenAddress: address,
      answers: [{ ring: 0, isCut: false, state: { ...state, seesAll: false } }],
    } as const
    const bytes = encode(stateResponse, response)
    expect(bytes.length).toBeLessThanOrEqual(EXTENSION_BODY_BYTES_MAX)
    expect(decode(stateResponse, bytes)).toEqual(response)
  }
})

test('an answer about a ring is unchanged, a state, or cut, and nothing else', () => {
  const unchanged = { ring: 0, isCut: false, state: undefined }
  const cut = { ring: 1, isCut: true, state: undefined }
  const response = { role: 0, seenAddress: IPV4, answers: [unchanged, cut] } as const
  const bytes = encode(stateResponse, response)
  expect(decode(stateResponse, bytes)).toEqual(response)
  expect(() => decode(stateResponse, bytes.with(bytes.length - 1, 3))).toThrow('unknown value')
})

test('a state request asks about 8 rings at most, and what it pads is not read', () => {
  const question = { ring: 0, digest: new Uint8Array(8), knownDigest: new Uint8Array(8) }
  const questions = Array.from({ length: RINGS_MAX }, () => question)
  const request = { role: 1, questions, padding: Uint8Array.of(1, 2, 3) } as const
  expect(decode(stateRequest, encode(stateRequest, request))).toEqual(request)
  expect(() => encode(stateRequest, { ...request, questions: [...questions, question] })).toThrow(AssertionError)
})

test('who leaves stops or becomes a client', () => {
  expect(() => decode(leaveRequest, Uint8Array.of(2))).toThrow(DecodeError)
  expect(() => decode(leaveRequest, nothing)).toThrow(DecodeError)
  expect(decode(leaveRequest, Uint8Array.of(1))).toEqual({ reason: 1 })
})
