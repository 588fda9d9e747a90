import { existsSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { listed, NOW, TransferDesk } from './test-transfer-desk.ts'

// No real disk can be had to fail at will.
vi.mock(import('node:fs'), async (original) => ({
  ...(await original()),
  fsyncSync: () => {
    throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' })
  },
}))

await sodiumReady
let desk: TransferDesk

beforeEach(() => {
  desk = new TransferDesk()
})

afterEach(() => desk.end())

test('a file of which the disk does not take the end is not said to be whole', () => {
  const { files, offered, chunk, ended } = desk.start()
  offered(7)
  files.accept(1, desk.path('in.txt'), NOW)
  chunk(7, 0, 'hello')
  ended(7, 'finished')
  expect(listed(files)).toMatchObject([{ state: 'failed', reason: 'file', detail: 'EIO: i/o error, fsync' }])
  expect(existsSync(desk.path('in.txt'))).toBe(false)
})

test('one that breaks off on such a disk is over, and so is no other', () => {
  const { files, offered, chunk, ended } = desk.start()
  for (const id of [1, 2]) {
    offered(id)
    files.accept(id, desk.path(`${id}`), NOW)
  }
  chunk(1, 0, 'hel')
  ended(1, 'disconnected')
  expect(listed(files)).toMatchObject([{ state: 'failed', reason: 'file' }, { state: 'running' }])
})
