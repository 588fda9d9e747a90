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

function isPreventable(event: unknown): event is { preventDefault(): void } {
  return (
    typeof event === 'object' &&
    event !== null &&
    'preventDefault' in event &&
    typeof event.preventDefault === 'function'
  )
}
