/**
 * Our loop of proof-of-work algorithm 1 beside plain C, one thread each, in turns on the same machine.
 *
 * Run: npm run bench:sha512d (needs a C compiler and `npm run build:wasm`)
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../main/base/bytes.ts'
import { sodiumReady } from '../main/crypto/sodium.ts'
import { puzzleHash } from '../main/pow/proof.ts'
import { sha512dTrial } from '../main/pow/sha512d.ts'
import { writeReport } from './report.ts'

const ROUNDS = 7
const TRIALS = 1_000_000
const C_SOURCE = new URL('./sha512d-plain.c', import.meta.url).pathname

interface Loop {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly words: () => number
  readonly search: (first: bigint, end: bigint, threshold: bigint) => bigint
}

await sodiumReady
const hash = puzzleHash(new Uint8Array(32), 0)
const folder = mkdtempSync(join(tmpdir(), 'ampoule-bench-'))
try {
  const program = join(folder, 'sha512d-plain')
  execFileSync(process.env['CC'] ?? 'cc', ['-O3', '-o', program, C_SOURCE])
  const loop = loadLoop()
  for (const count of [1_000, TRIALS])
    if (runC(program, count).last !== sha512dTrial(hash, count - 1)) throw new Error('C and libsodium differ')
  const rates = { c: [] as number[], ours: [] as number[] }
  runOurs(loop)
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.c.push(runC(program, TRIALS).rate)
    rates.ours.push(runOurs(loop))
  }
  const [c, ours] = [median(rates.c), median(rates.ours)]
  writeReport({
    name: 'sha512d',
    title: 'Proof-of-work algorithm 1 beside plain C',
    method:
      `One thread each, in turns on the same machine, ${ROUNDS} rounds of ${TRIALS.toLocaleString('en-US')} trials, median; ` +
      'C is compiled with -O3. CPU time.',
    figures: [
      { name: 'plain C, trials per CPU second', value: c, unit: '' },
      { name: 'ours (AssemblyScript), trials per CPU second', value: ours, unit: '' },
      { name: 'ours as a part of C', value: ours / c, unit: '', reach: '0.95' },
    ],
  })
} finally {
  rmSync(folder, { recursive: true })
}

function runC(program: string, trials: number): { readonly rate: number; readonly last: number } {
  const [rate, last] = execFileSync(program, [String(trials), toHex(hash)], { encoding: 'utf8' })
    .split(' ')
    .map(Number)
  return { rate: rate ?? 0, last: last ?? 0 }
}

function runOurs({ search }: Loop): number {
  const before = process.cpuUsage()
  search(0n, BigInt(TRIALS), 0n)
  const { user, system } = process.cpuUsage(before)
  return TRIALS / ((user + system) / 1e6)
}

function loadLoop(): Loop {
  const bytes = readFileSync(new URL('../main/pow/build/sha512d.wasm', import.meta.url))
  const api = (
    globalThis as unknown as {
      WebAssembly: { Module: new (b: Uint8Array) => object; Instance: new (m: object) => { exports: unknown } }
    }
  ).WebAssembly
  const loop = new api.Instance(new api.Module(bytes)).exports as Loop
  const target = new DataView(loop.memory.buffer, loop.words())
  const source = new DataView(hash.buffer, hash.byteOffset)
  for (let at = 0; at < 64; at += 8) target.setBigUint64(at, source.getBigUint64(at), true)
  return loop
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}
