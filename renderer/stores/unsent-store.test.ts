import { expect, test } from 'vitest'
import { createFriendsStore } from './friends-store.ts'
import { createTestHost, friendOf, keyOf, messageOf } from './test-host.ts'
import { createUnsentStore } from './unsent-store.ts'

const [ADA, BEA] = [keyOf('A'), keyOf('B')]

async function created() {
  const { api, emit } = createTestHost({
    'friends.list': () => [friendOf('A'), friendOf('B')],
    'friends.requests': () => [],
  })
  const friends = createFriendsStore(api)
  const store = createUnsentStore(friends)
  await friends.getState().load()
  return { emit, store, state: () => store.getState() }
}

test('words of a message that is being changed stay with its friend until they are kept or given up', async () => {
  const { state } = await created()
  const message = messageOf(7, { friend: ADA, text: 'one lamp' })
  state().writeEdit(ADA, 'nobody edits yet')
  expect(state().edited).toEqual({})
  state().beginEdit(message)
  expect(state().edited[ADA]).toEqual({ message, words: 'one lamp' })
  state().writeEdit(ADA, 'both lamps')
  expect(state().edited).toEqual({ [ADA]: { message, words: 'both lamps' } })
  state().endEdit(message)
  expect(state().edited).toEqual({})
})

test('whoever turned to another message before the first was kept goes on with that one', async () => {
  const { state } = await created()
  const [first, second] = [messageOf(7, { friend: ADA }), messageOf(8, { friend: ADA, text: 'two maps' })]
  state().beginEdit(first)
  state().beginEdit(second)
  state().endEdit(first)
  expect(state().edited[ADA]).toEqual({ message: second, words: 'two maps' })
})

test('files stay with their friend in their order, each with a number of its own, and none is taken twice', async () => {
  const { state } = await created()
  const [map, plan, film] = ['map', 'plan', 'film'].map((name) => new File(['x'], name))
  if (!map || !plan || !film) throw new Error('three files')
  state().addFiles(ADA, [map, plan])
  state().addFiles(BEA, [film])
  const ids = (friend: string) => (state().files[friend] ?? []).map(({ id }) => id)
  expect(state().files[ADA]?.map(({ file }) => file.name)).toEqual(['map', 'plan'])
  expect(new Set([...ids(ADA), ...ids(BEA)]).size).toBe(3)
  const [first = 0, second = 0] = ids(ADA)
  expect(state().takeFiles([first])).toEqual([first])
  expect(state().takeFiles([first, second])).toEqual([second])
  state().letGo(first)
  expect(state().takeFiles([first])).toEqual([first])
  state().removeFile(ADA, first)
  expect(ids(ADA)).toEqual([second])
})

test('a friend who is removed takes them along', async () => {
  const { emit, state } = await created()
  state().beginEdit(messageOf(7, { friend: ADA }))
  state().addFiles(ADA, [new File(['x'], 'map')])
  state().addFiles(BEA, [new File(['x'], 'film')])
  emit.friends.removed({ publicKey: ADA })
  expect([Object.keys(state().edited), Object.keys(state().files)]).toEqual([[], [BEA]])
})
