import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { clampZoom, parseWindowState, reachable, readWindowState, writeWindowState } from './window-state.ts'

const folder = mkdtempSync(join(tmpdir(), 'ampoule-window-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const FRESH = { box: undefined, isMaximized: false, zoomLevel: 0 }
const BOX = { x: 10, y: 20, width: 900, height: 700 }
const SCREEN = { x: 0, y: 0, width: 1_920, height: 1_080 }

test('what was written is read again, and nothing else is left behind', () => {
  const path = join(folder, 'window.json')
  const state = { box: BOX, isMaximized: true, zoomLevel: -1 }
  writeWindowState(path, state)
  expect(readWindowState(path)).toEqual(state)
  expect(readdirSync(folder)).toEqual(['window.json'])
})

test('what cannot be written is let be', () => {
  const path = join(folder, 'absent', 'window.json')
  writeWindowState(path, FRESH)
  expect(readWindowState(path)).toEqual(FRESH)
})

test('an absent or damaged file counts as none', () => {
  expect(readWindowState(join(folder, 'absent.json'))).toEqual(FRESH)
  writeFileSync(join(folder, 'cut.json'), '{"box":')
  expect(readWindowState(join(folder, 'cut.json'))).toEqual(FRESH)
})

test('each value that makes no sense is left out alone', () => {
  for (const value of [null, 1, 'x', []]) expect(parseWindowState(value)).toEqual(FRESH)
  const boxes = [{ ...BOX, x: 1.5 }, { ...BOX, width: 10 }, { ...BOX, y: 1e9 }, { x: 1 }, 'box']
  for (const box of boxes) {
    expect(parseWindowState({ box, isMaximized: true, zoomLevel: 2 })).toEqual({
      box: undefined,
      isMaximized: true,
      zoomLevel: 2,
    })
  }
  expect(parseWindowState({ box: BOX, isMaximized: 'yes', zoomLevel: 99 })).toEqual({
    box: BOX,
    isMaximized: false,
    zoomLevel: 6,
  })
  expect(clampZoom(Number.NaN)).toBe(0)
})

test('a window whose screen is gone opens where the system likes', () => {
  expect(reachable(BOX, [SCREEN])).toEqual(BOX)
  expect(reachable({ ...BOX, x: -820 }, [SCREEN])).toEqual({ ...BOX, x: -820 })
  for (const lost of [
    { ...BOX, x: 3_000 },
    { ...BOX, x: -890 },
    { ...BOX, y: 1_050 },
    { ...BOX, y: -10 },
  ]) {
    expect(reachable(lost, [SCREEN])).toBeUndefined()
    expect(reachable(lost, [])).toBeUndefined()
  }
  expect(reachable(undefined, [SCREEN])).toBeUndefined()
})
