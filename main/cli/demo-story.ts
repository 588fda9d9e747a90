import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Message } from '../../shared/model/message.ts'
import type { DemoCast, DemoNode, DemoPerson } from './demo-roles.ts'

const NODE_COUNT = 10
const KILLED_COUNT = 3
const TEXTS = [
  'Are you there?',
  'I found the map.',
  'It was under the stairs.',
  'Bring a lamp.',
  'See you at six. 🗺️',
] as const
const FILE_BYTES = 3_000
const TTL_SECONDS = 86_400

const COPIES_MIN = 4

/** How long each step may take. */
export const STORY_TIMES = { meetMs: 60_000, networkMs: 60_000, storeMs: 120_000, collectMs: 60_000 } as const
export type StoryTimes = Readonly<Record<keyof typeof STORY_TIMES, number>>

type Say = (line: string) => void

/** Tells the story, checking every step. Throws where one does not hold. */
export async function tellStory(cast: DemoCast, say: Say, times: StoryTimes = STORY_TIMES): Promise<void> {
  const nodes = await startNodes(cast, say)
  const entry = nodes.slice(0, 2)
  const { alice, bob } = await startFriends(cast, entry)
  const aliceKey = (await alice.api.profile.get({})).publicKey
  const bobKey = (await bob.api.profile.get({})).publicKey
  await meet(alice, bob, times, say)

  await bob.leave()
  await alice.waitForFriend('Bob offline', (friend) => friend.publicKey === bobKey && !friend.online, times.meetMs)
  say('Bob has left.')

  await alice.waitForNetwork('ten storage nodes', ({ storageNodes }) => storageNodes >= NODE_COUNT, times.networkMs)
  const sent = await write(cast, alice, bobKey, say)
  await watchStored(alice, sent, times, say)
  await alice.leave()
  say('Alice has left too. Nobody who knows what was written is online.')

  await killNodes(nodes.slice(-KILLED_COUNT))
  say(`${KILLED_COUNT} of ${NODE_COUNT} storage nodes were killed without warning.`)

  const bobAgain = await cast.startPerson('bob', entry)
  say('Bob comes back.')
  await collect(cast, bobAgain, aliceKey, times, say)

  const aliceAgain = await cast.startPerson('alice', entry)
  say('Alice comes back.')
  await seeCollected(aliceAgain, sent, times, say)
  await checkOnce(bobAgain, aliceKey)
  await Promise.all([bobAgain.leave(), aliceAgain.leave()])
  say('Both have what they should have, once and in order.')
}

export async function startFriends(cast: DemoCast, entry: readonly DemoNode[]) {
  const [alice, bob] = await Promise.all([cast.startPerson('alice', entry), cast.startPerson('bob', entry)])
  await Promise.all([alice.api.profile.set({ name: 'Alice' }), bob.api.profile.set({ name: 'Bob' })])
  return { alice, bob }
}

export async function startNodes(cast: DemoCast, say: Say): Promise<DemoNode[]> {
  const first = await cast.startNode(undefined)
  const others = await Promise.all(Array.from({ length: NODE_COUNT - 1 }, () => cast.startNode(first)))
  say(`${NODE_COUNT} storage nodes run on this machine, on loopback only.`)
  return [first, ...others]
}

async function killNodes(nodes: readonly DemoNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.kill()))
  if (nodes.some(({ isRunning }) => isRunning)) throw new Error('a storage node that was to be killed still runs')
}

export async function meet(alice: DemoPerson, bob: DemoPerson, { meetMs }: StoryTimes, say: Say): Promise<void> {
  const { toxId } = await bob.api.profile.get({})
  say(`Bob's Tox ID is ${toxId.slice(0, 16)}…; Alice asks him to be her friend.`)
  await alice.api.friends.add({ toxId, message: 'It is me, Alice.' })
  const request = await bob.waitForRequest(meetMs)
  say(`Bob gets the request through the onion: "${request.message}"`)
  await bob.api.friends.accept({ publicKey: request.publicKey })
  const isReady = (friend: { online: boolean; offlineMessages: string }): boolean =>
    friend.online && friend.offlineMessages === 'ready'
  await Promise.all([
    alice.waitForFriend('Bob online, keys agreed', isReady, meetMs),
    bob.waitForFriend('Alice online, keys agreed', isReady, meetMs),
  ])
  say('They have met: both are online, and keys for waiting messages are agreed.')
}

async function write(cast: DemoCast, alice: DemoPerson, friend: string, say: Say): Promise<Message[]> {
  const sent: Message[] = []
  for (const text of TEXTS) sent.push(await alice.api.messages.send({ friend, text, ttlSeconds: TTL_SECONDS }))
  const path = cast.path('map.bin')
  writeFileSync(
    path,
    Uint8Array.from({ length: FILE_BYTES }, (_, at) => (at * 31 + 7) % 251),
  )
  const file = await alice.api.files.send({ friend, path, ttlSeconds: TTL_SECONDS })
  if (!('message' in file)) throw new Error('the file was not taken as a waiting message')
  sent.push(file.message)
  say(`Alice writes ${TEXTS.length} messages and a file of ${FILE_BYTES} bytes (TTL 1 day, default effort).`)
  return sent
}

async function watchStored(
  alice: DemoPerson,
  sent: readonly Message[],
  { storeMs }: StoryTimes,
  say: Say,
): Promise<void> {
  for (const { id } of sent) {
    const isStored = (message: Message): boolean => message.id === id && message.state === 'stored'
    const stored = await alice.waitForMessage(`message ${id} stored`, isStored, storeMs)
    const { held = 0, wanted = 0 } = stored.copies ?? {}
    say(`Message ${id} is stored: ${held} of ${wanted} copies, until ${stored.expiresAt ?? '?'}.`)
    if (stored.reason === 'thin' || held < COPIES_MIN)
      throw new Error(`message ${id} has only ${held} of ${wanted} copies`)
  }
}

async function collect(
  cast: DemoCast,
  bob: DemoPerson,
  friend: string,
  { collectMs }: StoryTimes,
  say: Say,
): Promise<void> {
  for (const text of TEXTS) {
    await bob.waitForMessage(`"${text}"`, (message) => message.direction === 'in' && message.text === text, collectMs)
    say(`Bob reads: "${text}"`)
  }
  const isFile = (message: Message): boolean => message.direction === 'in' && message.file !== undefined
  const file = await bob.waitForMessage('the file', isFile, collectMs)
  const path = cast.path('received.bin')
  await bob.api.files.saveWaiting({ messageId: file.id, path })
  if (hashOf(path) !== hashOf(cast.path('map.bin'))) throw new Error('the file came with other bytes')
  say(`Bob has the file ${file.file?.name ?? ''}, byte for byte.`)
  await checkOnce(bob, friend)
}

/** In order and once: the history holds just what was sent. */
async function checkOnce(bob: DemoPerson, friend: string): Promise<void> {
  const history = await bob.api.messages.list({ friend, limit: 200 })
  const received = history.filter(({ direction }) => direction === 'in').map(({ text, file }) => file?.name ?? text)
  const expected = [...TEXTS, 'map.bin']
  if (JSON.stringify(received) !== JSON.stringify(expected)) {
    throw new Error(`Bob's history is ${JSON.stringify(received)}, not ${JSON.stringify(expected)}`)
  }
}

async function seeCollected(
  alice: DemoPerson,
  sent: readonly Message[],
  { collectMs }: StoryTimes,
  say: Say,
): Promise<void> {
  const [{ friend } = { friend: '' }] = sent
  for (const { id } of sent) {
    const known = (await alice.api.messages.list({ friend, limit: 200 })).find((message) => message.id === id)
    if (known?.state === 'collected') continue
    const isCollected = (message: Message): boolean => message.id === id && message.state === 'collected'
    await alice.waitForMessage(`message ${id} collected`, isCollected, collectMs)
  }
  say(`Alice sees it: all ${sent.length} were collected.`)
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
