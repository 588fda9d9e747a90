import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { toHex } from '../base/bytes.ts'
import { propertySeed } from '../base/test-seed.ts'
import { PublicKey } from '../crypto/keys.ts'
import { type Codec, decode, encode } from './codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from './extension-packet.ts'
import {
  carryRequest,
  carryResponse,
  deliverRequest,
  deliverResponse,
  helloRequest,
  helloResponse,
  leaveRequest,
  leaveResponse,
  lookupRequest,
  lookupResponse,
  outcomeRequest,
  outcomeResponse,
  rangeChange,
  RingKind,
  seenAddress,
  stateRequest,
  stateResponse,
  tokenRequest,
  tokenResponse,
} from './ring-packets.ts'

const KEY = new PublicKey(Uint8Array.from({ length: 32 }, (_, at) => at))
const IPV4 = new Address(Uint8Array.of(198, 18, 0, 1), 33_445)
const IPV6 = new Address(Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 33_445)
const NODE = { publicKey: KEY, address: IPV4 }
const NODE_HEX = `02C612000182A5${toHex(KEY.bytes)}`

test('a request and its answer are kinds next to each other, all of them ring kinds', () => {
  const kinds = Object.values(RingKind)
  expect(new Set(kinds).size).toBe(kinds.length)
  expect(kinds.every((kind) => kind >= 0x01 && kind <= 0x3f)).toBe(true)
  for (const [name, kind] of Object.entries(RingKind)) {
    if (!name.endsWith('Request')) continue
    expect(Object.entries(RingKind)).toContainEqual([name.replace('Request', 'Response'), kind + 1])
  }
})

test.each([
  ['hello request', () => encode(helloRequest, { role: 1, padding: new Uint8Array(19) }), `01${'00'.repeat(19)}`],
  ['hello response', () => encode(helloResponse, { role: 0, seenAddress: IPV4 }), '0002C612000182A5'],
  ['leave request', () => encode(leaveRequest, { reason: 1 }), '01'],
  ['range change', () => encode(rangeChange, { ring: 2, from: 0x010203040506 }), '02010203040506'],
  [
    'state request',
    () =>
      encode(stateRequest, {
        role: 1,
        questions: [{ ring: 1, digest: new Uint8Array(8).fill(0xaa), knownDigest: new Uint8Array(8) }],
        padding: new Uint8Array(2),
      }),
    `010101${'AA'.repeat(8)}${'00'.repeat(8)}0000`,
  ],
  [
    'state response',
    () =>
      encode(stateResponse, {
        role: 1,
        seenAddress: IPV4,
        answers: [
          { ring: 0, isCut: false, state: undefined },
          { ring: 1, isCut: false, state: { predecessors: [NODE], successors: [], seesAll: true } },
          { ring: 2, isCut: true, state: undefined },
        ],
      }),
    `0102C612000182A50300000101` + `01${NODE_HEX}0001` + '0202',
  ],
  [
    'lookup request',
    () =>
      encode(lookupRequest, {
        role: 0,
        ring: 2,
        place: 0x0102030405ff,
        silent: [new Uint8Array(8).fill(0xbb)],
        payloadKind: 0x41,
        payload: Uint8Array.of(1, 2),
        padding: new Uint8Array(1),
      }),
    `00020102030405FF01${'BB'.repeat(8)}41000201` + '0200',
  ],
  [
    'lookup response',
    () =>
      encode(lookupResponse, {
        role: 1,
        isCatchingUp: true,
        selfIndex: 0,
        members: [NODE],
        closer: [],
        token: Uint8Array.of(7),
        payloadKind: 0x42,
        payload: Uint8Array.of(9),
      }),
    `01010001${NODE_HEX}0000010742000109`,
  ],
])('%s has the layout of its table', (_name, encoded, hex) => {
  expect(toHex(encoded())).toBe(hex)
})

test('a hello is never shorter than its answer', () => {
  const request = encode(helloRequest, { role: 1, padding: new Uint8Array(19) })
  expect(encode(helloResponse, { role: 1, seenAddress: IPV6 }).length).toBeLessThanOrEqual(request.length)
})

test('the longest answers fit one datagram', () => {
  const node = { publicKey: KEY, address: IPV6 }
  const state = {
    predecessors: Array.from({ length: 4 }, () => node),
    successors: Array.from({ length: 16 }, () => node),
    seesAll: false,
  }
  const answers = [{ ring: 0, isCut: false, state }]
  expect(encode(stateResponse, { role: 1, seenAddress: IPV6, answers }).length).toBeLessThanOrEqual(
    EXTENSION_BODY_BYTES_MAX,
  )
  const members = Array.from({ length: 8 }, () => node)
  const lookup = {
    role: 1,
    isCatchingUp: false,
    selfIndex: 0,
    members,
    closer: [],
    payloadKind: 0,
    payload: new Uint8Array(0),
  } as const
  expect(encode(lookupResponse, { ...lookup, token: new Uint8Array(64) }).length).toBeLessThanOrEqual(
    EXTENSION_BODY_BYTES_MAX,
  )
})

test.each([
  ['a role of 2', helloResponse, '0202C612000182A5'],
  ['an unknown address family', helloResponse, '0103C612000182A5'],
  ['seventeen successors', stateResponse, `0102C612000182A5010101001${'1'}`],
  ['nine members', lookupResponse, '01000009'],
  ['a hello too short to be answered', helloRequest, '01'],
])('%s is refused', (_what, codec, hex) => {
  const input = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
  expect(() => decode(codec as Codec<unknown>, input)).toThrow(DecodeError)
})

const CODECS: readonly Codec<unknown>[] = [
  helloRequest,
  helloResponse,
  stateRequest,
  stateResponse,
  leaveRequest,
  leaveResponse,
  rangeChange,
  lookupRequest,
  lookupResponse,
  carryRequest,
  carryResponse,
  deliverRequest,
  deliverResponse,
  tokenRequest,
  tokenResponse,
  outcomeRequest,
  outcomeResponse,
  seenAddress,
] as readonly Codec<unknown>[]

test('any bytes are a value or a DecodeError, and a value gives its bytes back', () => {
  const property = fc.property(
    fc.integer({ min: 0, max: CODECS.length - 1 }),
    fc.uint8Array({ maxLength: 200 }),
    (which, input) => {
      const codec = CODECS[which]
      if (!codec) return
      try {
        expect(toHex(encode(codec, decode(codec, input)))).toBe(toHex(input))
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
      }
    },
  )
  fc.assert(property, { seed: propertySeed(), numRuns: 2_000 })
})
