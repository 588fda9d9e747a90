import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { ALGORITHM, isSolution } from '../pow/proof.ts'
import { ProofRunner, type ProofTaker } from './proof-runner.ts'

beforeAll(() => sodiumReady)

/** An engine that only writes down what it is told. */
class Listener implements ProofTaker {
  readonly heard: string[] = []
  readonly solutions: (readonly number[])[] = []

  handleProofProgress(jobId: number, done: number, total: number, now: number): void {
    this.heard.push(`${now}: job ${jobId} ${done}/${total}`)
  }

  handleProof(jobId: number, solutions: readonly number[], now: number): void {
    this.heard.push(`${now}: job ${jobId} solved`)
    this.solutions.push(solutions)
  }

  handleProofFailed(jobId: number, now: number): void {
    this.heard.push(`${now}: job ${jobId} failed`)
  }
}

/** A runner, and a promise of the moment when the engine was drained for the `count`th time. */
function run(count: number, workerUrl?: URL) {
  const taker = new Listener()
  let drains = 0
  let afterwards = () => {}
  const drained = new Promise<void>((resolve) => {
    afterwards = () => {
      drains += 1
      if (drains === count) resolve()
    }
  })
  const place = workerUrl === undefined ? {} : { workerUrl }
  return { taker, drained, runner: new ProofRunner({ taker, now: () => 7, afterwards, share: 0.5, ...place }) }
}

test('tells the engine progress and solutions with the time, and drains it after each', async () => {
  const { taker, drained, runner } = run(3)
  const task = { algorithm: ALGORITHM.sha512d, seed: new Uint8Array(32), effort: 2 }
  runner.solve(5, task)
  await drained
  expect(taker.heard).toEqual(['7: job 5 1/2', '7: job 5 2/2', '7: job 5 solved'])
  expect(taker.solutions[0]?.every((nonce, index) => isSolution(task, index, nonce))).toBe(true)
  await runner.close()
})

test('a cancelled job is not heard of, the next one is', async () => {
  const { taker, drained, runner } = run(2)
  runner.solve(1, { algorithm: ALGORITHM.argon2id, seed: new Uint8Array(32), effort: 0xffffffff })
  runner.cancel(1)
  runner.setShare(1)
  runner.solve(2, { algorithm: ALGORITHM.sha512d, seed: new Uint8Array(32), effort: 1 })
  await drained
  expect(taker.heard).toEqual(['7: job 2 1/1', '7: job 2 solved'])
  expect(await runner.measure(ALGORITHM.sha512d)).toBeGreaterThan(0)
  await runner.close()
})

test('says when a job cannot be done', async () => {
  const { taker, drained, runner } = run(1, new URL('data:text/javascript,throw new Error("broken on purpose")'))
  runner.solve(3, { algorithm: ALGORITHM.sha512d, seed: new Uint8Array(32), effort: 1 })
  await drained
  expect(taker.heard).toEqual(['7: job 3 failed'])
  await runner.close()
})
