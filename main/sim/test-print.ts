import { onTestFailed } from 'vitest'

/** Has a failed test say the seed and the moment, with which it can be run again. */
export function printOnFailure(world: { readonly simulation: { describe(): string } }): void {
  onTestFailed(() => {
    process.stderr.write(`failed with ${world.simulation.describe()}\n`)
  })
}
