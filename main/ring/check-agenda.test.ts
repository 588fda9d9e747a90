import { expect, test } from 'vitest'
import { CheckAgenda } from './check-agenda.ts'
import { testPeer } from './test-peers.ts'

test('peers come in the order of their checks, each once', () => {
  const subject = new CheckAgenda()
  const [first, second, third] = [testPeer(1), testPeer(2), testPeer(3)]
  subject.schedule(third, 3_000)
  subject.schedule(first, 1_000)
  subject.schedule(second, 2_000)
  expect(subject.nextAt).toBe(1_000)
  expect(subject.take(2_000)).toEqual([first, second])
  expect(subject.nextAt).toBe(3_000)
  expect(subject.take(2_999)).toEqual([])
  expect(subject.take(3_000)).toEqual([third])
  expect(subject.nextAt).toBe(Number.POSITIVE_INFINITY)
})

test('a check that is wanted sooner comes sooner, and not again at its old time', () => {
  const subject = new CheckAgenda()
  const peer = testPeer(1)
  subject.schedule(peer, 5_000)
  subject.schedule(peer, 1_000)
  expect(subject.take(1_000)).toEqual([peer])
  expect(subject.nextAt).toBe(Number.POSITIVE_INFINITY)
})

test('a check that is put off waits for its new time, however it was put off', () => {
  const subject = new CheckAgenda()
  const [scheduled, moved] = [testPeer(1), testPeer(2)]
  for (const peer of [scheduled, moved]) subject.schedule(peer, 1_000)
  subject.schedule(scheduled, 4_000)
  moved.nextCheckAt = 3_000
  expect(subject.nextAt).toBe(3_000)
  expect(subject.take(4_000)).toEqual([moved, scheduled])
})

test('who was taken comes back when it is scheduled again', () => {
  const subject = new CheckAgenda()
  const peer = testPeer(1)
  subject.schedule(peer, 1_000)
  expect(subject.take(1_000)).toEqual([peer])
  subject.schedule(peer, 9_000)
  expect(subject.nextAt).toBe(9_000)
})
