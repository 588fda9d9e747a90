import { availableParallelism } from 'node:os'
import type { Contract } from '../../../shared/api/contract.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import { secondsPerMessage } from '../../engine/start.ts'
import type { HostContext } from '../host-context.ts'

export function settingsHandlers(context: HostContext): Handlers<Contract>['settings'] {
  return {
    get: () => context.settings.settings,
    set(change) {
      const settings = context.settings.set(change)
      context.applySettings()
      return settings
    },
  }
}

const ALGORITHMS = [
  { name: 'sha512d', number: 1 },
  { name: 'argon2id', number: 2 },
] as const

export function proofHandlers(context: HostContext): Handlers<Contract>['proof'] {
  return {
    async measure() {
      const algorithms = []
      for (const { name, number } of ALGORITHMS) {
        const effortPerSecond = await context.runner.proofs.measure(number)
        const threads = context.settings.settings.proofThreads
        const perMessage = secondsPerMessage(effortPerSecond * threads)
        algorithms.push({ name, trialsPerSecond: effortPerSecond, secondsPerMessage: perMessage })
      }
      return { threads: context.settings.settings.proofThreads, algorithms }
    },
  }
}

/** Threads as the share of all cores that the solver takes. */
export function proofShareOf(threads: number): number {
  return Math.min(1, threads / Math.max(1, availableParallelism()))
}
