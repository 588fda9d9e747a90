import type { Algorithm } from './proof.ts'

/** Indices into the Int32Array that a pool shares with one worker. */
export const CONTROL = {
  /** Thousandths of the time that the worker may compute. */
  dutyPermille: 0,
  /** Runs up to this one are not wanted any more. */
  cancelledRun: 1,
} as const
export const CONTROL_LENGTH = 2

/** One puzzle for a worker. `run` grows with each. */
export interface PuzzleRun {
  readonly kind: 'puzzle'
  readonly run: number
  readonly algorithm: Algorithm
  /** 64 bytes. */
  readonly puzzleHash: Uint8Array
  /** A trial below it, of 48 bits, solves the puzzle; 0: none does, the worker tries `trialsMax` and stops. */
  readonly threshold: number
  readonly trialsMax: number
}

/** `nonce` is undefined when the run was cancelled or `trialsMax` passed. */
export interface PuzzleDone {
  readonly kind: 'done'
  readonly run: number
  readonly nonce: number | undefined
  readonly trials: number
  /** Processor time of this thread: neither pauses nor what other programs took. */
  readonly busyMs: number
}
