import { expect, test } from 'vitest'
import type { FileTransferView } from '../../../shared/model/file.ts'
import type { Message } from '../../../shared/model/message.ts'
import { isNothingThere, messageRows, type Row, rowIndexOf, type RowsInput, timeAt } from './message-rows.ts'
import { testMessage } from './test-messages.ts'

function rowsOf(messages: readonly Message[], more: Partial<RowsInput> = {}): Row[] {
  return messageRows({ messages, transfers: [], firstUnreadId: undefined, hasOlder: false, hasNewer: false, ...more })
}

/** `day`, `unread`, `transfer 7`, or the message with `[` where a group begins and `]` where it ends. */
function drawn(rows: readonly Row[]): string[] {
  return rows.map((row) => {
    if (row.kind === 'message') return `${row.isFirst ? '[' : ''}${row.message.id}${row.isLast ? ']' : ''}`
    return row.kind === 'transfer' ? row.key : row.kind
  })
}

function transfer(id: number, afterMessageId: number): FileTransferView {
  return {
    id,
    friend: 'F'.repeat(64),
    direction: 'in',
    afterMessageId,
    name: 'photo.jpg',
    sizeBytes: 1_000,
    transferredBytes: 0,
    bytesPerSecond: 0,
    startedAt: testMessage(afterMessageId).sentAt,
    state: 'running',
    isRead: true,
  }
}

test('groups messages of one person that were written within minutes', () => {
  const rows = rowsOf([
    testMessage(1),
    testMessage(2),
    testMessage(3, { direction: 'out' }),
    testMessage(4),
    testMessage(30),
  ])
  expect(drawn(rows)).toEqual(['day', '[1', '2]', '[3]', '[4]', '[30]'])
})

test('draws a line for each day, and begins a group after it', () => {
  const rows = rowsOf([
    testMessage(1, { sentAt: new Date(2026, 10, 27, 23, 59).toISOString() }),
    testMessage(2, { sentAt: new Date(2026, 10, 28, 0, 1).toISOString() }),
    testMessage(3, { sentAt: new Date(2026, 10, 28, 0, 2).toISOString() }),
  ])
  expect(drawn(rows)).toEqual(['day', '[1]', 'day', '[2', '3]'])
})

test('draws the line before what is new inside a group', () => {
  expect(drawn(rowsOf([testMessage(1), testMessage(2)], { firstUnreadId: 2 }))).toEqual(['day', '[1]', 'unread', '[2]'])
})

test('lets actions and missing messages stand alone', () => {
  const rows = rowsOf([
    testMessage(1),
    testMessage(2, { kind: 'action' }),
    testMessage(3),
    testMessage(4, { reason: 'message-missing' }),
    testMessage(5),
  ])
  expect(drawn(rows)).toEqual(['day', '[1]', '[2]', '[3]', '[4]', '[5]'])
})

test('a conversation that begins with a file is not empty', () => {
  const nothing = { messages: [], hasOlder: false, hasNewer: false }
  const offered = transfer(7, 0)
  expect(isNothingThere(nothing, [])).toBe(true)
  expect(isNothingThere(nothing, [offered])).toBe(false)
  expect(isNothingThere({ ...nothing, hasOlder: true }, [])).toBe(false)
  expect(isNothingThere({ ...nothing, messages: [testMessage(1)] }, [])).toBe(false)
  expect(drawn(rowsOf([], { transfers: [offered] }))).toEqual(['day', 'transfer 7'])
})

test('shows a file transfer after the message that was the newest when it was offered', () => {
  // The clock of who wrote the third one is slow; the second one was removed since.
  const messages = [testMessage(1), testMessage(3, { sentAt: testMessage(0).sentAt })]
  const transfers = [transfer(9, 3), transfer(8, 2), transfer(7, 2), transfer(6, 0)]
  const order = ['day', 'transfer 6', '[1]', 'transfer 7', 'transfer 8', '[3]', 'transfer 9']
  expect(drawn(rowsOf(messages, { transfers }))).toEqual(order)
})

test('shows no transfer among messages of another time', () => {
  const messages = [testMessage(5), testMessage(6)]
  const transfers = [transfer(1, 1), transfer(2, 9)]
  expect(drawn(rowsOf(messages, { transfers, hasOlder: true, hasNewer: true }))).toEqual(['[5', '6]'])
})

test('draws no day above the first message while older ones are to come, so that rows are only added before it', () => {
  const shown = rowsOf([testMessage(5), testMessage(6)], { hasOlder: true })
  const more = rowsOf([testMessage(3), testMessage(4), testMessage(5), testMessage(6)], { hasOlder: true })
  expect(more.slice(2).map(({ key }) => key)).toEqual(shown.map(({ key }) => key))
})

test('knows the time of what is drawn, and none of lines', () => {
  const rows = rowsOf([testMessage(5)])
  expect(timeAt(rows, 0)).toBeUndefined()
  expect(timeAt(rows, 1)).toBe(testMessage(5).sentAt)
  expect(timeAt(rows, 9)).toBeUndefined()
})

test('names each row once, and finds a message', () => {
  const rows = rowsOf([testMessage(1), testMessage(2)], {
    firstUnreadId: 2,
    transfers: [transfer(1, 1)],
  })
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
  expect(rows[rowIndexOf(rows, 2)]).toMatchObject({ kind: 'message', message: { id: 2 } })
  expect(rowIndexOf(rows, 99)).toBe(-1)
})
