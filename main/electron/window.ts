import type { BrowserWindow, BrowserWindowConstructorOptions, Event, Rectangle } from 'electron'
import { SAFE_WEB_PREFERENCES } from './security.ts'
import { type Box, clampZoom, WINDOW_SIZE_DEFAULT, WINDOW_SIZE_MIN, type WindowState } from './window-state.ts'

export interface WindowOptions {
  /** With `box` already known to lie on a screen. */
  readonly state: WindowState
  readonly preload: string
  readonly icon: string
  readonly isDark: boolean
  readonly hasDeveloperTools: boolean
}

/** The page's own colours (renderer/styles/tokens.css), so that the window does not flash before it is drawn. */
const BACKGROUND = { light: '#ffffff', dark: '#16181d' } as const

/** All that Electron is told about the one window. It is shown once the page is drawn. */
export function windowOptions(options: WindowOptions): BrowserWindowConstructorOptions {
  const { state, preload, icon, isDark, hasDeveloperTools } = options
  return {
    ...WINDOW_SIZE_DEFAULT,
    ...state.box,
    minWidth: WINDOW_SIZE_MIN.width,
    minHeight: WINDOW_SIZE_MIN.height,
    title: 'Ampoule',
    icon,
    backgroundColor: isDark ? BACKGROUND.dark : BACKGROUND.light,
    show: false,
    autoHideMenuBar: true,
    webPreferences: { ...SAFE_WEB_PREFERENCES, preload, devTools: hasDeveloperTools },
  }
}

export interface WindowKeeperOptions {
  readonly window: BrowserWindow
  readonly state: WindowState
  readonly write: (state: WindowState) => void
  /** Whether closing the window only puts it away. Asked at each close. */
  readonly staysInTray: () => boolean
  /** The person closed the window for good. */
  readonly onClosed: () => void
}

/** Remembers how the window stands, and decides what closing it means. */
export class WindowKeeper {
  readonly #options: WindowKeeperOptions
  #box: Box | undefined
  #zoomLevel: number
  #mayClose = false

  constructor(options: WindowKeeperOptions) {
    this.#options = options
    this.#box = options.state.box
    this.#zoomLevel = options.state.zoomLevel
    const { window, state } = options
    if (state.isMaximized) window.maximize()
    window.on('resize', () => this.#rememberBox())
    window.on('move', () => this.#rememberBox())
    window.on('close', (event) => this.#handleClose(event))
    window.webContents.on('did-finish-load', () => window.webContents.setZoomLevel(this.#zoomLevel))
  }

  /** One step larger, one smaller, or with 0 back to the size as designed. */
  zoom(step: 1 | -1 | 0): void {
    this.#zoomLevel = step === 0 ? 0 : clampZoom(this.#zoomLevel + step)
    this.#options.window.webContents.setZoomLevel(this.#zoomLevel)
    this.save()
  }

  /** Brings the window to the person. */
  show(): void {
    const { window } = this.#options
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  save(): void {
    const { window, write } = this.#options
    write({ box: this.#box, isMaximized: window.isMaximized(), zoomLevel: this.#zoomLevel })
  }

  /** From now on closing the window closes it. */
  release(): void {
    this.#mayClose = true
  }

  #rememberBox(): void {
    const { window } = this.#options
    if (window.isMaximized() || window.isMinimized() || window.isFullScreen()) return
    this.#box = boxOf(window.getNormalBounds())
  }

  #handleClose(event: Event): void {
    this.save()
    if (this.#mayClose) return
    event.preventDefault()
    if (this.#options.staysInTray()) this.#options.window.hide()
    else this.#options.onClosed()
  }
}

function boxOf({ x, y, width, height }: Rectangle): Box {
  return { x, y, width, height }
}
