import { readFileSync, renameSync, writeFileSync } from 'node:fs'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** How the window stood when it was last seen. */
export interface WindowState {
  /** Undefined before the first move: the system chooses then. */
  readonly box: Box | undefined
  readonly isMaximized: boolean
  /** Electron's own: each step is a fifth, 0 is as designed. */
  readonly zoomLevel: number
}

export const WINDOW_SIZE_DEFAULT = { width: 1_080, height: 720 } as const
export const WINDOW_SIZE_MIN = { width: 360, height: 480 } as const
export const ZOOM_LEVEL_MIN = -3
export const ZOOM_LEVEL_MAX = 6
/** As much of the window has to be on some screen as lets a person take hold of it. */
const VISIBLE_PIXELS_MIN = 80
const PIXELS_MAX = 100_000

const FRESH: WindowState = { box: undefined, isMaximized: false, zoomLevel: 0 }

/** Reads the file of an earlier run. One that is absent, damaged or from another version counts as none. */
export function readWindowState(path: string): WindowState {
  try {
    return parseWindowState(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // Nothing of worth is lost: the window opens as on the first day.
    return FRESH
  }
}

/** Keeps how the window stands. It is written while the window closes: a full disk must not keep the app from leaving. */
export function writeWindowState(path: string, state: WindowState): void {
  const fresh = `${path}.new`
  try {
    writeFileSync(fresh, `${JSON.stringify(state)}\n`, { mode: 0o600 })
    renameSync(fresh, path)
  } catch {
    // The window opens where it stood before.
  }
}

export function parseWindowState(value: unknown): WindowState {
  if (!isRecord(value)) return FRESH
  const { box, isMaximized, zoomLevel } = value
  return {
    box: parseBox(box),
    isMaximized: isMaximized === true,
    zoomLevel: typeof zoomLevel === 'number' ? clampZoom(zoomLevel) : 0,
  }
}

/** The box if a person could still reach the window there, undefined if its screen is gone. */
export function reachable(box: Box | undefined, screens: readonly Box[]): Box | undefined {
  return box && screens.some((screen) => overlaps(box, screen)) ? box : undefined
}

export function clampZoom(level: number): number {
  return Number.isFinite(level) ? Math.min(ZOOM_LEVEL_MAX, Math.max(ZOOM_LEVEL_MIN, level)) : 0
}

function parseBox(value: unknown): Box | undefined {
  if (!isRecord(value)) return undefined
  const [x, y, width, height] = [value['x'], value['y'], value['width'], value['height']].map(pixels)
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined
  if (width < WINDOW_SIZE_MIN.width || height < WINDOW_SIZE_MIN.height) return undefined
  return { x, y, width, height }
}

function pixels(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= PIXELS_MAX ? value : undefined
}

/** Whether enough of the window's upper edge, where its title bar is, lies on the screen. */
function overlaps(box: Box, screen: Box): boolean {
  const visibleWidth = Math.min(box.x + box.width, screen.x + screen.width) - Math.max(box.x, screen.x)
  return (
    visibleWidth >= VISIBLE_PIXELS_MIN && box.y >= screen.y && box.y <= screen.y + screen.height - VISIBLE_PIXELS_MIN
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
