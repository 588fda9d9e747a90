import { expect, test } from 'vitest'
import {
  middleWindow,
  newestWindow,
  trimmed,
  withMessage,
  withNewer,
  withOlder,
  withoutMessage,
  withRead,
} from './message-window.ts'
import { messageOf } from './test-host.ts'

const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => messageOf(from + index))
const idsOf = ({ messages }: ReturnType<typeof newestWindow>) => messages.map(({ id }) => id)

test('a page that is not full ends the conversation', () => {
  expect(newestWindow(run(1, 10), 60, 1).hasOlder).toBe(false)
  expect(newestWindow(run(1, 60), 60, 1).hasOlder).toBe(true)
  expect(withOlder(newestWindow(run(50, 60), 11, 1), run(1, 49), 200).hasOlder).toBe(false)
})

test('pages join at the ends, without what both have', () => {
  const window = middleWindow(run(10, 12), 1)
  expect(idsOf(withOlder(window, run(8, 10), 3))).toEqual([8, 9, 10, 11, 12])
  expect(idsOf(withNewer(window, run(12, 14), 3))).toEqual([10, 11, 12, 13, 14])
  expect(withNewer(window, run(13, 14), 3).hasNewer).toBe(false)
})

test('a window that grew too long lets the far end go, and knows it', () => {
  const window = { ...newestWindow(run(1, 10), 60, 1), hasOlder: false }
  expect(trimmed(window, 'newest', 6)).toMatchObject({ messages: run(1, 6), hasOlder: false, hasNewer: true })
  expect(trimmed(window, 'oldest', 6)).toMatchObject({ messages: run(5, 10), hasOlder: true, hasNewer: false })
  expect(trimmed(window, 'oldest', 10)).toBe(window)
})

test('a message finds its place by id; outside the window it is left to the host', () => {
  const window = middleWindow([messageOf(10), messageOf(12)], 1)
  expect(idsOf(withMessage(window, messageOf(11)))).toEqual([10, 11, 12])
  expect(withMessage(window, messageOf(5))).toBe(window)
  expect(withMessage(window, messageOf(20))).toBe(window)
  expect(idsOf(withMessage(newestWindow(run(1, 3), 60, 1), messageOf(9)))).toEqual([1, 2, 3, 9])
})

test('taking out a message that is not there changes nothing', () => {
  const window = newestWindow(run(1, 3), 60, 1)
  expect(withoutMessage(window, 7)).toBe(window)
  expect(idsOf(withoutMessage(window, 2))).toEqual([1, 3])
})

test('what came up to a message is read; own messages, later ones and what was read before stay the same', () => {
  const own = messageOf(3, { direction: 'out' })
  const window = newestWindow([...run(1, 2), own, messageOf(4)], 60, 1)
  const read = withRead(window, 3)
  expect(read.messages.map(({ isRead }) => isRead)).toEqual([true, true, false, false])
  expect(withRead(read, 3)).toBe(read)
})
