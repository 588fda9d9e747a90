import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import { createDraftsStore, draftOf } from './drafts-store.ts'
import { createFriendsStore } from './friends-store.ts'
import { createTestHost, friendOf, keyOf } from './test-host.ts'

const FRIEND = keyOf('A')
const PAUSE_MS = 1_000

beforeEach(() => void vi.useFakeTimers())

afterEach(() => void vi.useRealTimers())

/** A host that keeps one friend's draft and tells every window of it, and its windows. */
async function createWindows(count: number) {
  let draft = ''
  let isRefusing = false
  const hosts = Array.from({ length: count }, () =>
    createTestHost({
      'friends.list': () => [friendOf('A', { draft })],
      'friends.requests': () => [],
      'friends.setDraft': ({ text }: { text: string }) => {
        if (isRefusing) throw new ApiError(ApiErrorCode.Busy, 'the test refuses')
        draft = text
        for (const { emit } of hosts) emit.friends.changed(friendOf('A', { draft }))
        return {}
      },
    }),
  )
  const windows = await Promise.all(
    hosts.map(async ({ api, emit, asked }) => {
      const friends = createFriendsStore(api)
      const drafts = createDraftsStore(friends)
      await friends.getState().load()
      const shown = () => draftOf(drafts.getState(), friends.getState(), FRIEND)
      return { ...drafts.getState(), drafts, emit, shown, savedCount: () => asked.length - 2 }
    }),
  )
  const refuse = (isOn: boolean) => {
    isRefusing = isOn
  }
  const [first] = windows
  if (!first) throw new Error('no window')
  return { first, windows, refuse, kept: () => draft }
}

test('what is written is shown at once, and kept when a person pauses', async () => {
  const { first, kept } = await createWindows(1)
  for (const text of ['H', 'Ha', 'Hal']) first.write(FRIEND, text)
  expect([first.shown(), kept(), first.savedCount()]).toEqual(['Hal', '', 0])
  await vi.advanceTimersByTimeAsync(PAUSE_MS)
  expect([first.shown(), kept(), first.savedCount()]).toEqual(['Hal', 'Hal', 1])
  expect(first.drafts.getState().unkept).toEqual({})
})

test('whoever leaves at once loses nothing, and nothing is kept twice', async () => {
  const { first, kept } = await createWindows(1)
  first.write(FRIEND, 'Hal')
  first.keep(FRIEND)
  first.keep()
  await vi.advanceTimersByTimeAsync(PAUSE_MS)
  expect([first.shown(), kept(), first.savedCount()]).toEqual(['Hal', 'Hal', 1])
})

test('words that could not be sent come back before what was written since, and are kept at once', async () => {
  const { first, kept } = await createWindows(1)
  first.giveBack(FRIEND, 'Not sent')
  await vi.advanceTimersByTimeAsync(0)
  expect([first.shown(), kept()]).toEqual(['Not sent', 'Not sent'])
  first.write(FRIEND, 'Later')
  first.giveBack(FRIEND, 'Earlier')
  expect(first.shown()).toBe('Earlier\n\nLater')
})

test('what the host refused stays in the window, and is told again', async () => {
  const { first, refuse, kept } = await createWindows(1)
  refuse(true)
  first.write(FRIEND, 'Hal')
  await vi.advanceTimersByTimeAsync(PAUSE_MS)
  expect([first.shown(), kept()]).toEqual(['Hal', ''])
  refuse(false)
  first.keep()
  await vi.advanceTimersByTimeAsync(0)
  expect([first.shown(), kept()]).toEqual(['Hal', 'Hal'])
})

test('in two windows a friend has one draft: what was written last', async () => {
  const { windows, kept } = await createWindows(2)
  const [left, right] = windows
  left?.write(FRIEND, 'left')
  await vi.advanceTimersByTimeAsync(PAUSE_MS)
  expect(right?.shown()).toBe('left')
  right?.write(FRIEND, 'left and right')
  left?.emit.friends.changed(friendOf('A', { draft: 'left', online: true }))
  expect(right?.shown()).toBe('left and right')
  await vi.advanceTimersByTimeAsync(PAUSE_MS)
  expect([left?.shown(), right?.shown(), kept()]).toEqual(['left and right', 'left and right', 'left and right'])
})

test('what was just written is not undone by the host’s news of what stood there before', async () => {
  const { first } = await createWindows(1)
  first.write(FRIEND, 'Hal')
  first.keep(FRIEND)
  first.write(FRIEND, '')
  await vi.advanceTimersByTimeAsync(0)
  expect(first.shown()).toBe('')
  await vi.advanceTimersByTimeAsync(PAUSE_MS)
  expect(first.shown()).toBe('')
})

test('a removed friend takes the draft along, and words that could not be sent as well', async () => {
  const { first } = await createWindows(1)
  first.write(FRIEND, 'Hal')
  first.emit.friends.removed({ publicKey: FRIEND })
  first.giveBack(FRIEND, 'Not sent')
  first.keep()
  await vi.advanceTimersByTimeAsync(PAUSE_MS)
  expect([first.drafts.getState().unkept, first.savedCount()]).toEqual([{}, 0])
})
