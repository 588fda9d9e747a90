import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeWebTurn } from './web-turn.ts'

let folder = ''

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'ampoule-turn-')), 'alice.web')
})

afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

test('of two that begin at the same moment one has the folder; the other waits, and has it once that one let go', async () => {
  const first = await takeWebTurn(folder)
  if (first.kind !== 'own') throw new Error('nobody else has it')
  const second = takeWebTurn(folder)
  let isSecondHere = false
  void second.then(() => {
    isSecondHere = true
  })
  await expect(takeWebTurn(folder, 0)).rejects.toThrow('does not answer')
  expect(isSecondHere).toBe(false)
  first.release()
  expect((await second).kind).toBe('own')
})
