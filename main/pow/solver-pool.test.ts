import { afterEach, beforeAll, expect, test } from 'vitest'
import { SeededRandom, randomBytes } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type Algorithm, ALGORITHM, isSolution, type ProofTask, puzzleHash, searchRange } from './proof.ts'
import { type SolverEvent, SolverPool } from './solver-pool.ts'

const { sha512d, argon2id } = ALGORITHM
const random = new SeededRandom(1)
const pools: SolverPool[] = []

beforeAll(() => sodiumReady)
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close()
})

/** A pool, all that it told, and a way to wait for news without watching a clock. */
function createPool(options: { share?: number; coreCount?: number; workerUrl?: URL } = {}) {
  const events: SolverEvent[] = []
  const waiting: { readonly isReached: () => boolean; readonly resolve: () => void }[] = []
  const pool = new SolverPool({
    share: 1,
    coreCount: 2,
    ...options,
    onEvent: (event) => {
      events.push(event)
      for (const waiter of waiting) if (waiter.isReached()) waiter.resolve()
    },
  })
  pools.push(pool)
  const until = (isReached: () => boolean): Promise<void> =>
    new Promise((resolve) => (isReached() ? resolve() : waiting.push({ isReached, resolve })))
  const ended = (jobId: number) =>
    until(() => events.some((event) => event.jobId === jobId && event.kind !== 'progress'))
  return { pool, events, until, ended }
}

function taskOf(algorithm: Algorithm, effort: number): ProofTask {
  return { algorithm, seed: randomBytes(random, 32), effort }
}

function solutionsOf(events: readonly SolverEvent[], jobId: number): readonly number[] {
  const solved = events.find((event) => event.jobId === jobId && event.kind === 'solved')
  return solved?.kind === 'solved' ? solved.solutions : []
}

/** The default effort of one text of class P for 14 days at one node (storage/effort.ts). */
const DEFAULT_EFFORT = 900_000

test.each([
  ['sha512d', sha512d],
  ['argon2id', argon2id],
] as const)('solves %s at the default effort in worker threads; every puzzle is right', async (_name, algorithm) => {
  const { pool, events, ended } = createPool()
  const task = taskOf(algorithm, DEFAULT_EFFORT)
  pool.solve(1, task)
  await ended(1)
  const solutions = solutionsOf(events, 1)
  expect(solutions).toHaveLength(16)
  expect(solutions.every((nonce, index) => isSolution(task, index, nonce))).toBe(true)
  const progress = events.flatMap((event) => (event.kind === 'progress' ? [event.done] : []))
  expect(progress).toEqual(Array.from({ length: 16 }, (_, done) => done + 1))
})

test('finds the same nonces as the slow reference', async () => {
  const { pool, events, ended } = createPool()
  const task = taskOf(sha512d, 16 * 500)
  pool.solve(1, task)
  await ended(1)
  const expected = Array.from({ length: 16 }, (_, index) => searchRange(task, index, 0, 1e6))
  expect(solutionsOf(events, 1)).toEqual(expected)
  expect(puzzleHash(task.seed, 0)).toHaveLength(64)
})

test('a cancelled job starts no further puzzle and is not heard of again', async () => {
  const { pool, events, until, ended } = createPool({ coreCount: 1 })
  pool.solve(1, taskOf(argon2id, DEFAULT_EFFORT))
  pool.solve(2, taskOf(argon2id, 16 * 1_100))
  await until(() => events.some((event) => event.jobId === 1))
  pool.cancel(1)
  const heard = events.filter((event) => event.jobId === 1).length
  expect(pool.jobCount).toBe(1)
  await ended(2)
  expect(events.filter((event) => event.jobId === 1)).toHaveLength(heard)
  expect(heard).toBeLessThan(16)
})

test('cancel ends a puzzle that would take for ever', async () => {
  const { pool, ended } = createPool({ coreCount: 1 })
  pool.solve(1, taskOf(argon2id, 0xffffffff))
  pool.cancel(1)
  pool.solve(2, taskOf(sha512d, 16))
  await ended(2)
  expect(pool.jobCount).toBe(0)
})

test('groups take turns, so that a short message does not wait for a long file', async () => {
  const { pool, events, ended } = createPool({ coreCount: 1 })
  for (let jobId = 10; jobId < 20; jobId += 1) pool.solve(jobId, taskOf(sha512d, 16_000), 'file')
  pool.solve(1, taskOf(sha512d, 16_000), 'text')
  await ended(1)
  const solvedBefore = events.filter((event) => event.kind === 'solved' && event.jobId >= 10).length
  expect(solvedBefore).toBeLessThanOrEqual(1)
  await ended(19)
  const order = events.flatMap((event) => (event.kind === 'solved' && event.jobId >= 10 ? [event.jobId] : []))
  expect(order).toEqual(order.toSorted((left, right) => left - right))
})

test('the share of cores sets the workers, and changes while they run', async () => {
  const { pool, ended, until, events } = createPool({ share: 0.25, coreCount: 4 })
  pool.solve(1, taskOf(sha512d, 3_000_000))
  expect(pool.workerCount).toBe(1)
  await until(() => events.length > 0)
  pool.setShare(0.75)
  expect(pool.workerCount).toBe(3)
  await ended(1)
  expect(solutionsOf(events, 1)).toHaveLength(16)
})

test('a paused pool begins nothing, measures all the same, and goes on when it may', async () => {
  const { pool, events, ended } = createPool({ coreCount: 1 })
  pool.setPaused(true)
  pool.solve(1, taskOf(sha512d, DEFAULT_EFFORT))
  expect(await pool.measure(sha512d)).toBeGreaterThan(0)
  expect(events).toEqual([])
  pool.setPaused(false)
  await ended(1)
  expect(solutionsOf(events, 1)).toHaveLength(16)
})

test('half of one core means pauses as long as the work', async () => {
  const { pool, events, ended } = createPool({ share: 0.5, coreCount: 1 })
  const startedAt = performance.now()
  pool.solve(1, taskOf(sha512d, 800_000))
  await ended(1)
  const tookMs = performance.now() - startedAt
  const busyMs = events.reduce((sum, event) => sum + (event.kind === 'solved' ? event.busyMs : 0), 0)
  expect(busyMs).toBeGreaterThan(0)
  // No limit from above: a busy machine makes both longer, and the pauses never shorter.
  expect(tookMs).toBeGreaterThan(1.9 * busyMs)
})

test('a worker that dies is replaced once, then its job fails with the reason', async () => {
  const workerUrl = new URL('data:text/javascript,throw new Error("broken on purpose")')
  const { pool, events, ended } = createPool({ coreCount: 1, workerUrl })
  pool.solve(1, taskOf(sha512d, 1))
  await ended(1)
  expect(events).toEqual([{ kind: 'failed', jobId: 1, message: 'broken on purpose' }])
})

test('measures the machine in units of effort a second', async () => {
  const { pool } = createPool({ coreCount: 1 })
  const [fast, slow] = [await pool.measure(sha512d), await pool.measure(argon2id)]
  expect(fast).toBeGreaterThan(0)
  expect(slow).toBeGreaterThan(0)
})

test('proofs cost the main thread next to nothing', async () => {
  const { pool, ended } = createPool()
  const before = process.cpuUsage()
  const main = process.threadCpuUsage()
  pool.solve(1, taskOf(argon2id, DEFAULT_EFFORT))
  pool.solve(2, taskOf(sha512d, DEFAULT_EFFORT))
  await Promise.all([ended(1), ended(2)])
  const all = process.cpuUsage(before)
  const own = process.threadCpuUsage(main)
  // A part of computing time, not a wall-clock limit: another busy program changes neither.
  expect(own.user + own.system).toBeLessThan((all.user + all.system) / 4)
})
