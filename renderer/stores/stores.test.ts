import { expect, test } from 'vitest'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { Connection, LinkState } from '../api/connection.ts'
import { createStores } from './stores.ts'
import { createTestHost, friendOf } from './test-host.ts'

function createConnection(phase: 'new' | 'open') {
  const host = createTestHost({
    'account.get': () => ({ phase }),
    'settings.get': () => {
      throw new ApiError(ApiErrorCode.Busy, 'the test lets loading end here')
    },
  })
  const listeners = new Set<(state: LinkState) => void>()
  let state: LinkState = 'open'
  const change = (next: LinkState) => {
    state = next
    for (const listener of listeners) listener(next)
  }
  const connection: Connection = {
    api: host.api,
    shell: {
      kind: 'web',
      hostPath: () => Promise.reject(new Error('not in this test')),
      chooseSavePath: () => Promise.resolve(undefined),
      deliver: () => Promise.resolve(),
      notify: () => Promise.resolve(),
      noticePermission: () => 'granted',
      askForNotices: () => Promise.resolve('granted'),
      setBadge: () => undefined,
      openExternal: () => Promise.resolve(),
      onCommand: () => () => undefined,
    },
    link: {
      get state() {
        return state
      },
      onChange: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
  }
  return { ...host, connection, change }
}

const names = (asked: readonly { readonly name: string }[]) => asked.map(({ name }) => name)

test('without a profile only the account is asked for; when one opens, all the rest', async () => {
  const { connection, asked, emit } = createConnection('new')
  const stores = createStores(connection)
  await expect.poll(() => stores.account.getState().account).toEqual({ phase: 'new' })
  expect(names(asked)).toEqual(['account.get'])
  emit.account.changed({ phase: 'open' })
  await expect.poll(() => names(asked)).toEqual(['account.get', 'settings.get'])
})

test('after a lost link everything is asked for again', async () => {
  const { connection, asked, change } = createConnection('open')
  createStores(connection)
  await expect.poll(() => names(asked)).toEqual(['account.get', 'settings.get'])
  change('lost')
  change('open')
  await expect.poll(() => names(asked)).toEqual(['account.get', 'settings.get', 'account.get', 'settings.get'])
})

test('why the stores could not be filled is told', async () => {
  const { connection } = createConnection('open')
  const stores = createStores(connection)
  await expect.poll(() => stores.loadFailure.getState().error).toBeInstanceOf(ApiError)
})

test('each window keeps events that come before it has loaded', async () => {
  const { connection, emit } = createConnection('new')
  const stores = createStores(connection)
  emit.friends.changed(friendOf('A'))
  await expect.poll(() => Object.keys(stores.friends.getState().byKey)).toHaveLength(1)
})
