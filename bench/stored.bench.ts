/**
 * What a person waits for: from the start to being connected, and from `messages.send` to `stored` at the default
 * effort. Ten storage nodes, Alice and Bob, each a process of its own with a real profile, on loopback.
 *
 * Run: npm run bench:stored
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProcessCast } from '../main/cli/demo-cast.ts'
import type { DemoNode, DemoPerson } from '../main/cli/demo-roles.ts'
import { mean, quantile, writeReport } from './report.ts'

const NODES = 10
const TEXTS = 8
const STARTS = 5
const PATIENCE_MS = 120_000
const DAY_SECONDS = 86_400

const folder = mkdtempSync(join(tmpdir(), 'ampoule-bench-'))
const cast = new ProcessCast(folder)
try {
  await Promise.race([measure(), cast.broken])
} finally {
  await cast.end()
  rmSync(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const first = await cast.startNode(undefined)
  const others = await Promise.all(Array.from({ length: NODES - 1 }, () => cast.startNode(first)))
  const entry = [first, ...others].slice(0, 2)
  const connects: number[] = []
  for (let start = 1; start < STARTS; start += 1) {
    const { person, connectedMs } = await timedStart('alice', entry)
    connects.push(connectedMs)
    await person.leave()
  }
  const { person: alice, connectedMs } = await timedStart('alice', entry)
  connects.push(connectedMs)
  const friend = await befriendAndPart(alice, entry)
  await alice.waitForNetwork('ten storage nodes', ({ storageNodes }) => storageNodes >= NODES, PATIENCE_MS)
  const shortLived = await sendTexts(alice, friend, DAY_SECONDS)
  const longLived = await sendTexts(alice, friend, 14 * DAY_SECONDS)
  await alice.leave()
  writeReport({
    name: 'stored',
    title: 'What a person waits for',
    method:
      `${NODES} storage nodes, Alice and Bob, each a process with a real profile, on loopback; Bob has left. ${TEXTS} short texts for each ` +
      'time, one after another, at the default effort and algorithm and with the default share of cores for proofs. Start: from the start of ' +
      `the process, ${STARTS} times with the same profile.`,
    figures: [
      { name: 'start to connected, mean', value: mean(connects) / 1_000, unit: 's' },
      { name: 'start to connected, slowest', value: Math.max(...connects) / 1_000, unit: 's' },
      { name: 'send to stored, for 1 day, p50', value: quantile(shortLived, 0.5) / 1_000, unit: 's' },
      { name: 'send to stored, for 1 day, slowest', value: Math.max(...shortLived) / 1_000, unit: 's' },
      { name: 'send to stored, for 14 days, p50', value: quantile(longLived, 0.5) / 1_000, unit: 's' },
      { name: 'send to stored, for 14 days, slowest', value: Math.max(...longLived) / 1_000, unit: 's' },
    ],
  })
}

async function timedStart(name: string, entry: readonly DemoNode[]) {
  const startedAt = performance.now()
  const person = await cast.startPerson(name, entry)
  await person.waitForNetwork('a connection', ({ connected }) => connected, PATIENCE_MS)
  return { person, connectedMs: performance.now() - startedAt }
}

/** Bob meets Alice, agrees on keys with her, and leaves. Returns his key. */
async function befriendAndPart(alice: DemoPerson, entry: readonly DemoNode[]): Promise<string> {
  const bob = await cast.startPerson('bob', entry)
  const { toxId, publicKey } = await bob.api.profile.get({})
  await alice.api.friends.add({ toxId, message: 'It is me, Alice.' })
  const request = await bob.waitForRequest(PATIENCE_MS)
  await bob.api.friends.accept({ publicKey: request.publicKey })
  await alice.waitForFriend(
    'Bob online, keys agreed',
    ({ online, offlineMessages }) => online && offlineMessages === 'ready',
    PATIENCE_MS,
  )
  await bob.leave()
  await alice.waitForFriend('Bob offline', ({ online }) => !online, PATIENCE_MS)
  return publicKey
}

async function sendTexts(alice: DemoPerson, friend: string, ttlSeconds: number): Promise<number[]> {
  const times: number[] = []
  for (let at = 1; at <= TEXTS; at += 1) {
    const startedAt = performance.now()
    const { id } = await alice.api.messages.send({ friend, text: `Text ${at}`, ttlSeconds })
    await alice.waitForMessage(
      'a text stored',
      (message) => message.id === id && message.state === 'stored',
      PATIENCE_MS,
    )
    times.push(performance.now() - startedAt)
  }
  return times
}
