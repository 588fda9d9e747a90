import { expect, test } from 'vitest'
import { TailProbe } from './tail-probe.ts'

test('is due a round trip and some after the last packet, once more after twice that, and then no more', () => {
  const probe = new TailProbe()
  expect(probe.dueAt).toBe(Number.POSITIVE_INFINITY)
  probe.noteSent(60, 1_000)
  probe.noteSent(60, 1_010)
  expect(probe.dueAt).toBe(1_110)
  probe.noteProbed(1_110)
  expect(probe.dueAt).toBe(1_310)
  probe.noteProbed(1_310)
  expect(probe.dueAt).toBe(Number.POSITIVE_INFINITY)
})

test('is not due when the peer has the packet', () => {
  const probe = new TailProbe()
  probe.noteSent(60, 1_000)
  probe.cancel()
  expect(probe.dueAt).toBe(Number.POSITIVE_INFINITY)
})
