import { EventEmitter } from 'node:events'
import type { IpcRenderer } from 'electron'
import { expect, test } from 'vitest'
import { createIpcPipe } from './pipe.ts'

function ipc() {
  const sent: unknown[][] = []
  const emitter = Object.assign(new EventEmitter(), { send: (...args: unknown[]) => void sent.push(args) })
  return { sent, receive: (frame: unknown) => emitter.emit('api', {}, frame), ipc: emitter as unknown as IpcRenderer }
}

test('frames go out on the channel and come in to the listener', () => {
  const { sent, receive, ipc: renderer } = ipc()
  const pipe = createIpcPipe(renderer, 'api')
  const heard: string[] = []
  pipe.onFrame((frame) => heard.push(frame))
  pipe.send('question')
  receive('answer')
  expect([sent, heard]).toEqual([[['api', 'question']], ['answer']])
})

test('frames that come before anybody listens are kept, once and in order', () => {
  const { receive, ipc: renderer } = ipc()
  const pipe = createIpcPipe(renderer, 'api')
  const heard: string[] = []
  receive('first')
  receive('second')
  pipe.onFrame((frame) => heard.push(frame))
  receive('third')
  pipe.onFrame((frame) => heard.push(`again ${frame}`))
  expect(heard).toEqual(['first', 'second', 'third'])
})

test('what is no text never reaches the page', () => {
  const { receive, ipc: renderer } = ipc()
  const pipe = createIpcPipe(renderer, 'api')
  const heard: unknown[] = []
  receive({})
  pipe.onFrame((frame) => heard.push(frame))
  receive(7)
  expect(heard).toEqual([])
})
