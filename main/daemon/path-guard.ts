import type { Contract } from '../../shared/api/contract.ts'
import type { Request } from '../../shared/api/rpc.ts'
import type { Exchange } from './exchange.ts'

type MethodWithPath = {
  [G in keyof Contract]: {
    [N in keyof Contract[G]]: Contract[G][N] extends {
      readonly type: 'method'
      readonly args: { readonly shape: infer S }
    }
      ? S extends { readonly path: unknown }
        ? `${G & string}.${N & string}`
        : never
      : never
  }[keyof Contract[G]]
}[keyof Contract]

/** What each method does with the file at its `path`. A new one that is not here does not compile. */
export const PATH_USES: Readonly<Record<MethodWithPath, 'read' | 'write'>> = {
  'account.import': 'read',
  'account.restore': 'read',
  'files.accept': 'write',
  'files.saveWaiting': 'write',
  'files.send': 'read',
  'profile.backup': 'write',
  'profile.export': 'write',
  'profile.import': 'read',
}

/**
 * Why a request from a browser tab is refused for its `path`, or undefined. A tab names only files that it put into the
 * exchange folder itself, and writes only where the exchange told it to: no file of the person is within its reach.
 */
export function pathRefusal({ method, params }: Request, exchange: Exchange): string | undefined {
  if (typeof params !== 'object' || params === null || !('path' in params)) return undefined
  const { path } = params
  const use = Object.hasOwn(PATH_USES, method) ? PATH_USES[method as MethodWithPath] : undefined
  if (typeof path === 'string' && use === 'read' && exchange.isUpload(path)) return undefined
  if (typeof path === 'string' && use === 'write' && exchange.isSave(path)) return undefined
  return 'path: a browser may name only a file that it uploaded, or a place that it was given'
}
