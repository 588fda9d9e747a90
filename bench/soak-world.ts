import { type Random, randomBelow, randomItem } from '../main/base/random.ts'
import type { ProcessCast, ProcessPerson } from '../main/cli/demo-cast.ts'
import type { DemoNode } from '../main/cli/demo-roles.ts'
import type { Message } from '../shared/model/message.ts'
import { sleep } from './report.ts'
import { faultsOf } from './soak-faults.ts'

const NODE_COUNT = 8
/** More are not killed than storage is made for. */
const NODES_MIN = 6
const NAMES = ['Alice', 'Bob', 'Carol', 'Dave'] as const
const BURST = 20
const TTL_SECONDS = 86_400
const MEET_MS = 180_000
const PAGE = 200

interface Somebody {
  readonly name: string
  publicKey: string
  /** Undefined while they are away. */
  app: ProcessPerson | undefined
  isAsleep: boolean
}

type SomebodyAwake = Somebody & { app: ProcessPerson }

/** People who are all friends of each other, and storage nodes: each a process of its own. */
export class SoakWorld {
  readonly #cast: ProcessCast
  readonly #random: Random
  readonly #say: (line: string) => void
  readonly #nodes: DemoNode[] = []
  readonly #people: Somebody[] = NAMES.map((name) => ({ name, publicKey: '', app: undefined, isAsleep: false }))
  readonly #taken = new Map<string, string[]>()
  #writtenCount = 0

  constructor(cast: ProcessCast, random: Random, say: (line: string) => void) {
    this.#cast = cast
    this.#random = random
    this.#say = say
  }

  get writtenCount(): number {
    return this.#writtenCount
  }

  /** Resolves once everybody has met everybody. */
  async start(): Promise<void> {
    for (let at = 0; at < NODE_COUNT; at += 1) await this.#startNode()
    for (const person of this.#people) await this.#start(person)
    const ids = await Promise.all(this.#awake().map(async ({ app }) => (await app.api.profile.get({})).toxId))
    for (const [at, { app }] of this.#awake().entries())
      for (const toxId of ids.slice(at + 1)) await app.api.friends.add({ toxId, message: 'It is me.' })
    await within(MEET_MS, 'everybody to meet', () => this.#haveAllMet())
  }

  /** Something happens, by chance. */
  async step(): Promise<void> {
    const chance = randomBelow(this.#random, 100)
    if (chance < 62) await this.#write()
    else if (chance < 74) await this.#takeAway()
    else if (chance < 88) await this.#bringBack()
    else if (chance < 92) this.#lullOrWake()
    else await this.#changeNodes()
  }

  /** Everybody is there again. */
  async gather(): Promise<void> {
    for (const person of this.#people) {
      if (person.isAsleep) this.#wake(person)
      if (!person.app) await this.#start(person)
    }
  }

  /** What is wrong now, in words. */
  async faults(): Promise<string[]> {
    const faults: string[] = []
    for (const from of this.#awake()) {
      for (const to of this.#awake()) {
        if (from.name === to.name) continue
        const sent = (await history(from.app, to.publicKey)).filter(({ direction }) => direction === 'out')
        const received = (await history(to.app, from.publicKey)).filter(({ direction }) => direction === 'in')
        const taken = this.#taken.get(`${from.name} ${to.name}`) ?? []
        const found = faultsOf({ taken, sent, received: received.map(({ text }) => text) })
        faults.push(...found.map((fault) => `${from.name} to ${to.name}: ${fault}`))
      }
    }
    return faults
  }

  async leave(): Promise<void> {
    for (const { app } of this.#awake()) await app.leave()
  }

  async #write(): Promise<void> {
    const [from] = this.#some(this.#awake())
    if (!from) return
    const to = randomItem(
      this.#random,
      this.#people.filter(({ name }) => name !== from.name),
    )
    const count = randomBelow(this.#random, 10) === 0 ? BURST : 1
    for (let at = 0; at < count; at += 1) {
      this.#writtenCount += 1
      const text = `${from.name} ${this.#writtenCount}`
      await from.app.api.messages.send({ friend: to.publicKey, text, ttlSeconds: TTL_SECONDS })
      const key = `${from.name} ${to.name}`
      this.#taken.set(key, [...(this.#taken.get(key) ?? []), text])
    }
  }

  async #takeAway(): Promise<void> {
    const [person] = this.#some(this.#awake())
    if (!person) return
    const { app } = person
    const isClean = randomBelow(this.#random, 2) === 0
    this.#setAway(person)
    await (isClean ? app.leave() : app.kill())
    this.#say(`${person.name} ${isClean ? 'leaves' : 'is killed'}`)
  }

  async #bringBack(): Promise<void> {
    const [person] = this.#some(this.#people.filter(({ app }) => app === undefined))
    if (!person) return
    await this.#start(person)
    this.#say(`${person.name} comes back`)
  }

  #lullOrWake(): void {
    const [asleep] = this.#some(this.#people.filter(({ isAsleep }) => isAsleep))
    if (asleep) return this.#wake(asleep)
    const [person] = this.#some(this.#people.filter(({ app }) => app !== undefined))
    if (!person) return
    person.isAsleep = true
    person.app?.sleep()
    this.#say(`${person.name} sleeps`)
  }

  #wake(person: Somebody): void {
    person.isAsleep = false
    person.app?.wake()
    this.#say(`${person.name} wakes up`)
  }

  async #changeNodes(): Promise<void> {
    const running = this.#nodes.filter(({ isRunning }) => isRunning)
    if (running.length > NODES_MIN && randomBelow(this.#random, 2) === 0) {
      await randomItem(this.#random, running).kill()
      this.#say('a storage node is killed')
    } else if (running.length < NODE_COUNT) {
      await this.#startNode()
      this.#say('a storage node comes')
    }
  }

  async #startNode(): Promise<void> {
    this.#nodes.push(await this.#cast.startNode(this.#nodes.find(({ isRunning }) => isRunning)))
  }

  async #start(person: Somebody): Promise<void> {
    const entry = this.#nodes.filter(({ isRunning }) => isRunning).slice(0, 3)
    const app = await this.#cast.startPerson(person.name, entry)
    app.api.friends.requested(({ publicKey }) => void app.api.friends.accept({ publicKey }))
    person.publicKey = (await app.api.profile.get({})).publicKey
    person.app = app
  }

  async #haveAllMet(): Promise<boolean> {
    const lists = await Promise.all(this.#awake().map(({ app }) => app.api.friends.list({})))
    const isReady = (friends: (typeof lists)[number]): boolean =>
      friends.filter(({ offlineMessages }) => offlineMessages === 'ready').length === NAMES.length - 1
    return lists.every(isReady)
  }

  #setAway(person: Somebody): void {
    person.app = undefined
  }

  #awake(): SomebodyAwake[] {
    return this.#people.filter((person): person is SomebodyAwake => person.app !== undefined && !person.isAsleep)
  }

  /** One of them, if there is any. */
  #some<T>(items: readonly T[]): [T?] {
    return items.length === 0 ? [] : [randomItem(this.#random, items)]
  }
}

/** All messages with a friend, oldest first. */
async function history({ api }: ProcessPerson, friend: string): Promise<Message[]> {
  const all: Message[] = []
  for (;;) {
    const page = await api.messages.after({ friend, afterId: all.at(-1)?.id ?? 0, limit: PAGE })
    if (page.length === 0) return all
    all.push(...page)
  }
}

async function within(timeoutMs: number, what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await isSo()); waitedMs += 1_000) {
    if (waitedMs > timeoutMs) throw new Error(`waited ${timeoutMs / 1_000} s for ${what}`)
    await sleep(1_000)
  }
}
