import { availableParallelism } from 'node:os'
import type { Contract } from '../../../shared/api/contract.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import { messageEffort, secondsPerMessage } from '../../engine/start.ts'
import type { Settings } from '../../../shared/model/settings.ts'
import type { HostContext } from '../host-context.ts'
import { trialsAt } from '../proof-speed.ts'

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
      const threads = threadsOf(context.settings.settings)
      for (const name of ['sha512d', 'argon2id'] as const) {
        const effortPerSecond = await proofSpeed.measure(name, context.runner.proofs)
        algorithms.push({
          name,
          trialsPerSecond: trialsAt(effortPerSecond, name),
          secondsPerMessage: secondsPerMessage(effortPerSecond * threads),
        })
      }
      return { threads, algorithms }
    },
    async price({ sizeBytes, ttlSeconds }) {
      const { settings } = context.settings
      const effort = messageEffort(sizeBytes, ttlSeconds * SECOND_MS, context.formula)
      const speed = await proofSpeed.known(settings.proofAlgorithm, context.runner.proofs)
      // A computer that could not be measured has no price in seconds.
      return { effort, seconds: speed > 0 ? effort / (speed * threadsOf(settings)) : 0 }
    },
  }
}

/** What was set on a larger computer is no more than this one has. */
function threadsOf({ proofThreads }: Settings): number {
  return Math.min(proofThreads, availableParallelism())
}

/** Threads as the share of all cores that the solver takes. */
export function proofShareOf(threads: number): number {
  return Math.min(1, threads / Math.max(1, availableParallelism()))
}
