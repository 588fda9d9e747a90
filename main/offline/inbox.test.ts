import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { Counters } from '../base/counters.ts'
import { MINUTE_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { encodeContent } from './content.ts'
import { Inbox } from './inbox.ts'
import { Meeting } from './meeting.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady

function desk() {
  const world = new TestFriend(1)
  const counters = new Counters()
  const inbox = new Inbox({ journal: world.journal, random: world.random, counters })
  const { friend } = world
  friend.meeting = new Meeting({ wantsNew: true, epochs: [] }, world.random, 0)
  const shown = (): string[] => {
    world.journal.commit()
    return world.sink.messages.flatMap((change) => {
      if (change.kind === 'missing') return [`missing ${change.sequence}`]
      if (change.kind !== 'incoming') return []
      const { content } = change
      return [content.kind === 'file' ? `file of ${content.bytes.length}` : String.fromCharCode(...content.text)]
    })
  }
  return { world, friend, inbox, counters, shown }
}

function message(id: number, sequence: number, text: string) {
  const content = encodeContent({ kind: 'text', text: utf8Encode(text) })
  return { messageId: new Uint8Array(16).fill(id), sequence, sentAtMs: 5, content }
}

function follows(id: number, sequence: number) {
  return { subType: 3 as const, messageId: new Uint8Array(16).fill(id), sequence, sentAtMs: 5 }
}

test('a message is shown once, whichever way and however often it comes', () => {
  const { friend, inbox, shown } = desk()
  expect(inbox.accept(friend, message(1, 1, 'once'), 0)).toBe(true)
  expect(inbox.accept(friend, message(1, 1, 'once'), 0)).toBe(true)
  inbox.handleFollows(friend, follows(1, 1))
  expect(inbox.handleMessage(friend, 'message', utf8Encode('once'), 0)).toEqual(new Uint8Array(16).fill(1))
  expect(shown()).toEqual(['once'])
})

test('the id belongs to the next message only; one without is a plain client’s', () => {
  const { friend, inbox, shown } = desk()
  inbox.handleFollows(friend, follows(1, 1))
  inbox.handleFollows(friend, follows(2, 1))
  expect(inbox.handleMessage(friend, 'message', utf8Encode('first'), 0)).toEqual(new Uint8Array(16).fill(2))
  expect(inbox.handleMessage(friend, 'action', utf8Encode('second'), 0)).toBeUndefined()
  expect(inbox.handleMessage(friend, 'message', new Uint8Array(0), 0)).toBeUndefined()
  inbox.handleFollows(friend, follows(4, 2))
  expect(inbox.handleMessage(friend, 'message', new Uint8Array(5_000), 0)).toBeUndefined()
  expect(shown()).toEqual(['first', 'second'])
  expect(friend.known.has(new Uint8Array(16).fill(1))).toBe(false)
})

test('what is no content is refused and remembered by nobody', () => {
  const { friend, inbox, counters, shown } = desk()
  const noise = { ...message(1, 1, 'x'), content: Uint8Array.of(99) }
  expect(inbox.accept(friend, noise, 0)).toBe(false)
  expect(friend.known.has(noise.messageId)).toBe(false)
  expect(counters.get('offline.contentsRefused')).toBe(1)
  expect(shown()).toEqual([])
})

test('a file comes in parts, in order, and is acknowledged when it is whole', () => {
  const { friend, inbox, counters, shown } = desk()
  const content = encodeContent({ kind: 'file', name: utf8Encode('f'), bytes: new Uint8Array(2_000) })
  const part = (offset: number, end: number) => ({
    ...follows(3, 1),
    subType: 8 as const,
    length: content.length,
    offset,
    part: content.subarray(offset, end),
  })
  expect(inbox.handleContentPart(friend, part(0, 900), 0)).toBeUndefined()
  expect(inbox.handleContentPart(friend, part(1_000, 1_200), 0)).toBeUndefined()
  expect(counters.get('offline.partsRefused')).toBe(1)
  // A gap ends the transfer: it begins anew.
  inbox.handleContentPart(friend, part(0, 900), 0)
  expect(inbox.handleContentPart(friend, part(900, content.length), 0)).toEqual(new Uint8Array(16).fill(3))
  expect(shown()).toEqual(['file of 2000'])
  // Known by now, it is acknowledged at its first and last part, and kept by nobody.
  expect(inbox.handleContentPart(friend, part(0, 900), 0)).toBeDefined()
  expect(friend.meeting?.transfer).toBeUndefined()
})

test('parts of two files never make one', () => {
  const { friend, inbox, counters } = desk()
  const length = 2_000
  const part = (id: number, offset: number) => ({
    ...follows(id, 1),
    subType: 8 as const,
    length,
    offset,
    part: new Uint8Array(1_000),
  })
  inbox.handleContentPart(friend, part(3, 0), 0)
  expect(inbox.handleContentPart(friend, part(4, 1_000), 0)).toBeUndefined()
  expect(friend.meeting?.transfer).toBeUndefined()
  expect(counters.get('offline.partsRefused')).toBe(1)
})

test('parts of one byte take no more room than the whole', () => {
  const { friend, inbox, shown } = desk()
  const content = encodeContent({ kind: 'file', name: utf8Encode('f'), bytes: new Uint8Array(300).fill(7) })
  for (let offset = 0; offset < content.length; offset += 1) {
    const part = content.subarray(offset, offset + 1)
    inbox.handleContentPart(friend, { ...follows(3, 1), subType: 8, length: content.length, offset, part }, 0)
    expect(friend.meeting?.transfer?.content.length ?? content.length).toBe(content.length)
  }
  expect(shown()).toEqual(['file of 300'])
})

test('a transfer longer than any content is not begun', () => {
  const { friend, inbox } = desk()
  const packet = { ...follows(3, 1), subType: 8 as const, length: 2 ** 31, offset: 0, part: new Uint8Array(100) }
  expect(inbox.handleContentPart(friend, packet, 0)).toBeUndefined()
  expect(friend.meeting?.transfer).toBeUndefined()
})

test('what is early waits at most a minute where nothing can be asked', () => {
  const { friend, inbox, shown } = desk()
  inbox.accept(friend, message(2, 2, 'early'), 1_000)
  expect(shown()).toEqual([])
  expect(inbox.nextTimeout(friend)?.at).toBe(1_000 + MINUTE_MS)
  inbox.handleTimeout(friend, 999 + MINUTE_MS)
  expect(shown()).toEqual([])
  inbox.handleTimeout(friend, 1_000 + MINUTE_MS)
  expect(shown()).toEqual(['missing 1', 'early'])
  inbox.accept(friend, message(1, 1, 'late'), 2_000)
  expect(shown()).toEqual(['missing 1', 'early', 'late'])
})

test('reports name every id until SENDER knows, 64 in a packet', () => {
  const { friend, inbox } = desk()
  for (let id = 0; id < 130; id += 1) {
    const messageId = new Uint8Array(16).fill(id)
    inbox.accept(friend, { ...message(1, id + 1, 'x'), messageId }, 0)
  }
  expect(inbox.reports(friend).map(({ length }) => length)).toEqual([3 + 64 * 16, 3 + 64 * 16, 3 + 2 * 16])
  friend.known.markReported(friend.known.unreported())
  expect(inbox.reports(friend)).toEqual([])
})
