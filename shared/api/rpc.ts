import type { z } from 'zod'
import { ApiError, ApiErrorCode } from './errors.ts'

export interface Method<A extends z.ZodType, R extends z.ZodType> {
  readonly type: 'method'
  readonly args: A
  readonly result: R
}

export interface Event<T extends z.ZodType> {
  readonly type: 'event'
  readonly payload: T
}

export function method<A extends z.ZodType, R extends z.ZodType>(args: A, result: R): Method<A, R> {
  return { type: 'method', args, result }
}

export function event<T extends z.ZodType>(payload: T): Event<T> {
  return { type: 'event', payload }
}

type Entry = Method<z.ZodType, z.ZodType> | Event<z.ZodType>
export type Contracts = Readonly<Record<string, Readonly<Record<string, Entry>>>>

/** What the asking side holds: methods return promises, events take a listener and return how to stop it. */
export type Client<C extends Contracts> = {
  readonly [G in keyof C]: {
    readonly [N in keyof C[G]]: C[G][N] extends Method<infer A, infer R>
      ? (args: z.input<A>) => Promise<z.output<R>>
      : C[G][N] extends Event<infer T>
        ? (listener: (payload: z.output<T>) => void) => () => void
        : never
  }
}

type MethodNames<G> = { [N in keyof G]: G[N] extends { readonly type: 'method' } ? N : never }[keyof G]
type EventNames<G> = { [N in keyof G]: G[N] extends { readonly type: 'event' } ? N : never }[keyof G]

/** What the answering side must supply: one handler per method, so that a missing or wrong one does not compile. */
export type Handlers<C extends Contracts> = {
  readonly [G in keyof C]: {
    readonly [N in MethodNames<C[G]>]: C[G][N] extends Method<infer A, infer R>
      ? (args: z.output<A>) => Promise<z.input<R>> | z.input<R>
      : never
  }
}

/** How the answering side tells its news: `emit.messages.changed(message)`. */
export type Emitters<C extends Contracts> = {
  readonly [G in keyof C]: {
    readonly [N in EventNames<C[G]>]: C[G][N] extends Event<infer T> ? (payload: z.input<T>) => void : never
  }
}

/** One JSON text each way; the pipe is IPC, a WebSocket, standard input and output, or memory. */
export interface Pipe {
  send(frame: string): void
  onFrame(listener: (frame: string) => void): void
}

export type JsonRpcId = string | number | null

/** Finds `group.name` in the contract, own properties only. */
function entryOf(contract: Contracts, name: string): Entry | undefined {
  const [group = '', entry = '', ...rest] = name.split('.')
  if (rest.length > 0 || !Object.hasOwn(contract, group)) return undefined
  const entries = contract[group]
  return entries && Object.hasOwn(entries, entry) ? entries[entry] : undefined
}

function eventNames(contract: Contracts): [group: string, name: string][] {
  return Object.entries(contract).flatMap(([group, entries]) =>
    Object.entries(entries)
      .filter(([, entry]) => entry.type === 'event')
      .map(([name]): [string, string] => [group, name]),
  )
}

/**
 * Answers JSON-RPC 2.0 frames by the contract: arguments are checked before a handler sees them.
 *
 * onFailure   told of errors that are no ApiError: bugs, which cross the bridge as `Internal` without detail
 */
export function serve<C extends Contracts>(
  contract: C,
  handlers: Handlers<C>,
  pipe: Pipe,
  onFailure: (error: unknown) => void,
): void {
  pipe.onFrame((frame) => {
    void answer(contract, handlers, frame, onFailure).then((reply) => {
      if (reply !== undefined) pipe.send(reply)
    })
  })
}

/** Emitters whose events go down a pipe as JSON-RPC notifications. */
export function createPipeEmitters<C extends Contracts>(contract: C, pipe: Pipe): Emitters<C> {
  return createEmitters(contract, (name, params) => {
    pipe.send(JSON.stringify({ jsonrpc: '2.0', method: name, params }))
  })
}

/** Emitters that hand each event's full name and payload to `send`. */
function createEmitters<C extends Contracts>(contract: C, send: (name: string, payload: unknown) => void): Emitters<C> {
  const emitters: Record<string, Record<string, (payload: unknown) => void>> = {}
  for (const [group, name] of eventNames(contract)) {
    emitters[group] ??= {}
    emitters[group][name] = (payload) => send(`${group}.${name}`, payload)
  }
  // The loop above made one emitter per event of the contract, which is just what the type says.
  return emitters as unknown as Emitters<C>
}

/**
 * Handlers that hand each call on to those that `find` gives then: whose answering side changes while its pipes stay.
 *
 * find   throws ApiError where a method cannot be answered now
 */
export function createForwarders<C extends Contracts>(
  contract: C,
  find: (group: keyof C & string) => Promise<Handlers<C>>,
): Handlers<C> {
  type Calls = Readonly<Record<string, Readonly<Record<string, (args: unknown) => unknown>>>>
  const forwarders: Record<string, Record<string, (args: unknown) => unknown>> = {}
  for (const [group, entries] of Object.entries(contract)) {
    const made: Record<string, (args: unknown) => unknown> = {}
    for (const [name, entry] of Object.entries(entries)) {
      if (entry.type !== 'method') continue
      made[name] = async (args) => await ((await find(group)) as unknown as Calls)[group]?.[name]?.(args)
    }
    forwarders[group] = made
  }
  // The loop above made one handler per method of the contract, which is just what the type says.
  return forwarders as unknown as Handlers<C>
}

/** A frame that is a request, or with `id` undefined a notification. */
export interface Request {
  readonly id: JsonRpcId | undefined
  readonly method: string
  readonly params: unknown
}

/** The reply to one frame, or undefined where JSON-RPC wants none (a notification, even one that cannot be carried out). */
export async function answer<C extends Contracts>(
  contract: C,
  handlers: Handlers<C>,
  frame: string,
  onFailure: (error: unknown) => void,
): Promise<string | undefined> {
  const request = parseRequest(frame)
  if ('error' in request) return replyOf(request.id, { error: request.error })
  const { id } = request
  try {
    const result = await call(contract, handlers, request)
    return id === undefined ? undefined : replyOf(id, { result })
  } catch (thrown) {
    const error = errorOf(thrown, onFailure)
    return id === undefined ? undefined : replyOf(id, { error })
  }
}

interface RpcError {
  readonly code: number
  readonly message: string
}

/** What is wrong with a frame that is none, as its reply says it. */
export interface BadRequest {
  readonly id: JsonRpcId
  readonly error: RpcError
}

/** The text of one reply. */
export function replyOf(id: JsonRpcId, outcome: { readonly result: unknown } | { readonly error: RpcError }): string {
  return JSON.stringify({ jsonrpc: '2.0', id, ...outcome })
}

/** Reads one frame; nothing is known yet about its method and arguments. */
export function parseRequest(frame: string): Request | BadRequest {
  let value: unknown
  try {
    value = JSON.parse(frame)
  } catch {
    return { id: null, error: { code: ApiErrorCode.ParseError, message: 'not JSON' } }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { id: null, error: { code: ApiErrorCode.InvalidRequest, message: 'a request is one JSON object' } }
  }
  const { jsonrpc, id, method: name, params } = value as Record<string, unknown>
  const isId = id === null || typeof id === 'string' || typeof id === 'number'
  if (jsonrpc === '2.0' && typeof name === 'string' && (isId || id === undefined)) return { id, method: name, params }
  const error = { code: ApiErrorCode.InvalidRequest, message: 'not a JSON-RPC 2.0 request' }
  return { id: isId ? id : null, error }
}

async function call(contract: Contracts, handlers: Handlers<Contracts>, request: Request): Promise<unknown> {
  const entry = entryOf(contract, request.method)
  if (entry?.type !== 'method')
    throw new ApiError(ApiErrorCode.UnknownMethod, `no method ${request.method.slice(0, 80)}`)
  const parsed = entry.args.safeParse(request.params ?? {})
  if (!parsed.success) throw new ApiError(ApiErrorCode.InvalidArguments, firstIssue(parsed.error))
  const [group = '', name = ''] = request.method.split('.')
  const handler = (handlers as Readonly<Record<string, Record<string, (args: unknown) => unknown>>>)[group]?.[name]
  if (!handler) throw new ApiError(ApiErrorCode.UnknownMethod, `no method ${request.method}`)
  return await handler(parsed.data)
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  const where = issue?.path.join('.') ?? ''
  return `${where ? `${where}: ` : ''}${issue?.message ?? 'invalid arguments'}`
}

function errorOf(error: unknown, onFailure: (error: unknown) => void): RpcError {
  if (error instanceof ApiError) return { code: error.code, message: error.message }
  onFailure(error)
  return { code: ApiErrorCode.Internal, message: 'internal error' }
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: ApiError) => void
}

/** The asking side of a contract over any pipe. */
export function createClient<C extends Contracts>(contract: C, pipe: Pipe): Client<C> {
  const waiting = new Map<number, Waiting>()
  const listeners = new Map<string, Set<(payload: unknown) => void>>()
  let nextId = 1
  pipe.onFrame((frame) => {
    const value = JSON.parse(frame) as Record<string, unknown>
    if (typeof value['method'] === 'string') {
      for (const listener of listeners.get(value['method']) ?? []) listener(value['params'])
      return
    }
    settle(waiting, value)
  })
  const ask = (name: string, args: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = nextId
      nextId += 1
      waiting.set(id, { resolve, reject })
      pipe.send(JSON.stringify({ jsonrpc: '2.0', id, method: name, params: args }))
    })
  const listen = (name: string, listener: (payload: unknown) => void): (() => void) => {
    const set = listeners.get(name) ?? new Set()
    listeners.set(name, set.add(listener))
    return () => set.delete(listener)
  }
  const client: Record<string, Record<string, unknown>> = {}
  for (const [group, entries] of Object.entries(contract)) {
    const made: Record<string, unknown> = {}
    for (const [name, entry] of Object.entries(entries)) {
      const full = `${group}.${name}`
      made[name] =
        entry.type === 'method'
          ? (args: unknown) => ask(full, args)
          : (listener: (payload: unknown) => void) => listen(full, listener)
    }
    client[group] = made
  }
  // One function per entry of the contract was made above, which is just what the type says.
  return client as unknown as Client<C>
}

function settle(waiting: Map<number, Waiting>, value: Record<string, unknown>): void {
  const id = value['id']
  const entry = typeof id === 'number' ? waiting.get(id) : undefined
  if (!entry || typeof id !== 'number') return
  waiting.delete(id)
  const error = value['error'] as { code: ApiErrorCode; message: string } | undefined
  if (error) entry.reject(new ApiError(error.code, error.message))
  else entry.resolve(value['result'])
}
