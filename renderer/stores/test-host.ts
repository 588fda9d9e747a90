import { type Contract, contract } from '../../shared/api/contract.ts'
import { createMemoryPipes } from '../../shared/api/memory-pipe.ts'
import { answer, createClient, createPipeEmitters, type Emitters, type Handlers } from '../../shared/api/rpc.ts'
import type { Friend } from '../../shared/model/friend.ts'
import type { Message } from '../../shared/model/message.ts'
import type { Api } from '../api/connection.ts'

/** The handlers that a test gives, by full name: `messages.list`. */
type Answers = Readonly<Record<string, (args: never) => unknown>>

export interface TestHost {
  readonly api: Api
  readonly emit: Emitters<Contract>
  /** What was asked, in order. */
  readonly asked: readonly { readonly name: string; readonly args: unknown }[]
}

/** A host behind a memory pipe that answers what a test says, by the real contract. */
export function createTestHost(answers: Answers): TestHost {
  const [near, far] = createMemoryPipes()
  const asked: { name: string; args: unknown }[] = []
  const handlers: Record<string, Record<string, (args: never) => unknown>> = {}
  for (const [group, entries] of Object.entries(contract)) {
    handlers[group] = {}
    for (const name of Object.keys(entries)) {
      const full = `${group}.${name}`
      handlers[group][name] = (args) => {
        asked.push({ name: full, args })
        const reply = answers[full]
        if (!reply) throw new Error(`the test has no answer for ${full}`)
        return reply(args)
      }
    }
  }
  far.onFrame((frame) => {
    // Every entry of the contract has its handler, made above.
    void answer(contract, handlers as unknown as Handlers<Contract>, frame, raise).then((reply) => {
      if (reply !== undefined) far.send(reply)
    })
  })
  return { api: createClient(contract, near), emit: createPipeEmitters(contract, far), asked }
}

function raise(error: unknown): void {
  throw error
}

/** A friend's key for tests: the digit, 64 times. */
export function keyOf(digit: string): string {
  return digit.repeat(64)
}

export function friendOf(digit: string, change: Partial<Friend> = {}): Friend {
  return {
    publicKey: keyOf(digit),
    name: `Friend ${digit}`,
    statusMessage: '',
    status: 'none',
    online: false,
    isTyping: false,
    offlineMessages: 'ready',
    isRequested: false,
    unreadCount: 0,
    hasMet: true,
    draft: '',
    ...change,
  }
}

export function messageOf(id: number, change: Partial<Message> = {}): Message {
  return {
    id,
    friend: keyOf('A'),
    direction: 'in',
    kind: 'text',
    text: `message ${id}`,
    sentAt: '2026-11-27T12:00:00.000Z',
    state: 'received',
    isRead: false,
    ...change,
  }
}
