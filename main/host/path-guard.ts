import type { Contract } from '../../shared/api/contract.ts'
import type { Request } from '../../shared/api/rpc.ts'

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

/** The files that a page may name: those that its person chose, as its shell knows. */
export interface KnownPaths {
  mayRead(path: string): boolean
  mayWrite(path: string): boolean
}

/**
 * Why a request of a page is refused for its `path`, or undefined. A page names only files that the person gave to it,
 * and writes only where the person, or its shell, told it to: no other file is within its reach, whoever runs in it.
 */
export function pathRefusal({ method, params }: Request, known: KnownPaths): string | undefined {
  if (typeof params !== 'object' || params === null || !('path' in params)) return undefined
  const { path } = params
  const use = Object.hasOwn(PATH_USES, method) ? PATH_USES[method as MethodWithPath] : undefined
  if (typeof path === 'string' && use === 'read' && known.mayRead(path)) return undefined
  if (typeof path === 'string' && use === 'write' && known.mayWrite(path)) return undefined
  return 'path: a page may name only a file that was chosen, or a place that it was given'
}
