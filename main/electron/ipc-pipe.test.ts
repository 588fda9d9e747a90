import { EventEmitter } from 'node:events'
import type { IpcMain, WebContents } from 'electron'
import { expect, test } from 'vitest'
import type { Pipe } from '../../shared/api/rpc.ts'
import { keepIpcLine } from './ipc-pipe.ts'

class FakeContents extends EventEmitter {
  readonly mainFrame = { url: 'app://ampoule/index.html' }
  readonly sent: unknown[][] = []
  isGone = false
  send(...args: unknown[]): void {
    this.sent.push(args)
  }
  isDestroyed(): boolean {
    return this.isGone
  }
}

function line() {
  const ipcMain = new EventEmitter()
  const contents = new FakeContents()
  const pipes: { pipe: Pipe; heard: string[]; isAttached: boolean }[] = []
  const refused: string[] = []
  const end = keepIpcLine({
    channel: 'api',
    // Only what the line uses of them is there.
    ipcMain: ipcMain as unknown as IpcMain,
    contents: contents as unknown as WebContents,
    attach: (pipe) => {
      const entry = { pipe, heard: [] as string[], isAttached: true }
      pipe.onFrame((frame) => entry.heard.push(frame))
      pipes.push(entry)
      return () => {
        entry.isAttached = false
      }
    },
    onRefused: (reason) => refused.push(reason),
  })
  const say = (frame: unknown, from: object = {}) =>
    ipcMain.emit('api', { sender: contents, senderFrame: contents.mainFrame, ...from }, frame)
  return { ipcMain, contents, pipes, refused, end, say }
}

test('frames go both ways between the page and whoever is attached', () => {
  const { contents, pipes, say, refused } = line()
  say('question')
  pipes[0]?.pipe.send('answer')
  expect(pipes[0]?.heard).toEqual(['question'])
  expect(contents.sent).toEqual([['api', 'answer']])
  expect(refused).toEqual([])
})

test('nobody but our own main frame, showing our own page, is heard', () => {
  const { contents, pipes, say, refused } = line()
  say('from another window', { sender: new FakeContents() })
  say('from a frame within', { senderFrame: { url: 'app://ampoule/index.html' } })
  say('from a frame that is gone', { senderFrame: null })
  contents.mainFrame.url = 'https://example.org/'
  say('from a foreign page')
  expect(pipes[0]?.heard).toEqual([])
  expect(refused).toEqual([
    'api: a foreign frame',
    'api: a foreign frame',
    'api: a foreign frame',
    'api: a foreign page',
  ])
})

test('what is no text, or far too long, is refused', () => {
  const { pipes, say, refused } = line()
  for (const frame of [undefined, null, 7, {}, ['x'], new Uint8Array(3)]) say(frame)
  say('x'.repeat(4_194_305))
  expect(pipes[0]?.heard).toEqual([])
  expect(refused).toEqual([...Array.from({ length: 6 }, () => 'api: no text'), 'api: too long'])
})

test('a fresh document gets a fresh pipe, and no answer meant for the one before', () => {
  const { contents, pipes, say } = line()
  contents.emit('did-navigate')
  pipes[0]?.pipe.send('late answer')
  say('question')
  expect(contents.sent).toEqual([])
  expect(pipes.map(({ heard, isAttached }) => [heard, isAttached])).toEqual([
    [[], false],
    [['question'], true],
  ])
})

test('nothing is sent to a window that is gone, nor after the line ended', () => {
  const { ipcMain, contents, pipes, end } = line()
  contents.isGone = true
  pipes[0]?.pipe.send('x')
  contents.isGone = false
  end()
  pipes[0]?.pipe.send('x')
  expect([contents.sent, pipes[0]?.isAttached, ipcMain.listenerCount('api')]).toEqual([[], false, 0])
})
