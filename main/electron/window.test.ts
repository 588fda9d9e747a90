import { EventEmitter } from 'node:events'
import type { BrowserWindow } from 'electron'
import { expect, test } from 'vitest'
import { SAFE_WEB_PREFERENCES } from './security.ts'
import type { WindowState } from './window-state.ts'
import { WindowKeeper, windowOptions } from './window.ts'

const STATE: WindowState = { box: { x: 1, y: 2, width: 800, height: 600 }, isMaximized: false, zoomLevel: 1 }

class FakeWindow extends EventEmitter {
  readonly done: string[] = []
  bounds = { x: 0, y: 0, width: 500, height: 500 }
  isLarge = false
  isSmall = false
  readonly webContents = Object.assign(new EventEmitter(), {
    setZoomLevel: (level: number) => this.done.push(`zoom ${level}`),
  })
  maximize = () => void (this.isLarge = true)
  isMaximized = () => this.isLarge
  isMinimized = () => this.isSmall
  isFullScreen = () => false
  getNormalBounds = () => this.bounds
  restore = () => this.done.push('restore')
  show = () => this.done.push('show')
  focus = () => this.done.push('focus')
  hide = () => this.done.push('hide')
}

function keeper(state = STATE, staysInTray = false) {
  const window = new FakeWindow()
  const written: WindowState[] = []
  const made = new WindowKeeper({
    // Only what the keeper uses of a window is there.
    window: window as unknown as BrowserWindow,
    state,
    write: (next) => written.push(next),
    staysInTray: () => staysInTray,
    onClosed: () => window.done.push('closed'),
  })
  const close = (): boolean => {
    let isPrevented = false
    window.emit('close', { preventDefault: () => (isPrevented = true) })
    return isPrevented
  }
  return { window, written, keeper: made, close }
}

test('every window is made with the safe preferences and one preload', () => {
  const base = { state: STATE, preload: '/p.cjs', icon: '/i.png', isDark: true }
  const options = windowOptions({ ...base, hasDeveloperTools: false })
  expect(options.webPreferences).toEqual({ ...SAFE_WEB_PREFERENCES, preload: '/p.cjs', devTools: false })
  expect(options).toMatchObject({ x: 1, y: 2, width: 800, height: 600, minWidth: 360, show: false })
  expect(windowOptions({ ...base, hasDeveloperTools: true }).webPreferences?.devTools).toBe(true)
})

test('without a remembered place the system chooses it', () => {
  const fresh = { ...STATE, box: undefined }
  const options = windowOptions({ state: fresh, preload: '', icon: '', isDark: false, hasDeveloperTools: false })
  expect(options).toMatchObject({ width: 1_080, height: 720 })
  expect(options).not.toHaveProperty('x')
})

test('remembers where the window stood before it was made large', () => {
  const { window, written, close } = keeper()
  window.bounds = { x: 5, y: 6, width: 700, height: 650 }
  window.emit('move')
  window.isLarge = true
  window.bounds = { x: 0, y: 0, width: 1_920, height: 1_080 }
  window.emit('resize')
  close()
  expect(written).toEqual([{ box: { x: 5, y: 6, width: 700, height: 650 }, isMaximized: true, zoomLevel: 1 }])
})

test('a window that was large opens large, at the zoom it had', () => {
  const { window } = keeper({ ...STATE, isMaximized: true })
  window.webContents.emit('did-finish-load')
  expect([window.isLarge, window.done]).toEqual([true, ['zoom 1']])
})

test('zoom goes in steps, between its bounds, and is remembered at once', () => {
  const { window, written, keeper: zoomed } = keeper({ ...STATE, zoomLevel: 5 })
  for (const step of [1, 1, -1, 0, -1] as const) zoomed.zoom(step)
  expect(window.done).toEqual(['zoom 6', 'zoom 6', 'zoom 5', 'zoom 0', 'zoom -1'])
  expect(written.map(({ zoomLevel }) => zoomLevel)).toEqual([6, 6, 5, 0, -1])
})

test('closing puts the window away if it stays in the tray, else the app leaves first', () => {
  const hidden = keeper(STATE, true)
  expect([hidden.close(), hidden.window.done]).toEqual([true, ['hide']])
  const closed = keeper(STATE, false)
  expect([closed.close(), closed.window.done]).toEqual([true, ['closed']])
  closed.keeper.release()
  expect([closed.close(), closed.window.done]).toEqual([false, ['closed']])
})

test('showing brings a small window back', () => {
  const { window, keeper: shown } = keeper()
  window.isSmall = true
  shown.show()
  expect(window.done).toEqual(['restore', 'show', 'focus'])
})
