import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contract } from '../../../shared/api/contract.ts'
import { createPipeEmitters } from '../../../shared/api/rpc.ts'
import { formatToxId } from '../../../shared/tox-id.ts'
import { createProfile, writeProfile } from '../../engine/profile-file.ts'
import { osRandom } from '../../driver/os-random.ts'
import { createTestHosts, type TestHost, type TestHosts } from '../test-app-host.ts'

/**
 * Goal: what one window changes, every other window is told.
 * Method: every method of the contract stands in one of the two lists below; those of the first are carried out on a real
 * host that is alone, and what it tells is written down.
 */
const FRIEND = '76518406F6A9F2217E8DC487CC783C25CC16A15EB36FF32E335A235342C48A39'
const OTHER = 'F404ABAA1C99A9D37D61AB54898F56793E1DEF8BD46B1038B9D822E8460FAB67'
const TOX_ID = formatToxId({ publicKey: FRIEND, nospam: '218F515C' })

interface Case {
  readonly prepare?: (host: TestHost) => unknown
  readonly call: (host: TestHost) => Promise<unknown>
  readonly told: readonly string[]
}

const befriend = ({ client }: TestHost) => client.friends.add({ toxId: TOX_ID, message: 'hello' })
const beAsked = ({ host }: TestHost, publicKey = OTHER) =>
  host.database.friends.putRequest({ publicKey, message: 'hello', receivedAt: 1 })
const write = async (host: TestHost) => {
  await befriend(host)
  return await host.client.messages.send({ friend: FRIEND, text: 'hello' })
}

const CHANGES: Readonly<Record<string, Case>> = {
  'profile.set': { call: ({ client }) => client.profile.set({ name: 'Lena' }), told: ['profile.changed'] },
  'profile.import': {
    prepare: (host) => {
      beAsked(host)
      writeFileSync(savefile(), writeProfile(createProfile(osRandom)))
    },
    call: ({ client }) => client.profile.import({ path: savefile() }),
    told: ['profile.changed', 'friends.requestRemoved'],
  },
  'profile.setPassphrase': {
    call: ({ client }) => client.profile.setPassphrase({ next: 'secret' }),
    told: ['profile.changed'],
  },
  'friends.add': {
    prepare: (host) => beAsked(host, FRIEND),
    call: befriend,
    told: ['friends.changed', 'friends.requestRemoved'],
  },
  'friends.accept': {
    prepare: (host) => beAsked(host),
    call: ({ client }) => client.friends.accept({ publicKey: OTHER }),
    told: ['friends.changed', 'friends.requestRemoved'],
  },
  'friends.dismiss': {
    prepare: (host) => beAsked(host),
    call: ({ client }) => client.friends.dismiss({ publicKey: OTHER }),
    told: ['friends.requestRemoved'],
  },
  'friends.remove': {
    prepare: befriend,
    call: ({ client }) => client.friends.remove({ publicKey: FRIEND }),
    told: ['friends.removed'],
  },
  'friends.setTtl': {
    prepare: befriend,
    call: ({ client }) => client.friends.setTtl({ publicKey: FRIEND, ttlSeconds: 60 }),
    told: ['friends.changed'],
  },
  'friends.setDraft': {
    prepare: befriend,
    call: ({ client }) => client.friends.setDraft({ publicKey: FRIEND, text: 'Hal' }),
    told: ['friends.changed'],
  },
  'friends.setOfflineMessages': {
    prepare: befriend,
    call: ({ client }) => client.friends.setOfflineMessages({ publicKey: FRIEND, isOn: false }),
    told: ['friends.changed'],
  },
  'messages.send': {
    prepare: befriend,
    call: ({ client }) => client.messages.send({ friend: FRIEND, text: 'hello' }),
    told: ['messages.changed', 'friends.changed'],
  },
  'messages.edit': {
    prepare: write,
    call: ({ client }) => client.messages.edit({ id: 1, text: 'Hello!' }),
    told: ['messages.changed', 'friends.changed'],
  },
  'messages.cancel': {
    prepare: write,
    call: ({ client }) => client.messages.cancel({ id: 1 }),
    told: ['messages.changed', 'friends.changed'],
  },
  'messages.remove': {
    prepare: write,
    call: ({ client }) => client.messages.remove({ id: 1 }),
    told: ['messages.removed', 'friends.changed'],
  },
  'messages.markRead': {
    prepare: befriend,
    call: ({ client }) => client.messages.markRead({ friend: FRIEND, upToId: 1 }),
    told: ['messages.markedRead', 'friends.changed'],
  },
  'files.remove': {
    prepare: async (host) => {
      await befriend(host)
      const file = { name: 'map.png', transferredBytes: 0 }
      const offer = { friend: FRIEND, isOutgoing: false, afterMessageId: 0, startedAt: 1, isRead: true, file }
      host.host.database.transfers.insert({ ...offer, state: 'cancelled' })
    },
    call: ({ client }) => client.files.remove({ id: 1 }),
    told: ['files.removed', 'friends.changed'],
  },
  'storage.set': {
    call: ({ client }) => client.storage.set({ allocationBytes: 2 ** 24 }),
    told: ['storage.changed'],
  },
  'storage.clear': { call: ({ client }) => client.storage.clear({}), told: ['storage.changed'] },
  'settings.set': {
    call: ({ client }) => client.settings.set({ theme: 'dark' }),
    told: ['settings.changed'],
  },
}

/** What needs no word to other windows, or is shown to give it elsewhere. */
const OTHERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['get', 'create', 'unlock', 'import', 'restore', 'retry'].map((name) => [`account.${name}`, '../desk.test.ts']),
  ),
  ...Object.fromEntries(
    ['accept', 'pause', 'resume', 'cancel', 'markRead'].map((name) => [`files.${name}`, '../file-transfers.test.ts']),
  ),
  'files.send': '../file-transfers.test.ts, and as messages.send',
  'messages.renew': 'as messages.cancel: a change of state; main/offline/custody.test.ts',
  'messages.resend': 'as messages.send; messages.test.ts',
  'network.addBootstrapNode': 'whoever shows the nodes asks every two seconds: their states change all the time',
  'network.removeBootstrapNode': 'the same',
  'typing.set': 'shown to the friend alone',
  'app.quit': 'the link ends',
  ...Object.fromEntries(
    [
      'profile.get profile.export profile.backup',
      'friends.list friends.requests',
      'messages.list messages.around messages.after messages.search messages.delivery',
      'files.list files.search files.saveWaiting',
      'network.get network.rings network.lookups network.bootstrapNodes',
      'storage.get storage.history',
      'proof.measure proof.price',
      'settings.get app.info app.log',
    ].flatMap((names) => names.split(' ').map((name) => [name, 'changes nothing'])),
  ),
}

let hosts: TestHosts

beforeEach(() => {
  hosts = createTestHosts()
})

afterEach(() => hosts.end())

function savefile(): string {
  return join(hosts.folder, 'other.tox')
}

test('every method of the contract is either tried here, or known to be tried elsewhere or to change nothing', () => {
  const methods = Object.entries(contract).flatMap(([group, entries]) =>
    Object.entries(entries).flatMap(([name, { type }]) => (type === 'method' ? [`${group}.${name}`] : [])),
  )
  expect([...Object.keys(CHANGES), ...Object.keys(OTHERS)].toSorted()).toEqual(methods.toSorted())
})

test.each(Object.entries(CHANGES))('%s is told to every window', async (_name, { prepare, call, told }) => {
  const heard: string[] = []
  const pipe = {
    send: (frame: string) => void heard.push((JSON.parse(frame) as { method: string }).method),
    onFrame: () => {},
  }
  const started = await hosts.start('lena', { emit: createPipeEmitters(contract, pipe) })
  await prepare?.(started)
  heard.length = 0
  await call(started)
  expect(heard).toEqual(expect.arrayContaining([...told]))
})
