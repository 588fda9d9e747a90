import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { decodePacketRequest, encodePacketRequest } from './packet-request.ts'

/** Packets from `start` on: true is one that came. */
function received(start: number, came: readonly boolean[]) {
  return { start, end: start + came.length, has: (number: number) => came[number - start] === true }
}

/** The rule of tox-wire.md 4.3 in the plainest form: walk the numbers, counting from the last one named. */
function slowDecode(request: Uint8Array, recvStart: number, end: number) {
  const bytes = Array.from(request.subarray(1))
  const missing: number[] = []
  const came: number[] = []
  let pending: number[] = []
  let distance = 0
  for (let number = recvStart; number < end && bytes.length > 0; number += 1) {
    distance += 1
    if (distance === bytes[0]) {
      missing.push(number)
      came.push(...pending)
    } else {
      pending.push(number)
      if (distance !== 255 || bytes[0] !== 0) continue
      came.push(...pending)
    }
    pending = []
    bytes.shift()
    distance = 0
  }
  return { missing, came }
}

/** Long runs of either kind, so that distances above 255 occur. */
const runs = fc
  .array(
    fc.record({ came: fc.boolean(), length: fc.oneof(fc.nat(5), fc.integer({ min: 250, max: 260 }), fc.nat(900)) }),
    {
      maxLength: 12,
    },
  )
  .map((list) => list.flatMap(({ came, length }) => Array.from({ length }, () => came)))

test('the examples of the description', () => {
  expect(encodePacketRequest(received(7, []))).toEqual(Uint8Array.of(1))
  expect(encodePacketRequest(received(7, [false]))).toEqual(Uint8Array.of(1, 1))
  const none = Array.from({ length: 300 }, () => false)
  expect(encodePacketRequest(received(7, none))).toEqual(Uint8Array.of(1, ...none.map(() => 1)))
  const farGap = [...Array.from({ length: 255 }, () => true), false]
  expect(encodePacketRequest(received(0, farGap))).toEqual(Uint8Array.of(1, 0, 1))
  expect(encodePacketRequest(received(0, [...farGap.slice(1), false]))).toEqual(Uint8Array.of(1, 255, 1))
})

test('who reads a request knows each missing packet, and takes none for received that is missing', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 34), runs, (start, came) => {
      const request = encodePacketRequest(received(start, came))
      const { missing, until } = decodePacketRequest(request, start, start + came.length)
      const gaps = came.flatMap((hasCome, index) => (hasCome ? [] : [start + index]))
      expect(request.length).toBeLessThanOrEqual(1_373)
      expect(missing).toEqual(request.length < 1_373 ? gaps : gaps.slice(0, missing.length))
      expect(until).toBeLessThanOrEqual(start + came.length)
      expect(gaps.filter((gap) => gap < until)).toEqual(missing)
    }),
    { seed: propertySeed(), numRuns: 300 },
  )
})

test('any bytes read as the plain rule reads them', () => {
  const small = fc.uint8Array({ maxLength: 60 })
  const zeros = fc.array(fc.constantFrom(0, 1, 254, 255), { maxLength: 60 }).map((list) => Uint8Array.from(list))
  fc.assert(
    fc.property(fc.oneof(small, zeros), fc.nat(8_000), (bytes, span) => {
      const request = Uint8Array.of(1, ...bytes)
      const { missing, until } = decodePacketRequest(request, 100, 100 + span)
      const slow = slowDecode(request, 100, 100 + span)
      expect(missing).toEqual(slow.missing)
      const came = Array.from({ length: until - 100 }, (_, index) => 100 + index)
      expect(came.filter((number) => !missing.includes(number))).toEqual(slow.came)
    }),
    { seed: propertySeed(), numRuns: 500 },
  )
})

test('a request is cut at the largest packet', () => {
  const request = encodePacketRequest(
    received(
      0,
      Array.from({ length: 5_000 }, () => false),
    ),
  )
  expect(request.length).toBe(1_373)
  expect(decodePacketRequest(request, 0, 5_000)).toEqual({
    missing: Array.from({ length: 1_372 }, (_, index) => index),
    until: 1_372,
  })
})
