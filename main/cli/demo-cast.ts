import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Contract, contract } from '../../shared/api/contract.ts'
import { type Client, createClient } from '../../shared/api/rpc.ts'
import type { Friend, FriendRequest } from '../../shared/model/friend.ts'
import type { Message } from '../../shared/model/message.ts'
import type { Network } from '../../shared/model/network.ts'
import type { DemoCast, DemoNode, DemoPerson } from './demo-roles.ts'
import { LinePipe } from './line-pipe.ts'

const PROGRAM = fileURLToPath(new URL('./main.ts', import.meta.url))
const FOLLOW_PARENT = fileURLToPath(new URL('./follow-parent.js', import.meta.url))
const START_MS = 60_000
const EXIT_MS = 30_000

/** One person's app, shown in a browser. */
export interface DemoApp {
  readonly link: string
  readonly isRunning: boolean
  /** Resolves when it has ended, by whomever. */
  readonly ended: Promise<void>
  /** As a person quits it: says goodbye and hands over. */
  leave(): Promise<void>
}

/** Every process of one telling, so that none is left: each node and each person is one, with a real profile. */
export class ProcessCast implements DemoCast {
  /** Rejects once a process ends that nobody asked to. */
  readonly broken: Promise<never>
  readonly #folder: string
  readonly #children = new Set<ChildProcess>()
  readonly #endsExpected = new Set<ChildProcess>()
  #break: (error: Error) => void = () => {}
  #nodeCount = 0

  constructor(folder: string) {
    this.#folder = folder
    this.broken = new Promise((_resolve, reject) => {
      this.#break = reject
    })
    // Whoever waits for it hears of it; nobody has to.
    this.broken.catch(() => {})
  }

  path(name: string): string {
    return join(this.#folder, name)
  }

  async startNode(bootstrap: DemoNode | undefined): Promise<DemoNode> {
    const via = bootstrap ? ['--bootstrap', pointOf(bootstrap)] : []
    this.#nodeCount += 1
    const name = `node ${this.#nodeCount}`
    const own = ['--udp-port', '0', '--no-lan', '--storage', '64MiB', '--data', this.path(`node-${this.#nodeCount}`)]
    const child = this.#spawn(name, ['node', ...own, ...via])
    const line = await firstLine(child, name)
    const { udpPort, dhtKey } = JSON.parse(line) as { udpPort: number; dhtKey: string }
    return {
      udpPort,
      dhtKey,
      get isRunning() {
        return isRunning(child)
      },
      kill: () => this.#kill(child),
    }
  }

  async startPerson(name: string, bootstrap: readonly DemoNode[]): Promise<ProcessPerson> {
    const child = this.#spawn(name, ['serve', '--stdio', ...this.#personOptions(name, bootstrap)])
    if (!child.stdout || !child.stdin) throw new Error('a person without a voice')
    const api = createClient(contract, new LinePipe(child.stdout, child.stdin))
    return new ProcessPerson(name, api, {
      leave: () => this.#leave(name, child, api),
      kill: () => this.#kill(child),
      signal: (signal) => child.kill(signal),
    })
  }

  /** The same profile as `startPerson`, which has to have left. */
  async startApp(name: string, bootstrap: readonly DemoNode[]): Promise<DemoApp> {
    const own = [...this.#personOptions(name, bootstrap), '--http-port', '0', '--no-open']
    const child = this.#spawn(name, ['web', ...own], 0)
    const ended = once(child, 'exit').then(() => {})
    const line = await firstLine(child, name)
    const [link] = /http:\S+/.exec(line) ?? []
    if (link === undefined) throw new Error(`${name} said "${line}" and no link`)
    return {
      link,
      ended,
      get isRunning() {
        return isRunning(child)
      },
      leave: async () => {
        child.kill('SIGTERM')
        await within(EXIT_MS, `${name} to leave`, ended)
      },
    }
  }

  killAll(): void {
    for (const child of this.#children) {
      this.#endsExpected.add(child)
      child.kill('SIGKILL')
    }
  }

  /** Ends whatever still runs and waits for it. */
  async end(): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.#kill(child)))
  }

  #personOptions(name: string, bootstrap: readonly DemoNode[]): string[] {
    const via = bootstrap.flatMap((node) => ['--bootstrap', pointOf(node)])
    // People store nothing in this story, so that only the ten nodes hold what Alice writes.
    return ['--profile', this.path(name), '--udp-port', '0', '--no-lan', '--storage', '0', ...via]
  }

  async #leave(name: string, child: ChildProcess, api: Client<Contract>): Promise<void> {
    this.#endsExpected.add(child)
    const exit = once(child, 'exit')
    const hasLeft = Promise.all([exit, api.app.quit({})])
    await within(EXIT_MS, `${name} to leave`, hasLeft)
    const { exitCode, signalCode } = child
    if (exitCode !== 0) throw new Error(`${name} left with ${exitCode ?? signalCode}`)
  }

  async #kill(child: ChildProcess): Promise<void> {
    this.#endsExpected.add(child)
    if (!isRunning(child)) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }

  /** `goodCode` is how it may end by itself; without one it may not. */
  #spawn(name: string, args: readonly string[], goodCode?: number): ChildProcess {
    const child = spawn(process.execPath, ['--import', FOLLOW_PARENT, PROGRAM, ...args], {
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, AMPOULE_NETWORK_SCOPE: 'loopback' },
    })
    this.#children.add(child)
    child.once('exit', (code, signal) => {
      this.#children.delete(child)
      const isGood = goodCode !== undefined && code === goodCode
      if (!isGood && !this.#endsExpected.has(child))
        this.#break(new Error(`${name} ended in the middle (${code ?? signal})`))
    })
    return child
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

function pointOf({ udpPort, dhtKey }: DemoNode): string {
  return `127.0.0.1:${udpPort}:${dhtKey}`
}

async function firstLine(child: ChildProcess, name: string): Promise<string> {
  if (!child.stdout) throw new Error(`${name} has no voice`)
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended at once (${String(code)})`)
  })
  const line = new Promise<string>((resolve) => lines.once('line', resolve))
  return await within(START_MS, `${name} to start`, Promise.race([line, ended]))
}

async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${timeoutMs / 1_000} s for ${what}`)), timeoutMs)
    // A story that has failed is over, whatever it still waits for.
    timer.unref()
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The last that was told of each subject, and who waits for more. */
class News<T> {
  readonly #subjectOf: (item: T) => unknown
  readonly #last = new Map<unknown, T>()
  readonly #listeners = new Set<(item: T) => void>()

  constructor(subjectOf: (item: T) => unknown) {
    this.#subjectOf = subjectOf
  }

  tell(item: T): void {
    this.#last.set(this.#subjectOf(item), item)
    for (const listener of this.#listeners) listener(item)
  }

  async waitFor(what: string, matches: (item: T) => boolean, timeoutMs: number): Promise<T> {
    const known = [...this.#last.values()].find(matches)
    if (known !== undefined) return known
    let listener: (item: T) => void = () => {}
    const found = new Promise<T>((resolve) => {
      listener = (item) => {
        if (matches(item)) resolve(item)
      }
      this.#listeners.add(listener)
    })
    try {
      return await within(timeoutMs, what, found)
    } finally {
      this.#listeners.delete(listener)
    }
  }
}

/** What can be done to a person's process. */
interface PersonProcess {
  readonly leave: () => Promise<void>
  readonly kill: () => Promise<void>
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT') => void
}

/** A person whose app is a process of its own, with all that may befall one. */
export class ProcessPerson implements DemoPerson {
  readonly api: Client<Contract>
  readonly #name: string
  readonly #process: PersonProcess
  readonly #messages = new News<Message>(({ id }) => id)
  readonly #friends = new News<Friend>(({ publicKey }) => publicKey)
  readonly #requests = new News<FriendRequest>(({ publicKey }) => publicKey)
  readonly #networks = new News<Network>(({ dhtKey }) => dhtKey)

  constructor(name: string, api: Client<Contract>, ownProcess: PersonProcess) {
    this.#name = name
    this.#process = ownProcess
    this.api = api
    api.messages.changed((message) => this.#messages.tell(message))
    api.friends.changed((friend) => this.#friends.tell(friend))
    api.friends.requested((request) => this.#requests.tell(request))
    api.network.changed((network) => this.#networks.tell(network))
  }

  waitForMessage(what: string, matches: (message: Message) => boolean, timeoutMs: number): Promise<Message> {
    return this.#messages.waitFor(`${this.#name}: ${what}`, matches, timeoutMs)
  }

  waitForFriend(what: string, matches: (friend: Friend) => boolean, timeoutMs: number): Promise<Friend> {
    return this.#friends.waitFor(`${this.#name}: ${what}`, matches, timeoutMs)
  }

  waitForRequest(timeoutMs: number): Promise<FriendRequest> {
    return this.#requests.waitFor(`${this.#name}: a friend request`, () => true, timeoutMs)
  }

  async waitForNetwork(what: string, matches: (network: Network) => boolean, timeoutMs: number): Promise<Network> {
    const now = await this.api.network.get({})
    return matches(now) ? now : await this.#networks.waitFor(`${this.#name}: ${what}`, matches, timeoutMs)
  }

  leave(): Promise<void> {
    return this.#process.leave()
  }

  /** Without warning. */
  kill(): Promise<void> {
    return this.#process.kill()
  }

  /** Like a computer that sleeps: nothing of it runs, and it does not know. */
  sleep(): void {
    this.#process.signal('SIGSTOP')
  }

  wake(): void {
    this.#process.signal('SIGCONT')
  }
}
