import { existsSync, readFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { sodiumReady } from '../crypto/sodium.ts'
import { argon2idTrial } from './argon2id.ts'
import { ALGORITHM } from './proof.ts'
import { sha512dTrial } from './sha512d.ts'
import { CONTROL, type PuzzleDone, type PuzzleRun } from './solver-messages.ts'

/** Lowest: whatever the person does goes first. */
const LOWEST_PRIORITY = 19
/** How long a worker computes before it looks whether it is still wanted, and pauses if its share says so. */
const SLICE_MS = 10
/** Shorter pauses are saved up: timers are no finer. */
const PAUSE_MS_MIN = 5
const FIRST_SLICE_TRIALS = { [ALGORITHM.sha512d]: 4_096, [ALGORITHM.argon2id]: 4 }

/** The first nonce of [first, first + count) below the threshold, or undefined. */
type Search = (first: number, count: number) => number | undefined

// What SolverPool hands over at the worker's birth.
const { control } = workerData as { readonly control: Int32Array }
let owedMs = 0
const sha512dModule = loadSha512d(new URL('./build/sha512d.wasm', import.meta.url))

lowerPriority()
await sodiumReady
parentPort?.on('message', (message: PuzzleRun) => parentPort?.postMessage(solve(message)))

function solve({ run, algorithm, puzzleHash, threshold, trialsMax }: PuzzleRun): PuzzleDone {
  const search = searchOf(algorithm, puzzleHash, threshold)
  let sliceTrials = FIRST_SLICE_TRIALS[algorithm]
  let trials = 0
  let busyMs = 0
  while (trials < trialsMax && Atomics.load(control, CONTROL.cancelledRun) < run) {
    const startedAt = performance.now()
    const cpuBefore = process.threadCpuUsage()
    const count = Math.min(sliceTrials, trialsMax - trials)
    const nonce = search(trials, count)
    const tookMs = performance.now() - startedAt
    busyMs += cpuMsSince(cpuBefore)
    owePause(tookMs)
    if (nonce !== undefined) return { kind: 'done', run, nonce, trials: nonce + 1, busyMs }
    trials += count
    sliceTrials = Math.max(1, Math.round(sliceTrials * Math.min(2, SLICE_MS / Math.max(0.1, tookMs))))
  }
  return { kind: 'done', run, nonce: undefined, trials, busyMs }
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

/** Leaves the core to others for as long as the share of cores asks, after `busyMs` of computing. */
function owePause(busyMs: number): void {
  const duty = Math.max(1, Atomics.load(control, CONTROL.dutyPermille))
  owedMs += busyMs * (1_000 / duty - 1)
  if (owedMs < PAUSE_MS_MIN) return
  // Woken early when the share changes or the run is cancelled.
  Atomics.wait(control, CONTROL.dutyPermille, duty, owedMs)
  owedMs = 0
}

function searchOf(algorithm: PuzzleRun['algorithm'], puzzleHash: Uint8Array, threshold: number): Search {
  if (algorithm === ALGORITHM.argon2id) return oneByOne(argon2idTrial, puzzleHash, threshold)
  if (!sha512dModule) return oneByOne(sha512dTrial, puzzleHash, threshold)
  const { memory, words, search } = sha512dModule
  const source = new DataView(puzzleHash.buffer, puzzleHash.byteOffset)
  const target = new DataView(memory.buffer, words(), puzzleHash.length)
  // The hash is big-endian, WebAssembly's memory little-endian.
  for (let at = 0; at < puzzleHash.length; at += 8) target.setBigUint64(at, source.getBigUint64(at), true)
  return (first, count) => {
    const found = Number(search(BigInt(first), BigInt(first + count), BigInt(threshold)))
    return found < first + count ? found : undefined
  }
}

function oneByOne(trial: typeof argon2idTrial, puzzleHash: Uint8Array, threshold: number): Search {
  return (first, count) => {
    for (let nonce = first; nonce < first + count; nonce += 1) {
      if (trial(puzzleHash, nonce) < threshold) return nonce
    }
    return undefined
  }
}

interface Sha512dModule {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly words: () => number
  readonly search: (first: bigint, end: bigint, threshold: bigint) => bigint
}

/** As much of the WebAssembly interface as is used here; the library types of Node leave it out. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

/** Without the compiled loop proofs still come, ten times slower: a checkout where nothing was built yet. */
function loadSha512d(url: URL): Sha512dModule | undefined {
  if (!existsSync(url)) return undefined
  const api = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly
  const { exports } = new api.Instance(new api.Module(readFileSync(url)))
  // The boundary to compiled code: its source, assembly/sha512d.ts, declares just these.
  return exports as Sha512dModule
}

/** Only Linux has priorities by thread; elsewhere the call would slow the whole process. */
function lowerPriority(): void {
  if (process.platform === 'linux') setPriority(LOWEST_PRIORITY)
}
