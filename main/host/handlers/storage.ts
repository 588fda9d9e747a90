import { statfsSync } from 'node:fs'
import type { Contract } from '../../../shared/api/contract.ts'
import { ApiError, ApiErrorCode } from '../../../shared/api/errors.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import type { Storage } from '../../../shared/model/storage.ts'
import type { HostContext } from '../host-context.ts'

/** Below this a vault could not hold one record of every size; 0 turns storing off. */
const ALLOCATION_BYTES_MIN = 2 ** 20

export function storageHandlers(context: HostContext): Handlers<Contract>['storage'] {
  return {
    get: () => storageOf(context),
    set(change) {
      const { allocationBytes } = change
      if (allocationBytes !== undefined && allocationBytes !== 0 && allocationBytes < ALLOCATION_BYTES_MIN) {
        throw new ApiError(ApiErrorCode.InvalidArguments, 'allocationBytes: 0 (off) or at least 1 MiB')
      }
      context.storageSettings.change(change)
      context.storageSettings.keep()
      context.turn(({ storage }, now) => storage.setLimits(context.storageSettings.limits, now))
      return announced(context)
    },
    history: () => context.storageHistory.samples(Date.now()),
    async clear() {
      context.turn(({ storage }, now) => storage.clear(now))
      await context.handedOver()
      return announced(context)
    },
  }
}

export function storageOf(context: HostContext): Storage {
  const { allocationBytes, recordBytesMax, ttlSecondsMax, trafficBytesPerDayMax } = context.storageSettings.settings
  const settings = { allocationBytes, recordBytesMax, ttlSecondsMax, trafficBytesPerDayMax }
  return { ...settings, ...context.turn(({ storage }, now) => storage.view(now)), ...diskFree(context.folder.path) }
}

function announced(context: HostContext): Storage {
  const storage = storageOf(context)
  context.emit.storage.changed(storage)
  return storage
}

function diskFree(path: string): { readonly diskFreeBytes?: number } {
  try {
    const { bavail, bsize } = statfsSync(path)
    return { diskFreeBytes: bavail * bsize }
  } catch {
    // Some file systems do not say; then nothing is shown.
    return {}
  }
}
