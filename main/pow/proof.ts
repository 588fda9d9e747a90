import { assert } from '../base/assert.ts'
import { concat, concatForNow, utf8Encode } from '../base/bytes.ts'
import { sha512 } from '../crypto/hash.ts'
import { argon2idTrial } from './argon2id.ts'
import { sha512dTrial } from './sha512d.ts'

/** The numbers that algorithms have on the wire. */
export const ALGORITHM = { sha512d: 1, argon2id: 2 } as const
export type Algorithm = (typeof ALGORITHM)[keyof typeof ALGORITHM]

/** The work is split in so many equal puzzles: the time is predictable, and progress is honest. */
export const PUZZLE_COUNT_MAX = 16

/** Trials of sha512d in the time of one trial of argon2id (0.6 ms): both algorithms cost a desktop the same. */
export const ARGON2ID_TRIAL_EFFORT = 1_100

const TRIAL_RANGE = 2 ** 48
const NONCE_END = 2 ** 48
const PUZZLE_LABEL = concat(utf8Encode('ampoule puzzle 1'), Uint8Array.of(0))

/** What is to be proved. */
export interface ProofTask {
  readonly algorithm: Algorithm
  /** 32 bytes. */
  readonly seed: Uint8Array
  /** Expected trials of sha512d in all, 1 to 2^32 - 1. */
  readonly effort: number
}

/** Units of effort that one trial counts as. */
export function trialEffort(algorithm: Algorithm): number {
  return algorithm === ALGORITHM.argon2id ? ARGON2ID_TRIAL_EFFORT : 1
}

export function puzzleCount(effort: number): number {
  return Math.max(1, Math.min(PUZZLE_COUNT_MAX, effort))
}

/** What puzzle `index` hashes beside the nonce: SHA-512 of label, seed and index. 64 bytes. */
export function puzzleHash(seed: Uint8Array, index: number): Uint8Array {
  return sha512(concatForNow(PUZZLE_LABEL, seed, Uint8Array.of(index)))
}

/** A trial below this number (of 48 bits) solves a puzzle of the task. */
export function puzzleThreshold({ algorithm, effort }: ProofTask): number {
  const trials = Math.max(1, effort / puzzleCount(effort) / trialEffort(algorithm))
  return Math.floor(TRIAL_RANGE / trials)
}

/** Whether `nonce` solves puzzle `index`. Costs one trial. */
export function isSolution(task: ProofTask, index: number, nonce: number): boolean {
  return trial(task.algorithm, puzzleHash(task.seed, index), nonce) < puzzleThreshold(task)
}

/**
 * Tries the nonces from `first` on, `count` of them, and returns the first that solves puzzle `index`, or undefined.
 * The slow reference; solver-worker.ts has the fast loop.
 */
export function searchRange(task: ProofTask, index: number, first: number, count: number): number | undefined {
  assert(first >= 0 && count >= 0 && first + count <= NONCE_END, 'nonces have 48 bits')
  const hash = puzzleHash(task.seed, index)
  const threshold = puzzleThreshold(task)
  for (let nonce = first; nonce < first + count; nonce += 1) {
    if (trial(task.algorithm, hash, nonce) < threshold) return nonce
  }
  return undefined
}

function trial(algorithm: Algorithm, hash: Uint8Array, nonce: number): number {
  return algorithm === ALGORITHM.argon2id ? argon2idTrial(hash, nonce) : sha512dTrial(hash, nonce)
}
