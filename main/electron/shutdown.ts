/** The part of Electron's power monitor that is used here: its types leave out the event that it gives. */
interface ShutdownSource {
  on(event: 'shutdown', listener: (...args: readonly unknown[]) => void): unknown
}

/**
 * Leaves before the computer goes off. Without a word the system goes on at once; asked to wait, it does for some
 * seconds, and the app can say goodbye and hand over what it holds.
 *
 * source   Electron's documentation, powerMonitor, "shutdown"
 */
export function quitBeforeShutdown(source: ShutdownSource, quit: () => void): void {
  source.on('shutdown', (event) => {
    if (isPreventable(event)) event.preventDefault()
    quit()
  })
}

/** The part of Electron's window that is used here. */
interface SessionWindow {
  on(event: 'query-session-end', listener: (event: unknown) => void): unknown
  on(event: 'session-end', listener: () => void): unknown
}

/**
 * The same where somebody logs off from Windows, or it restarts: asked whether it may, the app has it wait; where it does not
 * ask, what there is still time for is done.
 *
 * source   Electron's documentation, BrowserWindow, "query-session-end" and "session-end"
 */
export function quitBeforeSessionEnd(window: SessionWindow, quit: () => void): void {
  window.on('query-session-end', (event) => {
    if (isPreventable(event)) event.preventDefault()
    quit()
  })
  window.on('session-end', quit)
}

function isPreventable(event: unknown): event is { preventDefault(): void } {
  return (
    typeof event === 'object' &&
    event !== null &&
    'preventDefault' in event &&
    typeof event.preventDefault === 'function'
  )
}
