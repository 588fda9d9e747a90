import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ENTRY = fileURLToPath(new URL('./ampoule.js', import.meta.url))
/** Ends only what hangs: no verdict depends on it. */
const HANG_MS = 300_000

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One real `ampoule` process, on loopback, with what it prints. */
export class TestProcess {
  readonly child: ChildProcess
  readonly lines: string[] = []
  readonly ended: Promise<Ended>
  stderr = ''
  #hasEnded = false
  /** Each of those who wait for a line. */
  readonly #waiting = new Set<() => void>()

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [ENTRY, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, AMPOULE_NETWORK_SCOPE: 'loopback', ...environment },
    })
    const { stdout, stderr, stdin } = this.child
    if (!stdout || !stderr || !stdin) throw new Error('a process without streams')
    // Writing to a process that has just ended is part of some tests.
    stdin.on('error', () => {})
    createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      this.lines.push(line)
      this.handleLine(line)
      this.#wake()
    })
    stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString()
      this.#wake()
    })
    this.ended = once(this.child, 'close').then(() => {
      this.#hasEnded = true
      this.#wake()
      return { code: this.child.exitCode, signal: this.child.signalCode }
    })
  }

  /** Resolves with what `look` finds, asked again whenever something was printed. Rejects when the process ends without it. */
  async until<T>(what: string, look: () => T | undefined): Promise<T> {
    const hangsAt = performance.now() + HANG_MS
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      const isOver = this.#hasEnded || performance.now() > hangsAt
      if (isOver) throw new Error(`waited in vain for ${what}; the last lines were ${this.lines.slice(-3).join('\n')}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, hangsAt - performance.now())
        this.#waiting.add(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  line(what: RegExp): Promise<string> {
    return this.until(String(what), () => this.lines.find((line) => what.test(line)))
  }

  write(text: string): void {
    this.child.stdin?.write(text)
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Ended> {
    this.child.kill(signal)
    return await this.ended
  }

  protected handleLine(_line: string): void {}

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}
