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
import { LinePipe } from './line-pipe.ts'

const PROGRAM = fileURLToPath(new URL('./main.ts', import.meta.url))
const FOLLOW_PARENT = fileURLToPath(new URL('./follow-parent.js', import.meta.url))
const START_MS = 20_000
const EXIT_MS = 15_000

/** A storage node of the story: its own process. */
export interface DemoNode {
  readonly udpPort: number
  readonly dhtKey: string
  kill(): Promise<void>
}

/** A person of the story: `ampoule serve` with a real profile, spoken to by the contract. */
export interface DemoPerson {
  readonly api: Client<Contract>
  /** Resolves with the first of these that `matches`, past ones included. Rejects after `timeoutMs`. */
  waitForMessage(what: string, matches: (message: Message) => boolean, timeoutMs: number): Promise<Message>
  waitForFriend(what: string, matches: (friend: Friend) => boolean, timeoutMs: number): Promise<Friend>
  waitForRequest(timeoutMs: number): Promise<FriendRequest>
  waitForNetwork(what: string, matches: (network: Network) => boolean, timeoutMs: number): Promise<Network>
  /** Quits by the contract and waits for the process. */
  leave(): Promise<void>
}

/** Every process of one telling, so that none is left. */
export class DemoCast {
  readonly folder: string
  readonly #children = new Set<ChildProcess>()

  constructor(folder: string) {
    this.folder = folder
  }

  /** A file of the story's own folder. */
  path(name: string): string {
    return join(this.folder, name)
  }

  async startNode(bootstrap: DemoNode | undefined): Promise<DemoNode> {
    const via = bootstrap ? ['--bootstrap', pointOf(bootstrap)] : []
    const child = this.#spawn(['node', '--udp-port', '0', '--no-lan', '--storage', '64MiB', ...via])
    const line = await firstLine(child)
    const { udpPort, dhtKey } = JSON.parse(line) as { udpPort: number; dhtKey: string }
    return { udpPort, dhtKey, kill: () => endOf(child, 'SIGKILL') }
  }

  async startPerson(name: string, bootstrap: readonly DemoNode[]): Promise<DemoPerson> {
    const via = bootstrap.flatMap((node) => ['--bootstrap', pointOf(node)])
    // People store nothing in this story, so that only the ten nodes hold what Alice writes.
    const own = ['--profile', this.path(name), '--udp-port', '0', '--no-lan', '--storage', '0']
    const child = this.#spawn(['serve', '--stdio', ...own, ...via])
    if (!child.stdout || !child.stdin) throw new Error('a person without a voice')
    return new Person(name, child, createClient(contract, new LinePipe(child.stdout, child.stdin)))
  }

  killAll(): void {
    for (const child of this.#children) child.kill('SIGKILL')
  }

  /** Ends whatever still runs and waits for it. */
  async end(): Promise<void> {
    await Promise.all([...this.#children].map((child) => endOf(child, 'SIGKILL')))
  }

  #spawn(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, ['--import', FOLLOW_PARENT, PROGRAM, ...args], {
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, AMPOULE_NETWORK_SCOPE: 'loopback' },
    })
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    return child
  }
}

function pointOf({ udpPort, dhtKey }: DemoNode): string {
  return `127.0.0.1:${udpPort}:${dhtKey}`
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('a node without a voice')
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`a storage node ended at once (${String(code)})`)
  })
  const [line] = await within(START_MS, 'a storage node to start', Promise.race([once(lines, 'line'), ended]))
  return String(line)
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${timeoutMs / 1_000} s for ${what}`)), timeoutMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What was told so far, newest last per subject, and who waits for more. */
class News<T> {
  readonly #told: T[] = []
  readonly #listeners = new Set<(item: T) => void>()

  tell(item: T): void {
    this.#told.push(item)
    for (const listener of this.#listeners) listener(item)
  }

  async waitFor(what: string, matches: (item: T) => boolean, timeoutMs: number): Promise<T> {
    const past = this.#told.findLast(matches)
    if (past !== undefined) return past
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

class Person implements DemoPerson {
  readonly api: Client<Contract>
  readonly #name: string
  readonly #child: ChildProcess
  readonly #messages = new News<Message>()
  readonly #friends = new News<Friend>()
  readonly #requests = new News<FriendRequest>()
  readonly #networks = new News<Network>()

  constructor(name: string, child: ChildProcess, api: Client<Contract>) {
    this.#name = name
    this.#child = child
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

  async leave(): Promise<void> {
    const exit = once(this.#child, 'exit')
    await this.api.app.quit({})
    const [code] = await within(EXIT_MS, `${this.#name} to leave`, exit)
    if (code !== 0) throw new Error(`${this.#name} left with code ${String(code)}`)
  }
}
