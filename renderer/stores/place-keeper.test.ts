import { expect, test } from 'vitest'
import type { AppInfo } from '../../shared/model/app.ts'
import { createAppStore } from './app-store.ts'
import { createFriendsStore } from './friends-store.ts'
import { keepPlace } from './place-keeper.ts'
import { createTestHost, friendOf, keyOf } from './test-host.ts'
import { createViewStore } from './view-store.ts'

const FRIEND = keyOf('A')

/** The session storage of one tab. */
function tab() {
  const items = new Map<string, string>()
  const storage = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
    removeItem: (name: string) => void items.delete(name),
  }
  return { items, storage }
}

/** A page that was just loaded in that tab, by a host of this run. */
async function load(storage: ReturnType<typeof tab>['storage'] | (() => never), run = 'first') {
  const info: AppInfo = { version: '1', shell: 'web', platform: 'x', cores: 2, profileFolder: '/p', run, libraries: [] }
  const { api } = createTestHost({
    'app.info': () => info,
    'friends.list': () => [friendOf('A'), friendOf('B')],
    'friends.requests': () => [],
  })
  const stores = { view: createViewStore(), friends: createFriendsStore(api), app: createAppStore(api) }
  const failures: unknown[] = []
  keepPlace(
    stores,
    () => (typeof storage === 'function' ? storage() : storage),
    (error) => failures.push(error),
  )
  await stores.friends.getState().load()
  return { ...stores, failures }
}

test('after a reload the conversation is open again, and no friend’s key was kept for that', async () => {
  const { items, storage } = tab()
  const { view } = await load(storage)
  view.getState().openConversation(FRIEND)
  await expect.poll(() => items.size).toBe(1)
  expect([...items.values()].join('')).not.toContain(FRIEND)
  const again = await load(storage)
  await expect.poll(() => again.view.getState().place).toEqual({ kind: 'conversation', friend: FRIEND })
  again.view.getState().goHome()
  await expect.poll(() => items.size).toBe(0)
})

test('a page of the settings is open again; who went elsewhere meanwhile stays there', async () => {
  const { items, storage } = tab()
  const { view } = await load(storage)
  view.getState().openSettings('network')
  await expect.poll(() => items.size).toBe(1)
  const again = await load(storage)
  await expect.poll(() => again.view.getState().place).toEqual({ kind: 'settings', page: 'network' })
  const third = createViewStore()
  third.getState().openConversation(FRIEND)
  third.getState().returnTo({ kind: 'settings', page: 'network' })
  expect(third.getState().place).toEqual({ kind: 'conversation', friend: FRIEND })
})

test('what another run kept says nothing, and what nobody understands neither', async () => {
  const { items, storage } = tab()
  const { view } = await load(storage)
  view.getState().openConversation(FRIEND)
  await expect.poll(() => items.size).toBe(1)
  const other = await load(storage, 'second')
  await expect.poll(() => items.size).toBe(0)
  expect(other.view.getState().place).toEqual({ kind: 'home' })
  items.set('place', '{"kind":"nowhere"}')
  const { failures } = await load(storage)
  await expect.poll(() => items.size).toBe(0)
  expect(failures).toEqual([])
})

test('where the browser keeps nothing, or lets nobody look, the window only forgets its place', async () => {
  let refusals = 0
  const refuse = (): never => {
    refusals += 1
    throw new DOMException('no room', 'QuotaExceededError')
  }
  const full = { ...tab().storage, setItem: refuse, removeItem: refuse }
  for (const storage of [full, refuse]) {
    refusals = 0
    const { view, failures } = await load(storage)
    await expect.poll(() => refusals).toBeGreaterThan(0)
    const before = refusals
    view.getState().openConversation(FRIEND)
    await expect.poll(() => refusals).toBeGreaterThan(before)
    expect(view.getState().place).toEqual({ kind: 'conversation', friend: FRIEND })
    expect(failures).toEqual([])
  }
})
