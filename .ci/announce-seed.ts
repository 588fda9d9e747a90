import { propertySeed } from '../main/base/test-seed.ts'

/** Runs once before all tests: prints the seed, and hands it to the workers so that they all use the same. */
export function setup(): void {
  const seed = String(propertySeed())
  process.env['AMPOULE_SEED'] = seed
  console.log(`Property, fuzz and simulation tests use seed ${seed} (AMPOULE_SEED=${seed} repeats this run).`)
}
