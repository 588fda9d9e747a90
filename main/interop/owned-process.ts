import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { EventLog } from './event-log.ts'

const STOP_MS = 10_000

const running = new Set<ChildProcessWithoutNullStreams>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface OwnedProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly onLine: (line: string) => void
  /** The process has ended and all its lines were handed over. */
  readonly onExit: (reason: Error) => void
}

/** A child process that speaks in lines and never outlives this one. */
export class OwnedProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #stderr = new EventLog<string>()
  readonly #ended: Promise<void>

  constructor({ command, args, environment, onLine, onExit }: OwnedProcessOptions) {
    this.#child = spawn(command, args, { env: { ...process.env, ...environment } })
    running.add(this.#child)
    // A write to a process that has just ended is no news: its end is reported below.
    this.#child.stdin.on('error', () => {})
    createInterface({ input: this.#child.stdout }).on('line', onLine)
    createInterface({ input: this.#child.stderr }).on('line', (line) => this.#stderr.push(line))
    this.#ended = new Promise((resolve) => {
      const end = (how: string) => {
        running.delete(this.#child)
        const reason = new Error(`${command} ended (${how}): ${this.stderr.slice(-5).join(' | ')}`)
        this.#stderr.close(reason)
        onExit(reason)
        resolve()
      }
      this.#child.on('error', (error) => end(error.message))
      this.#child.on('close', (code, signal) => end(signal ?? `code ${code}`))
    })
  }

  get processId(): number | undefined {
    return this.#child.pid
  }

  /** What it said on standard error. */
  get stderr(): readonly string[] {
    return this.#stderr.untaken
  }

  stderrLine(matches: (line: string) => boolean, timeoutMs: number): Promise<string> {
    return this.#stderr.take('a line on standard error', matches, timeoutMs)
  }

  /** Datagrams and connections beyond this machine that the loopback guard refused. */
  get refusalCount(): number {
    return this.stderr.filter((line) => line.startsWith('loopback-guard: refused ')).length
  }

  writeLine(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  /** Resolves when it has ended, by whatever cause. */
  ended(): Promise<void> {
    return this.#ended
  }

  /** Asks it to end and waits; one that does not listen is killed. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child.kill(signal)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    await this.#ended
    clearTimeout(timer)
  }
}
