import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPowerSource } from './power-source.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-power-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function supply(name: string, values: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, name), { recursive: true })
  for (const [file, value] of Object.entries(values)) writeFileSync(join(folder, name, file), `${value}\n`)
}

test('a plugged laptop runs on the mains, an unplugged one on its battery', () => {
  supply('BAT0', { type: 'Battery', status: 'Charging' })
  supply('AC', { type: 'Mains', online: '1' })
  expect(readPowerSource(folder)).toBe('mains')
  supply('AC', { online: '0' })
  expect(readPowerSource(folder)).toBe('battery')
  supply('ucsi', { type: 'USB', online: '1' })
  expect(readPowerSource(folder)).toBe('mains')
})

test('a computer without a battery of its own runs on the mains', () => {
  expect(readPowerSource(folder)).toBe('mains')
  supply('mouse', { type: 'Battery', scope: 'Device' })
  expect(readPowerSource(folder)).toBe('mains')
})

test('a system that does not tell is not guessed about', () => {
  expect(readPowerSource(join(folder, 'none'))).toBe('unknown')
})
