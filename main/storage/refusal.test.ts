import { expect, test } from 'vitest'
import { decode, encode } from '../wire/codec.ts'
import { refusalBody } from '../wire/storage-proof.ts'
import { isRefusal, refusalBodyOf, refusalFrom, refuse } from './refusal.ts'

test('every reason crosses the wire with its retry time; codes of a later version are no reason', () => {
  const known = Array.from({ length: 256 }, (_, code) => refusalFrom({ code, retryAfterSeconds: 90, nodeTime: 0 }))
  const refusals = known.filter((refusal) => refusal !== undefined)
  expect(refusals.length).toBe(34)
  for (const refusal of refusals) {
    const body = decode(refusalBody, encode(refusalBody, refusalBodyOf(refusal, 1_767_225_600_123)))
    expect(refusalFrom(body)).toEqual(refusal)
    expect(body.nodeTime).toBe(1_767_225_600_000)
  }
  expect(known[255]).toBeUndefined()
})

test('says when to try again where that can help, and nothing where it cannot', () => {
  expect(refuse('full').retryAfterMs).toBeGreaterThan(0)
  expect(refuse('tooLarge')).toEqual({ kind: 'refused', reason: 'tooLarge' })
  expect(refuse('diskFailing', 1_234)).toEqual({ kind: 'refused', reason: 'diskFailing', retryAfterMs: 1_234 })
  expect(refusalFrom(refusalBodyOf(refuse('tooLarge'), 0))).toEqual(refuse('tooLarge'))
})

test('a refusal is told from other outcomes', () => {
  expect(isRefusal(refuse('full'))).toBe(true)
  for (const other of [undefined, null, 'refused', { kind: 'stored' }]) expect(isRefusal(other)).toBe(false)
})
