import { expect, test } from 'vitest'
import { CheckAgenda } from './check-agenda.ts'
import { testPeer } from './test-peers.ts'

test('peers come in the order of their checks, each once', () => {
  const subject = new CheckAgenda(() => true)
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
  const subject = new CheckAgenda(() => true)
  const peer = testPeer(1)
  subject.schedule(peer, 5_000)
  subject.schedule(peer, 1_000)
  expect(subject.take(1_000)).toEqual([peer])
  expect(subject.nextAt).toBe(Number.POSITIVE_INFINITY)
})

test('a check that is put off waits for its new time, however it was put off', () => {
  const subject = new CheckAgenda(() => true)
  const [scheduled, moved] = [testPeer(1), testPeer(2)]
  for (const peer of [scheduled, moved]) subject.schedule(peer, 1_000)
  subject.schedule(scheduled, 4_000)
  moved.nextCheckAt = 3_000
  expect(subject.nextAt).toBe(3_000)
  expect(subject.take(4_000)).toEqual([moved, scheduled])
})

test('who was taken comes back when it is scheduled again', () => {
  const subject = new CheckAgenda(() => true)
  const peer = testPeer(1)
  subject.schedule(peer, 1_000)
  expect(subject.take(1_000)).toEqual([peer])
  subject.schedule(peer, 9_000)
  expect(subject.nextAt).toBe(9_000)
})

test('peers whose checks are brought forward without end do not make it grow', () => {
  const subject = new CheckAgenda(() => true)
  const peers = Array.from({ length: 10 }, (_, index) => testPeer(index))
  for (let now = 0; now < 20_000; now += 1) {
    for (const peer of peers) subject.schedule(peer, now + 900_000)
    for (const peer of peers) subject.schedule(peer, now)
    expect(subject.take(now)).toEqual(peers)
    expect(subject.entryCount).toBeLessThanOrEqual(256)
  }
  for (const peer of peers) subject.schedule(peer, 2_000_000)
  expect(subject.nextAt).toBe(2_000_000)
  expect(subject.take(2_000_000)).toEqual(peers)
})

test('peers that were given up are thrown out, and may come back', () => {
  const known = new Set(Array.from({ length: 40 }, (_, index) => testPeer(index)))
  const subject = new CheckAgenda((peer) => known.has(peer))
  const gone = Array.from({ length: 2_000 }, (_, index) => testPeer(1_000 + index))
  for (const peer of known) subject.schedule(peer, 3_000)
  for (const peer of gone) subject.schedule(peer, 1_000)
  expect(subject.entryCount).toBeLessThanOrEqual(256)
  const [returned] = gone
  if (!returned) throw new Error('there is one')
  known.add(returned)
  subject.schedule(returned, 2_000)
  expect(subject.take(2_000)).toContain(returned)
  expect(subject.take(3_000)).toEqual([...known].filter((peer) => peer !== returned))
})
