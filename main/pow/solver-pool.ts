import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { SECOND_MS } from '../base/time.ts'
import {
  type Algorithm,
  ALGORITHM,
  type ProofTask,
  puzzleCount,
  puzzleHash,
  puzzleThreshold,
  trialEffort,
} from './proof.ts'
import { CONTROL, CONTROL_LENGTH, type PuzzleDone, type PuzzleRun } from './solver-messages.ts'

/** Nonces end there; with the largest effort a puzzle needs 2^28 trials on average. */
const TRIALS_MAX = 2 ** 40
/** Workers without work end after this, and give their memory back. */
const IDLE_MS = 30_000
/** A worker that dies is replaced; a puzzle that killed two takes its job with it. */
const PUZZLE_ATTEMPTS_MAX = 2
const MEASURE_TRIALS: Readonly<Record<Algorithm, number>> = { [ALGORITHM.sha512d]: 500_000, [ALGORITHM.argon2id]: 500 }

export type SolverEvent =
  /** One more puzzle is solved: `done` of `total` never goes back. */
  | { readonly kind: 'progress'; readonly jobId: number; readonly done: number; readonly total: number }
  /** busyMs: processor time of all its puzzles. */
  | { readonly kind: 'solved'; readonly jobId: number; readonly solutions: readonly number[]; readonly busyMs: number }
  | { readonly kind: 'failed'; readonly jobId: number; readonly message: string }

interface Job {
  readonly jobId: number
  readonly task: ProofTask
  readonly group: string
  readonly solutions: (number | undefined)[]
  /** Puzzles that no worker has. */
  readonly waiting: number[]
  readonly attempts: Map<number, number>
  done: number
  busyMs: number
}

interface Seat {
  readonly worker: Worker
  readonly control: Int32Array
  work: { readonly run: number; readonly onDone: (result: PuzzleDone | Error) => void } | undefined
}

export interface SolverPoolOptions {
  readonly onEvent: (event: SolverEvent) => void
  /** Part of all cores that solving may take, above 0 to 1. */
  readonly share: number
  readonly coreCount?: number
  /** Where the worker's module lies, when the code was bundled. */
  readonly workerUrl?: URL
}

/**
 * Worker threads that solve proofs. The unit of work is one puzzle: jobs of different groups take turns puzzle by
 * puzzle, within a group the older job goes first, and a cancelled job starts no further puzzle.
 */
export class SolverPool {
  readonly #onEvent: (event: SolverEvent) => void
  readonly #coreCount: number
  readonly #workerUrl: URL
  readonly #jobs = new Map<number, Job>()
  /** Groups in turn; the first is next. */
  #turns: string[] = []
  readonly #seats = new Set<Seat>()
  readonly #measures: { readonly algorithm: Algorithm; readonly resolve: (effortPerSecond: number) => void }[] = []
  readonly #jobOfRun = new Map<number, number>()
  #share: number
  #isPaused = false
  #run = 0
  #idleTimer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor({ onEvent, share, coreCount, workerUrl }: SolverPoolOptions) {
    this.#onEvent = onEvent
    this.#coreCount = coreCount ?? availableParallelism()
    this.#workerUrl = workerUrl ?? new URL('./solver-worker.ts', import.meta.url)
    this.#share = share
  }

  get share(): number {
    return this.#share
  }

  get jobCount(): number {
    return this.#jobs.size
  }

  /** Workers there are now. */
  get workerCount(): number {
    return this.#seats.size
  }

  /** Starts a job; solved, failed or cancelled it ends. A group is what should get a fair turn: one message, one file. */
  solve(jobId: number, task: ProofTask, group = String(jobId)): void {
    if (this.#isClosed || this.#jobs.has(jobId)) return
    const count = puzzleCount(task.effort)
    this.#jobs.set(jobId, {
      jobId,
      task,
      group,
      solutions: Array.from({ length: count }, () => undefined),
      waiting: Array.from({ length: count }, (_, index) => index),
      attempts: new Map(),
      done: 0,
      busyMs: 0,
    })
    if (!this.#turns.includes(group)) this.#turns.push(group)
    this.#assign()
  }

  /** The job starts no further puzzle, and no event of it comes any more. */
  cancel(jobId: number): void {
    const job = this.#jobs.get(jobId)
    if (!job) return
    this.#forget(job)
    for (const seat of this.#seats) {
      if (seat.work && this.#jobOfRun.get(seat.work.run) === jobId) stopRun(seat)
    }
  }

  /** Changes the part of all cores that solving may take, at once: more or fewer workers, or pauses in one. */
  setShare(share: number): void {
    this.#share = share
    for (const seat of this.#seats) this.#setDuty(seat)
    this.#assign()
  }

  /** While paused no puzzle is begun; those under way, a second or so each, are finished. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.#assign()
  }

  /** Measures this machine: units of effort per second of a worker's processor time, 0 if that failed. Waits for its turn among the jobs. */
  measure(algorithm: Algorithm): Promise<number> {
    return new Promise((resolve) => {
      this.#measures.push({ algorithm, resolve })
      this.#assign()
    })
  }

  /** Ends all workers; jobs are forgotten without an event. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#idleTimer)
    this.#jobs.clear()
    this.#turns = []
    for (const { resolve } of this.#measures.splice(0)) resolve(0)
    await this.#endWorkers()
  }

  #workersWanted(): number {
    return Math.max(1, Math.min(this.#coreCount, Math.ceil(this.#coreCount * this.#share - 1e-9)))
  }

  #setDuty(seat: Seat): void {
    const duty = Math.min(1, (this.#coreCount * this.#share) / this.#workersWanted())
    Atomics.store(seat.control, CONTROL.dutyPermille, Math.max(1, Math.round(1_000 * duty)))
    Atomics.notify(seat.control, CONTROL.dutyPermille)
  }

  /** Gives puzzles to free workers as long as there are both. */
  #assign(): void {
    if (this.#isClosed) return
    for (let busy = this.#busyCount(); busy < this.#workersWanted(); busy += 1) {
      const start = this.#nextMeasure() ?? (this.#isPaused ? undefined : this.#nextPuzzle())
      if (!start) break
      start(this.#freeSeat())
    }
    this.#watchIdle()
  }

  #busyCount(): number {
    return [...this.#seats].filter(({ work }) => work !== undefined).length
  }

  #nextMeasure(): ((seat: Seat) => void) | undefined {
    const measure = this.#measures.shift()
    if (!measure) return undefined
    const { algorithm, resolve } = measure
    const trialsMax = MEASURE_TRIALS[algorithm]
    return (seat) =>
      this.#start(seat, { algorithm, puzzleHash: new Uint8Array(64), threshold: 0, trialsMax }, (result) => {
        const perMs = result instanceof Error ? 0 : result.trials / result.busyMs
        resolve(perMs * SECOND_MS * trialEffort(algorithm))
      })
  }

  #nextPuzzle(): ((seat: Seat) => void) | undefined {
    for (let turn = this.#turns.length; turn > 0; turn -= 1) {
      const group = this.#turns.shift()
      if (group === undefined) return undefined
      const jobs = [...this.#jobs.values()].filter((job) => job.group === group)
      if (jobs.length > 0) this.#turns.push(group)
      const job = jobs.find(({ waiting }) => waiting.length > 0)
      const index = job?.waiting.shift()
      if (job && index !== undefined) return (seat) => this.#startPuzzle(seat, job, index)
    }
    return undefined
  }

  #startPuzzle(seat: Seat, job: Job, index: number): void {
    const { algorithm, seed } = job.task
    const threshold = puzzleThreshold(job.task)
    const run = { algorithm, puzzleHash: puzzleHash(seed, index), threshold, trialsMax: TRIALS_MAX }
    this.#start(seat, run, (result) => {
      if (this.#jobs.get(job.jobId) !== job) return
      if (result instanceof Error || result.nonce === undefined) this.#retry(job, index, result)
      else this.#finishPuzzle(job, index, result.nonce, result.busyMs)
    })
    this.#jobOfRun.set(this.#run, job.jobId)
  }

  #start(seat: Seat, puzzle: Omit<PuzzleRun, 'kind' | 'run'>, onDone: (result: PuzzleDone | Error) => void): void {
    this.#run += 1
    seat.work = { run: this.#run, onDone }
    seat.worker.ref()
    seat.worker.postMessage({ kind: 'puzzle', run: this.#run, ...puzzle } satisfies PuzzleRun)
  }

  #finishPuzzle(job: Job, index: number, nonce: number, busyMs: number): void {
    job.solutions[index] = nonce
    job.done += 1
    job.busyMs += busyMs
    const { jobId, done } = job
    this.#onEvent({ kind: 'progress', jobId, done, total: job.solutions.length })
    const solutions = job.solutions.filter((solution) => solution !== undefined)
    if (solutions.length < job.solutions.length || this.#jobs.get(jobId) !== job) return
    this.#forget(job)
    this.#onEvent({ kind: 'solved', jobId, solutions, busyMs: job.busyMs })
  }

  #retry(job: Job, index: number, result: PuzzleDone | Error): void {
    const attempts = (job.attempts.get(index) ?? 0) + 1
    job.attempts.set(index, attempts)
    if (attempts < PUZZLE_ATTEMPTS_MAX) {
      job.waiting.unshift(index)
      return
    }
    this.#forget(job)
    const message = result instanceof Error ? result.message : 'the puzzle has no solution'
    this.#onEvent({ kind: 'failed', jobId: job.jobId, message })
  }

  #forget(job: Job): void {
    this.#jobs.delete(job.jobId)
    job.waiting.length = 0
  }

  #freeSeat(): Seat {
    for (const seat of this.#seats) {
      if (!seat.work) return seat
    }
    return this.#createSeat()
  }

  #createSeat(): Seat {
    const control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_LENGTH))
    const worker = new Worker(this.#workerUrl, { workerData: { control }, execArgv: [] })
    const seat: Seat = { worker, control, work: undefined }
    worker.on('message', (result: PuzzleDone) => this.#end(seat, result))
    worker.on('error', (error) => this.#bury(seat, error instanceof Error ? error : new Error(String(error))))
    this.#seats.add(seat)
    this.#setDuty(seat)
    return seat
  }

  #end(seat: Seat, result: PuzzleDone | Error): void {
    const { work } = seat
    seat.work = undefined
    // An idle worker keeps no process alive.
    seat.worker.unref()
    if (work) this.#jobOfRun.delete(work.run)
    work?.onDone(result)
    this.#assign()
  }

  #bury(seat: Seat, error: Error): void {
    this.#seats.delete(seat)
    this.#end(seat, error)
  }

  #watchIdle(): void {
    clearTimeout(this.#idleTimer)
    if (this.#seats.size === 0) return
    this.#idleTimer = setTimeout(() => {
      if (this.#busyCount() === 0) void this.#endWorkers()
    }, IDLE_MS)
    this.#idleTimer.unref()
  }

  async #endWorkers(): Promise<void> {
    const seats = [...this.#seats]
    this.#seats.clear()
    await Promise.all(seats.map(({ worker }) => worker.terminate()))
  }
}

/** Ends what the worker computes now, at its next look: within 10 ms. */
function stopRun({ control, work }: Seat): void {
  if (!work) return
  Atomics.store(control, CONTROL.cancelledRun, work.run)
  Atomics.notify(control, CONTROL.dutyPermille)
}
