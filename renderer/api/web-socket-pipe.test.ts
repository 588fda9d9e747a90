import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import type { LinkState } from './connection.ts'
import { type SocketNews, WebSocketPipe } from './web-socket-pipe.ts'

/** A socket whose other end is the test. */
interface FakeSocket {
  readonly news: SocketNews
  readonly sent: string[]
}

function createPipe() {
  const sockets: FakeSocket[] = []
  const pipe = new WebSocketPipe('ws://host/api', (_address, news) => {
    const sent: string[] = []
    sockets.push({ news, sent })
    return { send: (text) => sent.push(text) }
  })
  const frames: unknown[] = []
  pipe.onFrame((frame) => frames.push(JSON.parse(frame)))
  const states: LinkState[] = []
  pipe.link.onChange((state) => states.push(state))
  const newest = (): FakeSocket => {
    const socket = sockets.at(-1)
    if (!socket) throw new Error('no socket was opened')
    return socket
  }
  return { pipe, sockets, newest, frames, states }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('what is asked before the socket stands is sent once it does', () => {
  const { pipe, newest } = createPipe()
  pipe.send('{"id":1}')
  expect(newest().sent).toEqual([])
  newest().news.onOpen()
  expect(newest().sent).toEqual(['{"id":1}'])
})

test('frames of the host reach the listener', () => {
  const { newest, frames } = createPipe()
  newest().news.onOpen()
  newest().news.onText('{"method":"profile.changed","params":{}}')
  expect(frames).toEqual([{ method: 'profile.changed', params: {} }])
})

test('what was on its way when the socket broke is answered with an error, what was answered before is not', () => {
  const { pipe, newest, frames } = createPipe()
  newest().news.onOpen()
  pipe.send('{"id":1}')
  pipe.send('{"id":2}')
  newest().news.onText('{"id":1,"result":null}')
  frames.length = 0
  newest().news.onClose(1_006)
  expect(frames).toMatchObject([{ id: 2, error: { code: ApiErrorCode.Busy } }])
})

test('what is asked while the link is lost is answered with an error, and not sent later', async () => {
  const { pipe, newest, frames } = createPipe()
  newest().news.onOpen()
  newest().news.onClose(1_006)
  pipe.send('{"id":3}')
  expect(frames).toEqual([])
  await Promise.resolve()
  expect(frames).toMatchObject([{ id: 3, error: { code: ApiErrorCode.Busy } }])
  vi.runOnlyPendingTimers()
  newest().news.onOpen()
  expect(newest().sent).toEqual([])
})

test('a broken socket is opened again, more and more rarely while nobody answers', () => {
  const { sockets, newest, states } = createPipe()
  newest().news.onOpen()
  const waits: number[] = []
  for (let round = 0; round < 7; round += 1) {
    newest().news.onClose(1_006)
    const before = Date.now()
    vi.advanceTimersToNextTimer()
    waits.push(Date.now() - before)
  }
  expect(sockets).toHaveLength(8)
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
  newest().news.onOpen()
  expect(states).toEqual(['open', 'lost', 'open'])
})

test('a page that is not let in is told so, and does not knock again', () => {
  const { sockets, newest, states } = createPipe()
  newest().news.onOpen()
  newest().news.onClose(4_401)
  vi.runAllTimers()
  expect(states).toEqual(['open', 'refused'])
  expect(sockets).toHaveLength(1)
})
