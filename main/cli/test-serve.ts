import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { contract } from '../../shared/api/contract.ts'
import { TestProcess } from './test-process.ts'

export type Method = {
  [G in keyof typeof contract]: {
    [N in keyof (typeof contract)[G]]: (typeof contract)[G][N] extends { readonly type: 'method' }
      ? `${G & string}.${N & string}`
      : never
  }[keyof (typeof contract)[G]]
}[keyof typeof contract]

interface Entry {
  readonly type: 'method' | 'event'
  readonly args?: z.ZodType
  readonly result?: z.ZodType
  readonly payload?: z.ZodType
}

const ENTRIES = new Map<string, Entry>(
  Object.entries(contract).flatMap(([group, entries]) =>
    Object.entries(entries).map(([name, entry]): [string, Entry] => [`${group}.${name}`, entry as Entry]),
  ),
)

/** Full names of the contract's methods or events. */
export function namesOf(type: 'method' | 'event'): string[] {
  return [...ENTRIES].filter(([, entry]) => entry.type === type).map(([name]) => name)
}

/** What serve-account.process.test.ts carries out, and serve-contract.process.test.ts only with bad arguments. */
export const ACCOUNT_METHODS: readonly Method[] = [
  'account.get',
  'account.create',
  'account.unlock',
  'account.import',
  'account.restore',
  'account.retry',
  'profile.setPassphrase',
  'profile.backup',
]

export interface RpcFailure {
  readonly code: number
  readonly message: string
}

const Reply = z.union([
  z.strictObject({ jsonrpc: z.literal('2.0'), id: z.union([z.number(), z.string(), z.null()]), result: z.unknown() }),
  z.strictObject({
    jsonrpc: z.literal('2.0'),
    id: z.union([z.number(), z.string(), z.null()]),
    error: z.strictObject({ code: z.int(), message: z.string().min(1) }),
  }),
])
const News = z.strictObject({ jsonrpc: z.literal('2.0'), method: z.string(), params: z.unknown() })

/** `ampoule serve --stdio`, spoken to in plain JSON lines; every line it writes is held against the contract. */
export class TestServe extends TestProcess {
  readonly #news: { readonly name: string; readonly payload: unknown }[] = []
  readonly #replies = new Map<number | string | null, z.infer<typeof Reply>>()
  readonly #told = new Set<string>()
  readonly #carriedOut = new Set<string>()
  #nextId = 1

  constructor(profile: string, options: readonly string[] = []) {
    super(['serve', '--stdio', '--profile', profile, '--udp-port', '0', '--no-lan', ...options])
  }

  /** Calls a method with good arguments; the result is held against the contract. */
  async call<T = unknown>(method: Method, params: unknown = {}): Promise<T> {
    const reply = await this.#ask(method, params)
    if ('error' in reply) throw new Error(`${method}: ${reply.error.code} ${reply.error.message}`)
    this.#carriedOut.add(method)
    // Just checked against the contract; the caller names the part it needs.
    return reply.result as T
  }

  /** Calls a method that must be refused. */
  async refusal(method: string, params: unknown = {}): Promise<RpcFailure> {
    const reply = await this.#ask(method, params)
    if (!('error' in reply)) throw new Error(`${method} was not refused: ${JSON.stringify(reply.result)}`)
    return reply.error
  }

  /** What `ask` calls arrives in one piece: nothing comes between. */
  together<T>(ask: () => Promise<T>[]): Promise<T[]> {
    this.child.stdin?.cork()
    const asked = ask()
    this.child.stdin?.uncork()
    return Promise.all(asked)
  }

  /** Sends one line as it is, and returns the reply with this id. */
  async raw(line: string, id: number | string | null = null): Promise<z.infer<typeof Reply>> {
    this.#replies.delete(id)
    this.write(`${line}\n`)
    return await this.until('a reply', () => this.#replies.get(id))
  }

  /** What was last told under this name that matches, past news included. */
  async news<T>(name: string, matches: (payload: T) => boolean = () => true): Promise<T> {
    return await this.until(name, () => {
      const found = this.#news.findLast((told) => told.name === name && matches(told.payload as T))
      return found && (found.payload as T)
    })
  }

  /** Forgets what was told, so that `news` waits for something newer. */
  forgetNews(): void {
    this.#news.length = 0
  }

  /** Methods that gave a result. */
  get carriedOut(): ReadonlySet<string> {
    return this.#carriedOut
  }

  get toldNames(): ReadonlySet<string> {
    return this.#told
  }

  protected override handleLine(line: string): void {
    const value: unknown = JSON.parse(line)
    const news = News.safeParse(value)
    if (news.success) {
      const { method, params } = news.data
      expectShape(`the payload of ${method}`, ENTRIES.get(method)?.payload, params)
      this.#told.add(method)
      this.#news.push({ name: method, payload: params })
      return
    }
    const reply = Reply.parse(value)
    this.#replies.set(reply.id, reply)
  }

  async #ask(method: string, params: unknown): Promise<z.infer<typeof Reply>> {
    const id = this.#nextId
    this.#nextId += 1
    const reply = await this.raw(JSON.stringify({ jsonrpc: '2.0', id, method, params }), id)
    if ('result' in reply) expectShape(`the result of ${method}`, ENTRIES.get(method)?.result, reply.result)
    return reply
  }

  /** Closes standard input and waits for the end. */
  async leave(): Promise<void> {
    this.child.stdin?.end()
    const { code, signal } = await this.ended
    if (code !== 0 || this.stderr !== '') throw new Error(`it left with ${code ?? signal}: ${this.stderr}`)
  }
}

/** The schema takes the value, and changes nothing about it: what crosses is already in its final form. */
function expectShape(what: string, schema: z.ZodType | undefined, value: unknown): void {
  if (!schema) throw new Error(`${what}: the contract has no such name`)
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new Error(`${what}: ${z.prettifyError(parsed.error)}: ${JSON.stringify(value)}`)
  if (!isDeepStrictEqual(parsed.data, value)) throw new Error(`${what} is not in its final form`)
}

/** A storage node whose first line was read. */
export async function startTestNode(bootstrap: string | undefined, ...options: string[]) {
  const via = bootstrap === undefined ? [] : ['--bootstrap', bootstrap]
  const process = new TestProcess(['node', '--udp-port', '0', '--no-lan', '--storage', '16MiB', ...via, ...options])
  const line = await process.line(/./)
  const { udpPort, dhtKey } = FirstLine.parse(JSON.parse(line))
  return { process, udpPort, dhtKey, point: `127.0.0.1:${udpPort}:${dhtKey}` }
}

/** `{"udpPort":N,"dhtKey":"HEX"}` and nothing else. */
const FirstLine = z.strictObject({ udpPort: z.int().min(1).max(65_535), dhtKey: z.string().regex(/^[0-9A-F]{64}$/) })
