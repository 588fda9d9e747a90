import { expect, test } from 'vitest'
import { testMessage } from './test-messages.ts'
import { firstLine, nextLine, unreadCount } from './unread-line.ts'

const read = testMessage(1)
const own = testMessage(2, { direction: 'out', isRead: false })
const fresh = testMessage(3, { isRead: false })
const fresher = testMessage(4, { isRead: false })

test('stands before the first message that was not read, not before own ones', () => {
  expect(firstLine([read, own, fresh, fresher]).beforeId).toBe(3)
  expect(firstLine([read, own]).beforeId).toBeUndefined()
})

test('stays where it is while more comes, and goes up when an older page has unread messages too', () => {
  const line = firstLine([fresher])
  expect(nextLine(line, [fresher, testMessage(5, { isRead: false })], false)).toBe(line)
  expect(nextLine(line, [fresh, fresher], false).beforeId).toBe(3)
})

test('does not appear before what the reader sees come', () => {
  const line = nextLine(firstLine([read]), [read, fresh], true)
  expect(line.beforeId).toBeUndefined()
  expect(line.readUpToId).toBe(3)
})

test('stays visible after all was read, and moves when something comes while the reader is away', () => {
  const line = nextLine(firstLine([fresh]), [fresh], true)
  expect(line).toMatchObject({ beforeId: 3, readUpToId: 3 })
  expect(nextLine(line, [fresh], false)).toBe(line)
  expect(nextLine(line, [fresh, fresher], false).beforeId).toBe(4)
})

test('goes when the reader answers', () => {
  const line = firstLine([fresh])
  expect(nextLine(line, [fresh, testMessage(5, { direction: 'out' })], true).beforeId).toBeUndefined()
})

test('stays when an own message stood at the end before it', () => {
  const messages = [fresh, testMessage(5, { direction: 'out' })]
  expect(nextLine(firstLine(messages), messages, false).beforeId).toBe(3)
})

test('counts what was not seen, and nothing twice', () => {
  const messages = [read, fresh, fresher]
  const line = firstLine(messages)
  expect(unreadCount(line, messages)).toBe(2)
  const seen = nextLine(line, messages, true)
  expect(unreadCount(seen, messages)).toBe(0)
  expect(nextLine(seen, messages, true)).toBe(seen)
})
