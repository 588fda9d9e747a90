/**
 * How quickly the app answers, and what its page weighs: `ampoule web` and a real Chromium, on loopback.
 *
 * Run: npm run bench:app
 */
import type { Browser, Page } from '@playwright/test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { becomeFriends } from '../e2e/support/acquaintance.ts'
import { gzipBytes } from '../e2e/support/bundle.ts'
import { launchChromium } from '../e2e/support/chromium.ts'
import { Person } from '../e2e/support/person.ts'
import { PrivateNetwork } from '../e2e/support/private-network.ts'
import { Program } from '../e2e/support/program.ts'
import { WebApp } from '../e2e/support/web-app.ts'
import { makeBigProfile } from '../main/host/test-big-profile.ts'
import { contract } from '../shared/api/contract.ts'
import { createClient } from '../shared/api/rpc.ts'
import { loadedBefore, markedAt, markNextClick, markWhenShown, measured, measureKeys } from './app-page.ts'
import { type Figure, quantile, sleep, writeReport } from './report.ts'

const MESSAGES = 100_000
const FRIEND = 'Friend 1'
const ROUNDS = 15
const NODES = 10
/** Their proofs take longer than the typing does. */
const WAITING_TEXTS = 8
const KEYS = 200
const KEY_INTERVAL_MS = 50
const HANG_MS = 120_000
const CORES = availableParallelism()

const FRIENDS_SHOWN = { selector: '[aria-label="Friends"] button', text: FRIEND, mark: 'friends shown' }
const NEWEST_SHOWN = { selector: '[role="article"], article', text: `${MESSAGES - 1}: `, mark: 'newest shown' }
const CLICKED = 'clicked'
const KEY_TO_PAINT = 'key to paint'

interface Round {
  readonly firstPaintMs: number
  readonly openingMs: number
  readonly openingCpuMs: number
  readonly bundleBytes: number
  readonly memory: readonly Figure[]
}

const folder = mkdtempSync(join(tmpdir(), 'ampoule-bench-'))
const browser = await launchChromium()
try {
  const rounds = await measureBigProfile(browser, join(folder, 'big'))
  const keyMs = await measureTyping(browser, folder)
  report(rounds, keyMs)
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}

function report(rounds: readonly Round[], keyMs: readonly number[]): void {
  const last = rounds.at(-1)
  if (!last) throw new Error('no round was run')
  writeReport({
    name: 'app',
    title: 'The app on the web shell',
    method:
      `\`ampoule web\` and Chromium ${browser.version()} on the same machine. One conversation of ${MESSAGES.toLocaleString('en-US')} messages; median (and range) of ${ROUNDS} ` +
      'starts of both the program and the page, nothing cached: first paint from navigation to the first frame with the friend list, opening from the click to the ' +
      'first frame with the newest message, its CPU with that of the click and of the watching for that frame. Bundle: whatever of it the page had loaded by its first paint, each file compressed by itself. Memory of the page’s process ' +
      'with that conversation open, without a garbage collection before; the resident part counts what all Chromium processes share, the proportional one only its part of that. ' +
      `Typing: ${keyMs.length} keys, from the key to the end of the frame that shows it, while ${CORES} worker threads on ${CORES} cores prove real messages: ${WAITING_TEXTS} texts for 14 days to a friend ` +
      `who was met and is offline, on ${NODES} storage nodes on the same machine.`,
    figures: [
      { name: 'bundle for the first paint, gzip', value: last.bundleBytes / 1_000, unit: 'KB', reach: 'under 350' },
      spread('first paint', rounds, ({ firstPaintMs }) => firstPaintMs, 'under 1,000'),
      spread('opening the conversation', rounds, ({ openingMs }) => openingMs, 'under 150'),
      spread('opening the conversation, CPU of the page', rounds, ({ openingCpuMs }) => openingCpuMs),
      { name: 'typing while all workers prove, p50', value: quantile(keyMs, 0.5), unit: 'ms' },
      { name: 'typing while all workers prove, p95', value: quantile(keyMs, 0.95), unit: 'ms', reach: 'under 50' },
      ...last.memory,
    ],
  })
}

function spread(name: string, rounds: readonly Round[], pick: (round: Round) => number, reach = ''): Figure {
  const [low, median, high] = [0, 0.5, 1].map((share) => Math.round(quantile(rounds.map(pick), share)))
  return { name, value: `${median} ms (${low} to ${high})`, unit: '', reach }
}

async function measureBigProfile(chromium: Browser, profile: string): Promise<Round[]> {
  await makeBigProfile({ folder: profile, messageCount: MESSAGES })
  const rounds: Round[] = []
  while (rounds.length < ROUNDS) {
    const app = await WebApp.open(chromium, {
      name: 'Lena',
      folder: profile,
      options: ['--storage', '0'],
      beforeFirstLook: (page) => page.addInitScript(markWhenShown, FRIENDS_SHOWN),
    })
    try {
      rounds.push(await measureRound(app.page))
    } finally {
      await app.leave()
    }
  }
  return rounds
}

async function measureRound(page: Page): Promise<Round> {
  const friend = page.getByRole('list', { name: 'Friends' }).getByRole('button', { name: FRIEND })
  await friend.waitFor()
  const firstPaintMs = await untilMarked(page, FRIENDS_SHOWN.mark)
  const addresses = await page.evaluate(loadedBefore, firstPaintMs)
  await page.evaluate(markNextClick, CLICKED)
  await page.evaluate(markWhenShown, NEWEST_SHOWN)
  const cpuMs = await watchCpu(page)
  await friend.click()
  const shownAt = await untilMarked(page, NEWEST_SHOWN.mark)
  const openingCpuMs = await cpuMs()
  return {
    firstPaintMs,
    openingMs: shownAt - (await untilMarked(page, CLICKED)),
    openingCpuMs,
    bundleBytes: gzipBytes(addresses),
    memory: await memoryOf(page),
  }
}

/** What the page's main thread works from now on, in CPU time: unlike the clock's, it knows of no neighbours. */
async function watchCpu(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const soFarMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000
  }
  const before = await soFarMs()
  return async () => {
    const cpuMs = (await soFarMs()) - before
    await session.detach()
    return cpuMs
  }
}

async function untilMarked(page: Page, mark: string): Promise<number> {
  return await until(mark, () => page.evaluate(markedAt, mark))
}

/** Asks until there is an answer; the limit only ends what hangs. */
async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const hangsAt = performance.now() + HANG_MS
  while (performance.now() < hangsAt) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await sleep(20)
  }
  throw new Error(`waited in vain: ${what}`)
}

async function memoryOf(page: Page): Promise<Figure[]> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN
  const figures: Figure[] = [{ name: 'memory of the page: script heap in use', value: heap / 1e6, unit: 'MB' }]
  if (process.platform !== 'linux') return figures
  const { proportional, resident } = await processMemory()
  return [
    ...figures,
    { name: 'memory of the page’s process, proportional', value: proportional / 1e6, unit: 'MB', reach: 'under 150' },
    { name: 'memory of the page’s process, resident', value: resident / 1e6, unit: 'MB' },
  ]
}

/** Of the largest renderer: the browser keeps empty ones ready beside that of the one page. */
async function processMemory(): Promise<{ readonly proportional: number; readonly resident: number }> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const renderers = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))
    .map((text) => ({ proportional: bytesIn(text, 'Pss'), resident: bytesIn(text, 'Rss') }))
  return renderers.reduce((largest, one) => (one.proportional > largest.proportional ? one : largest))
}

function bytesIn(text: string, field: string): number {
  const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text) ?? []
  return Number(kibibytes) * 1_024
}

async function measureTyping(chromium: Browser, parent: string): Promise<number[]> {
  const network = await PrivateNetwork.start(NODES)
  const { joinOptions } = network
  const alice = new Person({
    name: 'Alice',
    folder: join(parent, 'alice'),
    joinOptions,
    openWindow: (options) => WebApp.open(chromium, options),
  })
  try {
    await becomeFriends({ alice: alice.folder, bob: join(parent, 'bob'), joinOptions, ttlSeconds: undefined })
    await proveOnAllCores(alice.folder)
    await alice.open()
    await alice.openConversation('Bob')
    return await typeWhileProving(alice)
  } finally {
    await alice.kill()
    await network.end()
  }
}

/** The setting of a new profile leaves one core alone. */
async function proveOnAllCores(profile: string): Promise<void> {
  const options = ['--stdio', '--profile', profile, '--udp-port', '0', '--no-lan', '--storage', '0']
  const program = new Program('Alice', ['serve', ...options])
  try {
    await createClient(contract, program.pipe()).settings.set({ proofThreads: CORES })
  } finally {
    await program.leave()
  }
}

async function typeWhileProving(alice: Person): Promise<number[]> {
  const isStored = (text: string): Promise<boolean> =>
    alice
      .mark(text)
      .getAttribute('aria-label')
      .then((label) => label?.startsWith('Stored on the network') ?? false)
  // Once this one is stored, nothing but proofs holds up the others.
  await alice.write('Bob', 'The first text.')
  await until('the first text is stored', async () => (await isStored('The first text.')) || undefined)
  for (let at = 1; at <= WAITING_TEXTS; at += 1) await alice.write('Bob', `Text ${at} of many.`)
  await alice.page.evaluate(measureKeys, KEY_TO_PAINT)
  const text = 'the small road along the river '.repeat(KEYS).slice(0, KEYS)
  await alice.composer('Bob').pressSequentially(text, { delay: KEY_INTERVAL_MS, timeout: 0 })
  if (await isStored(`Text ${WAITING_TEXTS} of many.`)) throw new Error('all proofs were done before the typing was')
  return await alice.page.evaluate(measured, KEY_TO_PAINT)
}
