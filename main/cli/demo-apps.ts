import process from 'node:process'
import { createInterface } from 'node:readline'
import { openInBrowser } from '../daemon/browser.ts'
import type { DemoApp, ProcessCast } from './demo-cast.ts'
import type { DemoNode } from './demo-roles.ts'
import { meet, startFriends, startNodes, STORY_TIMES } from './demo-story.ts'

type Say = (line: string) => void

/** One person whose app can be closed and opened again. */
class Seat {
  readonly #name: string
  readonly #key: string
  readonly #start: () => Promise<DemoApp>
  readonly #say: Say
  #app: DemoApp | undefined
  #isMoving = false

  constructor(name: string, start: () => Promise<DemoApp>, say: Say) {
    this.#name = name
    this.#key = name.slice(0, 1).toLowerCase()
    this.#start = start
    this.#say = say
  }

  async open(): Promise<string> {
    const app = await this.#start()
    this.#app = app
    this.#say(`${this.#name} is at ${app.link}`)
    void app.ended.then(() => this.#say(`${this.#name} has left. Enter "${this.#key}" to bring ${this.#name} back.`))
    return app.link
  }

  /** Closes the app, or opens it; returns the link of an opened one. Asked in the middle of that, it does nothing. */
  async toggle(): Promise<string | undefined> {
    if (this.#isMoving) return undefined
    this.#isMoving = true
    try {
      if (!this.#app?.isRunning) return await this.open()
      await this.#app.leave()
      return undefined
    } finally {
      this.#isMoving = false
    }
  }
}

/**
 * Ten storage nodes, and Alice and Bob in two tabs, friends who have met: the main job can be tried at once, without any
 * network. Ends when the person enters `q`.
 */
export async function showApps(cast: ProcessCast, say: Say, opensBrowser: boolean): Promise<void> {
  const nodes = await startNodes(cast, say)
  const entry = nodes.slice(0, 2)
  await befriend(cast, entry, say)
  const seats = new Map(
    ['Alice', 'Bob'].map((name): [string, Seat] => {
      const start = (): Promise<DemoApp> => cast.startApp(name.toLowerCase(), entry)
      return [name.slice(0, 1).toLowerCase(), new Seat(name, start, say)]
    }),
  )
  const show = (link: string | undefined): void => {
    if (opensBrowser && link !== undefined) openInBrowser(link)
  }
  for (const seat of seats.values()) show(await seat.open())
  say('Enter "b" to close Bob; write to him as Alice and see the message stored; enter "b" again, and he collects it.')
  say('Enter "a" to do the same with Alice, "q" to end. Nothing leaves this machine, and nothing stays on it.')
  await obey(async (word) => show(await seats.get(word)?.toggle()))
}

/** Carries out each line that is entered, until `q`. Without a terminal nothing is entered, and a signal ends the play. */
async function obey(carryOut: (word: string) => Promise<void>): Promise<void> {
  const lines = createInterface({ input: process.stdin })
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      const word = line.trim().toLowerCase()
      if (word === 'q') resolve()
      else carryOut(word).catch(reject)
    })
  }).finally(() => lines.close())
}

async function befriend(cast: ProcessCast, entry: readonly DemoNode[], say: Say): Promise<void> {
  const { alice, bob } = await startFriends(cast, entry)
  await meet(alice, bob, STORY_TIMES, say)
  await Promise.all([alice.leave(), bob.leave()])
}
