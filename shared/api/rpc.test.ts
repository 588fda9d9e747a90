import { expect, test } from 'vitest'
import { z } from 'zod'
import { ApiError, ApiErrorCode } from './errors.ts'
import { createMemoryPipes } from './memory-pipe.ts'
import {
  answer,
  createClient,
  createForwarders,
  createPipeEmitters,
  event,
  type Handlers,
  method,
  serve,
} from './rpc.ts'

const contract = {
  sum: {
    add: method(z.strictObject({ left: z.int(), right: z.int() }), z.int()),
    fail: method(z.strictObject({}), z.int()),
    refuse: method(z.strictObject({}), z.int()),
    added: event(z.strictObject({ total: z.int() })),
  },
} as const

const handlers: Handlers<typeof contract> = {
  sum: {
    add: ({ left, right }) => left + right,
    fail: () => {
      throw new Error('a secret detail')
    },
    refuse: () => {
      throw new ApiError(ApiErrorCode.Conflict, 'not twice')
    },
  },
}

function connected() {
  const failures: unknown[] = []
  const [near, far] = createMemoryPipes()
  serve(contract, handlers, far, (error) => failures.push(error))
  const emit = createPipeEmitters(contract, far)
  return { client: createClient(contract, near), emit, failures }
}

async function reply(frame: unknown): Promise<unknown> {
  const text = await answer(contract, handlers, typeof frame === 'string' ? frame : JSON.stringify(frame), () => {})
  return text === undefined ? undefined : JSON.parse(text)
}

test('a call reaches its handler and the result comes back', async () => {
  const { client } = connected()
  await expect(client.sum.add({ left: 2, right: 3 })).resolves.toBe(5)
})

test('an event reaches every listener until it stops listening', () => {
  const { client, emit } = connected()
  const totals: number[] = []
  const stop = client.sum.added(({ total }) => totals.push(total))
  emit.sum.added({ total: 1 })
  stop()
  emit.sum.added({ total: 2 })
  expect(totals).toEqual([1])
})

test('a refusal crosses with code and words, a bug crosses without detail and is told to the owner', async () => {
  const { client, failures } = connected()
  await expect(client.sum.refuse({})).rejects.toMatchObject({ code: ApiErrorCode.Conflict, message: 'not twice' })
  await expect(client.sum.fail({})).rejects.toMatchObject({ code: ApiErrorCode.Internal, message: 'internal error' })
  expect(failures).toHaveLength(1)
})

test('arguments are checked before the handler sees them', async () => {
  const error = { code: ApiErrorCode.InvalidArguments }
  for (const params of [{ left: 1 }, { left: 'x', right: 1 }, { left: 1, right: 2, more: 3 }, [1, 2], 'text']) {
    expect(await reply({ jsonrpc: '2.0', id: 7, method: 'sum.add', params })).toMatchObject({ id: 7, error })
  }
})

test('frames that are no request get the errors of JSON-RPC', async () => {
  expect(await reply('{')).toMatchObject({ id: null, error: { code: ApiErrorCode.ParseError } })
  for (const frame of ['[]', 'null', '1', '"x"', '{"id":1}', '{"jsonrpc":"2.0","id":{},"method":"sum.add"}']) {
    expect(await reply(frame)).toMatchObject({ error: { code: ApiErrorCode.InvalidRequest } })
  }
  for (const name of [
    'sum.none',
    'none.add',
    'sum',
    'sum.add.more',
    'sum.added',
    '__proto__.toString',
    'sum.constructor',
  ]) {
    expect(await reply({ jsonrpc: '2.0', id: 1, method: name })).toMatchObject({
      error: { code: ApiErrorCode.UnknownMethod },
    })
  }
})

test('a notification is carried out and gets no reply', async () => {
  expect(await reply({ jsonrpc: '2.0', method: 'sum.add', params: { left: 1, right: 1 } })).toBeUndefined()
  for (const name of ['sum.none', 'sum.refuse', 'sum.fail', 'sum.add']) {
    expect(await reply({ jsonrpc: '2.0', method: name })).toBeUndefined()
  }
  expect(await reply({ jsonrpc: '2.0', id: null, method: 'sum.refuse' })).toMatchObject({
    id: null,
    error: { code: 2 },
  })
})

test('forwarders hand a call to whoever answers then, and their refusal to the caller', async () => {
  let answering: Handlers<typeof contract> | undefined
  const forwarders = createForwarders(contract, () =>
    answering ? Promise.resolve(answering) : Promise.reject(new ApiError(ApiErrorCode.NotOpen, 'closed')),
  )
  const [near, far] = createMemoryPipes()
  serve(contract, forwarders, far, () => {})
  const client = createClient(contract, near)
  await expect(client.sum.add({ left: 2, right: 3 })).rejects.toMatchObject({ code: ApiErrorCode.NotOpen })
  answering = handlers
  await expect(client.sum.add({ left: 2, right: 3 })).resolves.toBe(5)
  answering = { sum: { ...handlers.sum, add: () => 7 } }
  await expect(client.sum.add({ left: 2, right: 3 })).resolves.toBe(7)
})
