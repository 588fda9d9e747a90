import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import process from 'node:process'
import { createInterface, type Interface } from 'node:readline'
import type { Pipe } from '../../shared/api/rpc.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const CLI = resolve(ROOT, 'main/cli')

/** One process of ours, on loopback. It ends with this process, however this one ends. */
export class Program {
  readonly #child: ChildProcess
  readonly #name: string
  readonly #lines: Interface
  readonly #exited: Promise<unknown>
  #complaints = ''

  /** `args` as `ampoule` takes them; `name` is for messages. */
  constructor(name: string, args: readonly string[]) {
    this.#name = name
    const own = ['--import', resolve(CLI, 'follow-parent.js'), resolve(CLI, 'main.ts')]
    this.#child = spawn(process.execPath, [...own, ...args], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        AMPOULE_NETWORK_SCOPE: 'loopback',
        NODE_COMPILE_CACHE: resolve(ROOT, 'node_modules/.cache/ampoule-compiled'),
      },
    })
    const { stdout, stderr, stdin } = this.#child
    if (!stdout || !stderr || !stdin) throw new Error(`${name} has no streams`)
    stdin.on('error', () => {})
    stderr.on('data', (chunk: Buffer) => {
      this.#complaints += chunk.toString('utf8')
    })
    this.#lines = createInterface({ input: stdout })
    this.#exited = once(this.#child, 'exit')
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What it wrote to standard error. */
  get complaints(): string {
    return this.#complaints
  }

  async firstLine(): Promise<string> {
    const ended = this.#exited.then(() => {
      throw new Error(`${this.#name} ended at once: ${this.#complaints}`)
    })
    const line = once(this.#lines, 'line').then(([text]) => String(text))
    return await Promise.race([line, ended])
  }

  /** The contract over its standard input and output. */
  pipe(): Pipe {
    return {
      send: (frame) => this.#child.stdin?.write(`${frame}\n`),
      onFrame: (listener) => this.#lines.on('line', listener),
    }
  }

  /** As the system asks a program to end. Throws where it does not end well. */
  async leave(): Promise<void> {
    if (!this.isRunning) return
    this.#child.kill('SIGTERM')
    await this.#exited
    const { exitCode, signalCode } = this.#child
    if (exitCode !== 0) throw new Error(`${this.#name} left with ${exitCode ?? signalCode}: ${this.#complaints}`)
  }

  /** Without warning. */
  async kill(): Promise<void> {
    if (!this.isRunning) return
    this.#child.kill('SIGKILL')
    await this.#exited
  }
}
