import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { WsPipe } from './ws-pipe.ts'

/** More than the end of the app waits for a tab, and less than ws does by itself. */
const STALL_MS = 20_000

beforeEach(() => void vi.useFakeTimers())

afterEach(() => void vi.useRealTimers())

/** A tab that takes what it is sent and does not answer. */
class SilentTab extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  readonly told: (number | 'cut off')[] = []

  send(): void {}

  close(code: number): void {
    this.told.push(code)
  }

  terminate(): void {
    this.told.push('cut off')
    this.emit('close')
  }
}

function open() {
  const tab = new SilentTab()
  // The pipe uses no more of it.
  const pipe = new WsPipe(tab as unknown as WebSocket, { refusal: () => undefined, nowMs: () => Date.now() })
  return { tab, pipe }
}

test('a tab that is told to go and stalls may still read why', () => {
  const { tab } = open()
  tab.emit('message', Buffer.from('garbage'), false)
  vi.advanceTimersByTime(STALL_MS)
  expect(tab.told).toEqual([1008])
})

test('the end of the app does not wait for a tab that stalls, also one that was told to go', () => {
  for (const first of [() => undefined, (tab: SilentTab) => tab.emit('message', Buffer.from('garbage'), false)]) {
    const { tab, pipe } = open()
    first(tab)
    pipe.leave()
    vi.advanceTimersByTime(STALL_MS)
    expect(tab.told.at(-1)).toBe('cut off')
    expect(vi.getTimerCount()).toBe(0)
  }
})
