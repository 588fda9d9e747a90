import { expect, test } from 'vitest'
import { QuitSequence } from './quit-sequence.ts'

function sequence(stop: () => Promise<void>, guardMs?: number) {
  const told: string[] = []
  let exited: (exitCode: number) => void = () => {}
  const exit = new Promise<number>((resolve) => {
    exited = resolve
  })
  const quit = new QuitSequence({
    announce: () => told.push('announce'),
    stop: async () => {
      told.push('stop')
      await stop()
      told.push('stopped')
    },
    exit: (exitCode) => {
      told.push(`exit ${exitCode}`)
      exited(exitCode)
    },
    onFailure: (error) => told.push(String(error)),
    ...(guardMs === undefined ? {} : { guardMs }),
  })
  return { quit, told, exit }
}

test('says so, hands over, then ends', async () => {
  const { quit, told, exit } = sequence(() => Promise.resolve())
  expect(quit.hasBegun).toBe(false)
  quit.begin()
  expect(quit.hasBegun).toBe(true)
  await exit
  expect(told).toEqual(['announce', 'stop', 'stopped', 'exit 0'])
})

test('leaves once, however often it is asked', async () => {
  const { quit, told, exit } = sequence(() => Promise.resolve())
  quit.begin(1)
  quit.begin()
  expect(await exit).toBe(1)
  quit.begin()
  expect(told.filter((line) => line === 'stop')).toHaveLength(1)
})

test('ends also when stopping fails, and says so to its caller', async () => {
  const { quit, told, exit } = sequence(() => Promise.reject(new Error('disk gone')))
  quit.begin()
  expect(await exit).toBe(1)
  expect(told).toEqual(['announce', 'stop', 'Error: disk gone', 'exit 1'])
})

test('does not wait for ever for a host that hangs', async () => {
  const { quit, told, exit } = sequence(() => new Promise(() => {}), 1)
  quit.begin()
  expect(await exit).toBe(1)
  expect(told).toEqual(['announce', 'stop', 'Error: leaving took longer than 1 ms', 'exit 1'])
})
