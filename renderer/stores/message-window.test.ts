import { expect, test } from 'vitest'
import {
  middleWindow,
  newestWindow,
  WINDOW_COUNT_MAX,
  withMessage,
  withNewer,
  withOlder,
  withoutMessage,
} from './message-window.ts'
import { messageOf } from './test-host.ts'

const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => messageOf(from + index))
const idsOf = ({ messages }: ReturnType<typeof newestWindow>) => messages.map(({ id }) => id)

test('a page that is not full ends the conversation', () => {
  expect(newestWindow(run(1, 10), 60).hasOlder).toBe(false)
  expect(newestWindow(run(1, 60), 60).hasOlder).toBe(true)
  expect(withOlder(newestWindow(run(50, 60), 11), run(1, 49), 200).hasOlder).toBe(false)
})

test('a window that grows too long upwards lets the newest go, and knows it', () => {
  const full = newestWindow(run(1_001, 1_000 + WINDOW_COUNT_MAX), 60)
  const window = withOlder(full, run(801, 1_000), 200)
  expect(window.messages).toHaveLength(WINDOW_COUNT_MAX)
  expect(window.messages[0]?.id).toBe(801)
  expect(window.hasNewer).toBe(true)
})

test('a window that grows too long downwards lets the oldest go, and knows it', () => {
  const full = { messages: run(1, WINDOW_COUNT_MAX), hasOlder: false, hasNewer: true }
  const window = withNewer(full, run(WINDOW_COUNT_MAX + 1, WINDOW_COUNT_MAX + 10), 200)
  expect(window.messages).toHaveLength(WINDOW_COUNT_MAX)
  expect(window.messages.at(-1)?.id).toBe(WINDOW_COUNT_MAX + 10)
  expect([window.hasOlder, window.hasNewer]).toEqual([true, false])
})

test('a message finds its place by id; outside the window it is left to the host', () => {
  const window = middleWindow([messageOf(10), messageOf(12)])
  expect(idsOf(withMessage(window, messageOf(11)))).toEqual([10, 11, 12])
  expect(withMessage(window, messageOf(5))).toBe(window)
  expect(withMessage(window, messageOf(20))).toBe(window)
  expect(idsOf(withMessage(newestWindow(run(1, 3), 60), messageOf(9)))).toEqual([1, 2, 3, 9])
})

test('taking out a message that is not there changes nothing', () => {
  const window = newestWindow(run(1, 3), 60)
  expect(withoutMessage(window, 7)).toBe(window)
  expect(idsOf(withoutMessage(window, 2))).toEqual([1, 3])
})
