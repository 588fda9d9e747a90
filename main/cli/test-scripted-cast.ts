import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Friend } from '../../shared/model/friend.ts'
import type { Message } from '../../shared/model/message.ts'
import type { Profile } from '../../shared/model/profile.ts'
import type { DemoApi, DemoCast, DemoNode, DemoPerson } from './demo-roles.ts'
import type { StoryTimes } from './demo-story.ts'

/** What goes otherwise than it should. The story has to notice each. */
export interface Break {
  readonly nodeStarts?: false
  readonly personStarts?: false
  readonly requestComes?: false
  readonly keysAgreed?: false
  readonly bobLeaves?: false
  readonly aliceSeesHimLeave?: false
  readonly nodesSeen?: number
  readonly fileWaits?: false
  readonly storedCount?: number
  readonly held?: number
  readonly isThin?: true
  readonly nodesDie?: false
  readonly killFails?: true
  /** What becomes of Bob's messages on the way. */
  readonly onTheWay?: (messages: Message[]) => Message[]
  readonly fileBytes?: (bytes: Uint8Array) => Uint8Array
  readonly collectedCount?: number
  readonly exitCode?: number
}

interface Actor {
  readonly key: string
  readonly toxId: string
  isRunning: boolean
  requests: { publicKey: string; message: string; receivedAt: string }[]
  friends: Map<string, Friend>
  history: Message[]
}

const AT = '2026-01-02T03:04:05.006Z'

/** A cast without processes: everybody does at once what the script says, and who waits in vain hears of it at once. */
export class ScriptedCast implements DemoCast {
  readonly timesAsked: number[] = []
  readonly #folder: string
  readonly #break: Break
  readonly #actors = new Map<string, Actor>()
  readonly #nodes: { isRunning: boolean }[] = []

  constructor(folder: string, broken: Break) {
    this.#folder = folder
    this.#break = broken
  }

  path(name: string): string {
    return join(this.#folder, name)
  }

  startNode(bootstrap: DemoNode | undefined): Promise<DemoNode> {
    if (this.#break.nodeStarts === false && bootstrap) return Promise.reject(new Error('a node ended at once'))
    const state = { isRunning: true }
    this.#nodes.push(state)
    return Promise.resolve({
      udpPort: this.#nodes.length,
      dhtKey: 'AB'.repeat(32),
      get isRunning() {
        return state.isRunning
      },
      kill: () => {
        if (this.#break.killFails) return Promise.reject(new Error('not permitted'))
        state.isRunning = this.#break.nodesDie === false
        return Promise.resolve()
      },
    })
  }

  startPerson(name: string, bootstrap: readonly DemoNode[]): Promise<DemoPerson> {
    if (this.#break.personStarts === false || bootstrap.length === 0) return Promise.reject(new Error('no start'))
    const actor = this.#actors.get(name) ?? createActor(name)
    this.#actors.set(name, actor)
    actor.isRunning = true
    if (name === 'bob') this.#deliver(actor)
    else this.#reportCollected(actor)
    for (const other of this.#actors.values()) this.#meet(actor, other)
    return Promise.resolve(this.#personOf(actor))
  }

  get deadCount(): number {
    return this.#nodes.filter(({ isRunning }) => !isRunning).length
  }

  get runningPeople(): number {
    return [...this.#actors.values()].filter(({ isRunning }) => isRunning).length
  }

  #meet(one: Actor, other: Actor): void {
    const isMeeting = one.friends.has(other.key) && other.friends.has(one.key) && one.isRunning && other.isRunning
    for (const [self, friend] of [
      [one, other],
      [other, one],
    ] as const) {
      const known = self.friends.get(friend.key)
      if (!known) continue
      const offlineMessages = isMeeting && this.#break.keysAgreed !== false ? 'ready' : known.offlineMessages
      self.friends.set(friend.key, { ...known, online: isMeeting, offlineMessages })
    }
  }

  #deliver(bob: Actor): void {
    const alice = this.#actors.get('alice')
    const waiting = alice?.history.filter(({ state }) => state === 'stored') ?? []
    const onTheWay = this.#break.onTheWay ?? ((messages) => messages)
    for (const message of onTheWay([...waiting])) {
      const id = bob.history.length + 1
      bob.history.push({ ...message, id, friend: alice?.key ?? '', direction: 'in', state: 'received' })
    }
  }

  #reportCollected(alice: Actor): void {
    const collected = this.#actors.get('bob')?.history.length ?? 0
    const told = Math.min(collected, this.#break.collectedCount ?? collected)
    alice.history = alice.history.map((message, at) => (at < told ? { ...message, state: 'collected' } : message))
  }

  #personOf(actor: Actor): DemoPerson {
    const waitIn = <T>(items: () => Iterable<T>) => this.#waitIn(items)
    const messages = waitIn(() => actor.history)
    const friends = waitIn(() => actor.friends.values())
    const requests = waitIn(() => actor.requests)
    const storageNodes = this.#break.nodesSeen ?? this.#nodes.length
    const none = { sentBytes: 0, receivedBytes: 0, sentBytesPerSecond: 0, receivedBytesPerSecond: 0, isUdpOn: true }
    const network = { udpPort: 1, dhtKey: actor.key, connected: true, dhtNodes: 1, role: 'client', ...none } as const
    return {
      api: this.#apiOf(actor),
      waitForMessage: messages,
      waitForFriend: friends,
      waitForRequest: (timeoutMs) => requests('a request', () => true, timeoutMs),
      waitForNetwork: waitIn(() => [{ ...network, scope: 'loopback', storageNodes } as const]),
      leave: () => this.#leave(actor),
    }
  }

  #waitIn<T>(items: () => Iterable<T>) {
    return (what: string, matches: (item: T) => boolean, timeoutMs: number): Promise<T> => {
      this.timesAsked.push(timeoutMs)
      const found = [...items()].find(matches)
      return found === undefined ? Promise.reject(new Error(`waited for ${what}`)) : Promise.resolve(found)
    }
  }

  #leave(actor: Actor): Promise<void> {
    const isBob = actor === this.#actors.get('bob')
    if (isBob && this.#break.bobLeaves === false) return Promise.reject(new Error('waited for bob to leave'))
    if (this.#break.exitCode !== undefined) return Promise.reject(new Error(`left with ${this.#break.exitCode}`))
    actor.isRunning = isBob && this.#break.aliceSeesHimLeave === false
    for (const other of this.#actors.values()) this.#meet(actor, other)
    return Promise.resolve()
  }

  #apiOf(actor: Actor): DemoApi {
    return {
      profile: { get: () => Promise.resolve(profileOf(actor)), set: () => Promise.resolve(profileOf(actor)) },
      friends: {
        add: ({ toxId, message }) => {
          const other = [...this.#actors.values()].find((one) => one.toxId === toxId)
          if (!other) return Promise.reject(new Error('nobody has this Tox ID'))
          const request = { publicKey: actor.key, message, receivedAt: AT }
          if (this.#break.requestComes !== false) other.requests.push(request)
          return Promise.resolve(befriend(actor, other.key))
        },
        accept: ({ publicKey }) => {
          const friend = befriend(actor, publicKey)
          for (const other of this.#actors.values()) this.#meet(actor, other)
          return Promise.resolve(friend)
        },
      },
      messages: {
        send: ({ friend, text }) => Promise.resolve(this.#write(actor, friend, { kind: 'text', text })),
        list: ({ limit }) => Promise.resolve(actor.history.slice(-limit)),
      },
      files: {
        send: ({ friend, path }) => {
          const transfer = {
            id: 1,
            friend,
            direction: 'out',
            afterMessageId: 0,
            name: 'x',
            transferredBytes: 0,
            bytesPerSecond: 0,
            startedAt: AT,
            state: 'offered',
            isRead: true,
          } as const
          if (this.#break.fileWaits === false) return Promise.resolve({ transfer })
          const file = { name: 'map.bin', sizeBytes: readFileSync(path).length }
          return Promise.resolve({ message: this.#write(actor, friend, { kind: 'file', text: '', file }) })
        },
        saveWaiting: ({ path }) => {
          const bytes = new Uint8Array(readFileSync(this.path('map.bin')))
          writeFileSync(path, this.#break.fileBytes?.(bytes) ?? bytes)
          return Promise.resolve({})
        },
      },
    }
  }

  #write(actor: Actor, friend: string, content: Pick<Message, 'kind' | 'text' | 'file'>): Message {
    const id = actor.history.length + 1
    const isStored = id <= (this.#break.storedCount ?? Number.POSITIVE_INFINITY)
    const message: Message = {
      ...content,
      id,
      friend,
      direction: 'out',
      sentAt: AT,
      state: isStored ? 'stored' : 'proving',
      copies: { held: this.#break.held ?? 6, wanted: 6 },
      expiresAt: AT,
      isRead: true,
      ...(this.#break.isThin ? { reason: 'thin' } : {}),
    }
    actor.history.push(message)
    return message
  }
}

function createActor(name: string): Actor {
  const key = Buffer.from(name.padEnd(32, '.')).toString('hex').toUpperCase()
  const toxId = `${key}000000000000`
  return { key, toxId, isRunning: false, requests: [], friends: new Map(), history: [] }
}

function profileOf({ key, toxId }: Actor): Profile {
  return {
    toxId,
    publicKey: key,
    name: '',
    statusMessage: '',
    status: 'none',
    isEncrypted: false,
    keyProtection: 'file',
  }
}

function befriend(actor: Actor, publicKey: string): Friend {
  const blank = { name: '', statusMessage: '', status: 'none', isTyping: false, isRequested: true } as const
  const more = { offlineMessages: 'pending', unreadCount: 0, hasMet: false, draft: '' } as const
  const friend: Friend = { publicKey, ...blank, online: false, ...more }
  actor.friends.set(publicKey, friend)
  return friend
}

/** Times that show which step waited. */
export const SCRIPT_TIMES: StoryTimes = { meetMs: 1, networkMs: 2, storeMs: 3, collectMs: 4 }
