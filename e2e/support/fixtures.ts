import { type Browser, expect, test as base } from '@playwright/test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { becomeFriends } from './acquaintance.ts'
import { electronBinary, openElectronApp } from './electron-app.ts'
import { Person } from './person.ts'
import { PrivateNetwork } from './private-network.ts'
import { WebApp } from './web-app.ts'

/** Three rings with six holders between them, and some to spare. */
const NODE_COUNT = 10

export interface ProjectOptions {
  readonly shell: 'web' | 'electron'
}

export interface Friends {
  readonly alice: Person
  readonly bob: Person
}

interface TestFixtures {
  /** A folder that is gone after the test. */
  readonly folder: string
  /** The storage nodes of this test: those that all share, unless it needs its own. */
  readonly storage: PrivateNetwork
  /** How long what Alice writes to Bob waits; undefined is the setting. */
  readonly ttlSeconds: number | undefined
  /** Somebody with an app and no profile yet; the same name is the same person. */
  readonly newcomer: (name: string) => Person
  /** Alice with a profile that she has just made, on this page of the settings. */
  readonly aliceAt: (page: string) => Promise<Person>
  /** Alice and Bob, friends who have met; neither has opened the app yet. */
  readonly friends: Friends
  readonly refusesMissingShell: undefined
}

interface WorkerFixtures {
  /** Storage nodes that every test of a worker shares; no test may kill them. */
  readonly network: PrivateNetwork
  readonly projectShell: ProjectOptions['shell']
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  projectShell: ['web', { option: true, scope: 'worker' }],

  refusesMissingShell: [
    async ({ projectShell }, use, testInfo) => {
      const isMissing = projectShell === 'electron' && electronBinary() === undefined
      testInfo.skip(isMissing, 'Electron’s binary is not installed: npm run electron:install')
      await use(undefined)
    },
    { auto: true },
  ],

  network: [
    async ({}, use) => {
      const network = await PrivateNetwork.start(NODE_COUNT)
      await use(network)
      await network.end()
    },
    { scope: 'worker' },
  ],

  storage: async ({ network }, use) => await use(network),

  ttlSeconds: [undefined, { option: true }],

  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'ampoule-e2e-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },

  newcomer: async ({ browser, folder, storage, projectShell }, use) => {
    const people = new Map<string, Person>()
    await use((name) => {
      const known = people.get(name)
      if (known) return known
      const person = personOf(name, { folder, network: storage, projectShell, browser })
      people.set(name, person)
      return person
    })
    await Promise.all([...people.values()].map((person) => person.kill()))
    expect(
      [...people.values()].flatMap(({ complaints }) => complaints),
      'what the pages complained about',
    ).toEqual([])
  },

  aliceAt: async ({ newcomer }, use) => {
    await use(async (page) => {
      const alice = newcomer('Alice')
      await alice.open()
      await alice.createProfile()
      await alice.openSettings(page)
      return alice
    })
  },

  friends: async ({ newcomer, storage, ttlSeconds }, use) => {
    const [alice, bob] = [newcomer('Alice'), newcomer('Bob')]
    await becomeFriends({ alice: alice.folder, bob: bob.folder, joinOptions: storage.joinOptions, ttlSeconds })
    await use({ alice, bob })
  },
})

/** Tests with so many storage nodes of their own, which they may kill. */
export const testOnNodes = (count: number) =>
  test.extend({
    storage: async ({}, use) => {
      const own = await PrivateNetwork.start(count)
      await use(own)
      await own.end()
    },
  })

export { expect }

interface World {
  readonly folder: string
  readonly network: PrivateNetwork
  readonly projectShell: ProjectOptions['shell']
  readonly browser: Browser
}

function personOf(name: string, { folder, network, projectShell, browser }: World): Person {
  return new Person({
    name,
    folder: join(folder, name.toLowerCase(), 'profile'),
    joinOptions: network.joinOptions,
    openWindow: (options) => (projectShell === 'web' ? WebApp.open(browser, options) : openElectronApp(options)),
  })
}
