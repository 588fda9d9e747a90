import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { quitBeforeSessionEnd, quitBeforeShutdown } from './shutdown.ts'

test('has the system wait while the app leaves', () => {
  const monitor = new EventEmitter()
  const told: string[] = []
  quitBeforeShutdown(monitor, () => told.push('quit'))
  monitor.emit('shutdown', { preventDefault: () => told.push('wait') })
  expect(told).toEqual(['wait', 'quit'])
})

test('leaves as well where the system cannot be asked to wait', () => {
  const monitor = new EventEmitter()
  const told: string[] = []
  quitBeforeShutdown(monitor, () => told.push('quit'))
  monitor.emit('shutdown')
  expect(told).toEqual(['quit'])
})

test('has Windows wait at a log-off, and leaves as well where it does not ask', () => {
  const told: string[] = []
  const window = new EventEmitter()
  quitBeforeSessionEnd(window, () => told.push('quit'))
  window.emit('query-session-end', { preventDefault: () => told.push('wait') })
  expect(told).toEqual(['wait', 'quit'])
  window.emit('session-end')
  expect(told).toEqual(['wait', 'quit', 'quit'])
})
