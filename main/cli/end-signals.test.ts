import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { endAsked } from './end-signals.ts'

function listening() {
  const source = new EventEmitter()
  const told: (string | number)[] = []
  const clock = { nowMs: 5_000 }
  endAsked(() => told.push('asked'), {
    source,
    exit: (code) => told.push(code),
    nowMs: () => clock.nowMs,
  })
  return { source, told, clock }
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s asks to end, once', (signal) => {
  const { source, told } = listening()
  source.emit(signal)
  expect(told).toEqual(['asked'])
})

test('the same wish that comes by two ways does not cut the leaving short', () => {
  const { source, told, clock } = listening()
  source.emit('SIGTERM')
  clock.nowMs += 500
  for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT', 'SIGHUP']) source.emit(signal)
  expect(told).toEqual(['asked'])
})

test('who asks again a while later does not want to wait', () => {
  const { source, told, clock } = listening()
  source.emit('SIGINT')
  clock.nowMs += 1_000
  source.emit('SIGINT')
  expect(told).toEqual(['asked', 130])
})
