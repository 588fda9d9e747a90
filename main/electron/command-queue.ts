import type { ShellCommand } from '../../shared/api/shell.ts'

/** More than a person can ask for while the page loads; the oldest go first. */
const WAITING_COUNT_MAX = 32

/** What menus, tray and system ask of the page. Commands wait until a page says that it listens. */
export class CommandQueue {
  #tell: ((command: ShellCommand) => void) | undefined
  #waiting: ShellCommand[] = []

  push(command: ShellCommand): void {
    if (this.#tell) this.#tell(command)
    else this.#waiting = [...this.#waiting, command].slice(-WAITING_COUNT_MAX)
  }

  /** From now on `tell` gets every command, those that waited first. */
  open(tell: (command: ShellCommand) => void): void {
    this.#tell = tell
    const waiting = this.#waiting
    this.#waiting = []
    for (const command of waiting) tell(command)
  }

  /** The page is gone. */
  close(): void {
    this.#tell = undefined
  }
}
