import { availableParallelism } from 'node:os'
import type { Contract } from '../../../shared/api/contract.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import { messageEffort, secondsPerMessage } from '../../engine/start.ts'
import type { HostContext } from '../host-context.ts'

const SECOND_MS = 1_000

export function settingsHandlers(context: HostContext): Handlers<Contract>['settings'] {
  return {
    get: () => context.settings.settings,
    async set(change) {
      await context.changeSettings(change)
      const { settings } = context.settings
      context.emit.settings.changed(settings)
      return settings
    },
  }
}

export function proofHandlers(context: HostContext): Handlers<Contract>['proof'] {
  const { proofSpeed } = context
  return {
    async measure() {
      const algorithms = []
      const threads = context.settings.settings.proofThreads
      for (const name of ['sha512d', 'argon2id'] as const) {
        const trialsPerSecond = await proofSpeed.measure(name, context.runner.proofs)
        algorithms.push({ name, trialsPerSecond, secondsPerMessage: secondsPerMessage(trialsPerSecond * threads) })
      }
      return { threads, algorithms }
    },
    async price({ sizeBytes, ttlSeconds }) {
      const { proofAlgorithm, proofThreads } = context.settings.settings
      const effort = messageEffort(sizeBytes, ttlSeconds * SECOND_MS, context.formula)
      const speed = await proofSpeed.known(proofAlgorithm, context.runner.proofs)
      // A computer that could not be measured has no price in seconds.
      return { effort, seconds: speed > 0 ? effort / (speed * proofThreads) : 0 }
    },
  }
}

/** Threads as the share of all cores that the solver takes. */
export function proofShareOf(threads: number): number {
  return Math.min(1, threads / Math.max(1, availableParallelism()))
}
