import { isDiskFault } from '../db/disk-fault.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'

/** With its cause it is a fault of the disk for whoever takes it as well. */
export function diskFullError(cause?: unknown): ApiError {
  const message = 'the disk is full or fails: nothing can be kept until there is room'
  return new ApiError(ApiErrorCode.DiskFull, message, { cause })
}

/** A fault of the disk as whoever called is told of it; any other error as it is. */
export function inDiskWords(error: unknown): unknown {
  return isDiskFault(error) && !(error instanceof ApiError) ? diskFullError(error) : error
}

/** Does something that keeps something; that a full disk does not take it is no reason not to go on. */
export function ifDiskTakes(keep: () => void): void {
  try {
    keep()
  } catch (error) {
    if (!isDiskFault(error)) throw error
  }
}

type Methods = Readonly<Record<string, (args: never) => unknown>>

/** The same handlers; what they write beside the engine's turns meets a full disk as a turn would. */
export function tellingDiskFaults<H extends object>(handlers: H): H {
  const groups = Object.entries(handlers).map(([group, methods]: [string, Methods]) => {
    const calls = Object.entries(methods)
    const telling: Methods = Object.fromEntries(
      calls.map(([name, method]) => [name, (args: never) => tell(() => method(args))] as const),
    )
    return [group, telling] as const
  })
  // Each method has the name and takes and gives what it did.
  return Object.fromEntries(groups) as unknown as H
}

function tell(act: () => unknown): unknown {
  try {
    const result = act()
    return result instanceof Promise ? result.catch(fail) : result
  } catch (error) {
    return fail(error)
  }
}

function fail(error: unknown): never {
  throw inDiskWords(error)
}
