import type { Instant } from '../base/time.ts'
import { type Algorithm, type ProofTask, trialEffort } from '../pow/proof.ts'
import { type SolverEvent, SolverPool } from '../pow/solver-pool.ts'

/** What computes proofs outside the engine: worker threads, or in tests something that is done at once. */
export interface Solver {
  solve(jobId: number, task: ProofTask, group?: string): void
  cancel(jobId: number): void
}

/** What an engine takes from the solver. After each call the driver drains it, as after a datagram. */
export interface ProofTaker {
  handleProofProgress(jobId: number, done: number, total: number, now: Instant): void
  handleProof(jobId: number, solutions: readonly number[], now: Instant): void
  handleProofFailed(jobId: number, now: Instant): void
}

export interface ProofRunnerOptions {
  readonly taker: ProofTaker
  readonly now: () => Instant
  /** Called after each word to the engine: drain it, and set the timer anew. */
  readonly afterwards: () => void
  /** Part of all cores that proofs may take, above 0 to 1. */
  readonly share: number
  readonly workerUrl?: URL
}

/** Carries the engine's `solve` and `cancelSolve` to worker threads, and what they find back to the engine. */
export class ProofRunner implements Solver {
  readonly #pool: SolverPool
  readonly #taker: ProofTaker
  readonly #now: () => Instant
  readonly #afterwards: () => void

  constructor({ taker, now, afterwards, share, workerUrl }: ProofRunnerOptions) {
    this.#taker = taker
    this.#now = now
    this.#afterwards = afterwards
    const place = workerUrl === undefined ? {} : { workerUrl }
    this.#pool = new SolverPool({ share, ...place, onEvent: (event) => this.#handleEvent(event) })
  }

  /** group: jobs of one message or file; groups take turns. */
  solve(jobId: number, task: ProofTask, group?: string): void {
    this.#pool.solve(jobId, task, group)
  }

  cancel(jobId: number): void {
    this.#pool.cancel(jobId)
  }

  setShare(share: number): void {
    this.#pool.setShare(share)
  }

  /** While paused, what was ordered waits. */
  setPaused(isPaused: boolean): void {
    this.#pool.setPaused(isPaused)
  }

  /** Units of effort a second of one worker on this machine. */
  measure(algorithm: Algorithm): Promise<number> {
    return this.#pool.measure(algorithm)
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  #handleEvent(event: SolverEvent): void {
    const now = this.#now()
    switch (event.kind) {
      case 'progress':
        this.#taker.handleProofProgress(event.jobId, event.done, event.total, now)
        break
      case 'solved':
        this.#taker.handleProof(event.jobId, event.solutions, now)
        break
      case 'failed':
        this.#taker.handleProofFailed(event.jobId, now)
        break
    }
    this.#afterwards()
  }
}

/** Units of effort that one trial counts for. */
export function effortOfTrial(algorithm: Algorithm): number {
  return trialEffort(algorithm)
}
