import type { SettingsTable } from '../db/settings.ts'
import { effortOfTrial } from '../driver/proof-runner.ts'
import type { Settings } from '../../shared/model/settings.ts'
import { ProofSpeeds } from '../../shared/model/storage.ts'

export type ProofAlgorithmName = Settings['proofAlgorithm']

const NAME = 'proof-speed'
const NUMBERS = { sha512d: 1, argon2id: 2 } as const

interface Solver {
  measure(algorithm: 1 | 2): Promise<number>
}

/** How fast this computer proves: measured when it is first asked, and remembered. In units of effort a second of a thread. */
export class ProofSpeed {
  readonly #table: Pick<SettingsTable, 'get' | 'set'>
  #speeds: ProofSpeeds

  constructor(table: Pick<SettingsTable, 'get' | 'set'>) {
    this.#table = table
    const stored = ProofSpeeds.safeParse(table.get(NAME))
    this.#speeds = stored.success ? stored.data : {}
  }

  async known(algorithm: ProofAlgorithmName, solver: Solver): Promise<number> {
    return this.#speeds[algorithm] ?? (await this.measure(algorithm, solver))
  }

  async measure(algorithm: ProofAlgorithmName, solver: Solver): Promise<number> {
    const speed = await solver.measure(NUMBERS[algorithm])
    if (speed > 0) {
      this.#speeds = { ...this.#speeds, [algorithm]: speed }
      this.#table.set(NAME, this.#speeds)
    }
    return speed
  }
}

/** Trials a second at a speed in units of effort a second. */
export function trialsAt(effortPerSecond: number, algorithm: ProofAlgorithmName): number {
  return effortPerSecond / effortOfTrial(NUMBERS[algorithm])
}
