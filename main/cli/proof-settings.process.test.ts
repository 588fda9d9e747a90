import { availableParallelism } from 'node:os'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Friend } from '../../shared/model/friend.ts'
import type { Message, MessageState } from '../../shared/model/message.ts'
import { createTestHosts, type TestHost, type TestHosts } from '../host/test-app-host.ts'
import { ALGORITHM } from '../pow/proof.ts'
import { SolverPool } from '../pow/solver-pool.ts'
import { startTestNode } from './test-serve.ts'

/**
 * Goal: the settings of the proof-of-work change what a running node does.
 * Method: two people in this process, real storage nodes, real proofs; what the engine orders of its workers is watched.
 */
const WEEK_SECONDS = 7 * 86_400

let hosts: TestHosts
let nodes: Awaited<ReturnType<typeof startTestNode>>[] = []

beforeEach(async () => {
  hosts = createTestHosts()
  const first = await startTestNode(undefined)
  nodes = [first, ...(await Promise.all([startTestNode(first.point), startTestNode(first.point)]))]
})

afterEach(async () => {
  vi.restoreAllMocks()
  await hosts.end()
  await Promise.all(nodes.map(({ process }) => process.kill()))
})

/** Alice, whose friend Bob was here and has left. */
async function aliceAlone(powerSource: () => 'battery' | 'mains'): Promise<{ alice: TestHost; bobKey: string }> {
  const bootstrap = nodes.map(({ udpPort, dhtKey }) => ({ host: '127.0.0.1', udpPort, dhtKey }))
  const alice = await hosts.start('alice', { bootstrap, powerSource })
  const bob = await hosts.start('bob', { bootstrap })
  const requested = new Promise<string>((resolve) => {
    bob.client.friends.requested(({ publicKey }) => resolve(publicKey))
  })
  const { toxId, publicKey: bobKey } = await bob.client.profile.get({})
  await alice.client.friends.add({ toxId, message: 'It is me, Alice.' })
  await bob.client.friends.accept({ publicKey: await requested })
  await friendIs(alice, ({ online, offlineMessages }) => online && offlineMessages === 'ready')
  await bob.host.stop()
  await friendIs(alice, ({ online }) => !online)
  return { alice, bobKey }
}

async function friendIs({ client }: TestHost, isWanted: (friend: Friend) => boolean): Promise<void> {
  await expect.poll(async () => (await client.friends.list({})).some(isWanted)).toBe(true)
}

async function messageIs({ client }: TestHost, { id }: Message, state: MessageState): Promise<void> {
  await expect.poll(async () => (await client.messages.around({ id, limit: 1 }))[0]?.state).toBe(state)
}

test('threads, battery and preferred method change what the running node computes, from the next proof on', async () => {
  const ordered = vi.spyOn(SolverPool.prototype, 'solve')
  const { alice, bobKey } = await aliceAlone(() => 'battery')
  const { client } = alice
  const write = (text: string) => client.messages.send({ friend: bobKey, text, ttlSeconds: WEEK_SECONDS })
  const methods = () => new Set(ordered.mock.calls.map(([, task]) => task.algorithm))

  await client.settings.set({ proofThreads: 1, proofAlgorithm: 'sha512d', proofOnlyOnMains: true })
  const first = await write('On the battery nothing is computed.')
  await messageIs(alice, first, 'proving')
  const [pool] = ordered.mock.contexts
  if (!(pool instanceof SolverPool)) throw new Error('a proof was ordered')
  expect({ jobs: pool.jobCount > 0, workers: pool.workerCount }).toEqual({ jobs: true, workers: 0 })

  await client.settings.set({ proofOnlyOnMains: false })
  expect(pool.workerCount).toBe(1)
  await messageIs(alice, first, 'stored')
  expect([pool.workerCount, methods()]).toEqual([1, new Set([ALGORITHM.sha512d])])

  ordered.mockClear()
  const threads = Math.min(2, availableParallelism())
  await client.settings.set({ proofThreads: threads, proofAlgorithm: 'argon2id' })
  const second = await write('Two threads are two workers.')
  await expect.poll(() => pool.workerCount).toBe(threads)
  await messageIs(alice, second, 'stored')
  expect(methods()).toEqual(new Set([ALGORITHM.argon2id]))
})
