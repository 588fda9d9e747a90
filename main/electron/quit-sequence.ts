export interface QuitSequenceOptions {
  /** Says on the screen that the app is leaving. */
  readonly announce: () => void
  /** Hands over and closes everything. */
  readonly stop: () => Promise<void>
  /** Ends the process. */
  readonly exit: (exitCode: number) => void
  readonly onFailure: (error: unknown) => void
  readonly guardMs?: number
}

/** The host takes 10 s at most; one that hangs shall not keep the person's computer from shutting down. */
const GUARD_MS = 15_000

/** Leaves once: whoever asks again meanwhile changes nothing. */
export class QuitSequence {
  readonly #options: QuitSequenceOptions
  #hasBegun = false

  constructor(options: QuitSequenceOptions) {
    this.#options = options
  }

  get hasBegun(): boolean {
    return this.#hasBegun
  }

  begin(exitCode = 0): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    void this.#leave(exitCode)
  }

  async #leave(exitCode: number): Promise<void> {
    const { announce, stop, exit, onFailure, guardMs = GUARD_MS } = this.#options
    const guard = setTimeout(() => {
      onFailure(new Error(`leaving took longer than ${guardMs} ms`))
      exit(1)
    }, guardMs)
    try {
      announce()
      await stop()
      clearTimeout(guard)
      exit(exitCode)
    } catch (error) {
      clearTimeout(guard)
      onFailure(error)
      exit(1)
    }
  }
}
