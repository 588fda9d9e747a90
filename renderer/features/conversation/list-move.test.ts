import { expect, test } from 'vitest'
import { nextMove } from './list-move.ts'
import { messageRows, type Row } from './message-rows.ts'
import { testMessage } from './test-messages.ts'

function rowsOf(ids: readonly number[], firstUnreadId?: number, ownId?: number): Row[] {
  const messages = ids.map((id) => testMessage(id, id === ownId ? { direction: 'out' } : {}))
  return messageRows({ messages, transfers: [], firstUnreadId, hasOlder: true, hasNewer: false })
}

const READING = { hasNewer: false, jump: undefined, follows: false }
const PLACED = { jump: undefined, newestOwnId: 0 }

test('begins at the end', () => {
  expect(nextMove(undefined, { ...READING, rows: rowsOf([1, 2]) })).toEqual({ kind: 'end' })
})

test('begins at the line before what is new', () => {
  expect(nextMove(undefined, { ...READING, rows: rowsOf([1, 2, 3], 2) })).toEqual({ kind: 'unread', index: 1 })
})

test('begins at a message that is asked for, whatever is new', () => {
  const rows = rowsOf([1, 2, 3], 2)
  expect(nextMove(undefined, { ...READING, rows, jump: { messageId: 1 } })).toEqual({ kind: 'jump', index: 0 })
})

test('stays where one reads when something comes, and follows it at the end', () => {
  const rows = rowsOf([1, 2, 3])
  expect(nextMove(PLACED, { ...READING, rows })).toEqual({ kind: 'stay' })
  expect(nextMove(PLACED, { ...READING, rows, follows: true })).toEqual({ kind: 'end' })
})

test('goes to the end when one has written', () => {
  expect(nextMove(PLACED, { ...READING, rows: rowsOf([1, 2, 3], undefined, 3) })).toEqual({ kind: 'end' })
  const after = { ...PLACED, newestOwnId: 3 }
  expect(nextMove(after, { ...READING, rows: rowsOf([1, 2, 3], undefined, 3) })).toEqual({ kind: 'stay' })
})

test('jumps once for each wish, as soon as the message is there', () => {
  const jump = { messageId: 2 }
  expect(nextMove(PLACED, { ...READING, rows: rowsOf([7, 8]), jump })).toEqual({ kind: 'stay' })
  expect(nextMove(PLACED, { ...READING, rows: rowsOf([1, 2]), jump })).toEqual({ kind: 'jump', index: 1 })
  expect(nextMove({ ...PLACED, jump }, { ...READING, rows: rowsOf([1, 2]), jump })).toEqual({ kind: 'stay' })
  const again = { messageId: 2 }
  expect(nextMove({ ...PLACED, jump }, { ...READING, rows: rowsOf([1, 2]), jump: again }).kind).toBe('jump')
})

test('jumps to a file, whatever message it stands after', () => {
  const file = {
    friend: 'F'.repeat(64),
    direction: 'in',
    name: 'map.png',
    transferredBytes: 0,
    bytesPerSecond: 0,
  } as const
  const standing = { startedAt: testMessage(2).sentAt, state: 'finished', isRead: true } as const
  const transfers = [{ ...file, ...standing, id: 7, afterMessageId: 2 }]
  const messages = [testMessage(1), testMessage(2), testMessage(3)]
  const rows = messageRows({ messages, transfers, firstUnreadId: undefined, hasOlder: true, hasNewer: false })
  const jump = { messageId: 2, transferId: 7 }
  expect(nextMove(undefined, { ...READING, rows, jump })).toEqual({ kind: 'jump', index: 2 })
})

test('does not take the end of a part in the middle for the newest', () => {
  expect(nextMove(undefined, { ...READING, rows: rowsOf([1, 2]), hasNewer: true })).toEqual({ kind: 'stay' })
})
