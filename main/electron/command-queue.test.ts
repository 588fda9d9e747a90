import { expect, test } from 'vitest'
import { CommandQueue } from './command-queue.ts'

test('commands wait for a page that listens, then go to it in order', () => {
  const queue = new CommandQueue()
  const told: string[] = []
  queue.push({ kind: 'addFriend' })
  queue.push({ kind: 'search' })
  queue.open(({ kind }) => told.push(kind))
  queue.push({ kind: 'showSettings' })
  expect(told).toEqual(['addFriend', 'search', 'showSettings'])
})

test('what is asked while no page is there goes to the next one, once', () => {
  const queue = new CommandQueue()
  const first: string[] = []
  const second: string[] = []
  queue.open(({ kind }) => first.push(kind))
  queue.close()
  queue.push({ kind: 'search' })
  queue.open(({ kind }) => second.push(kind))
  queue.open(() => first.push('again'))
  expect([first, second]).toEqual([[], ['search']])
})

test('only the newest wait', () => {
  const queue = new CommandQueue()
  const told: string[] = []
  for (let count = 0; count < 100; count += 1) queue.push({ kind: 'openTarget', target: String(count) })
  queue.open((command) => told.push(command.kind === 'openTarget' ? command.target : ''))
  expect(told).toEqual(Array.from({ length: 32 }, (_, index) => String(68 + index)))
})
