import { expect, test, vi } from 'vitest'
import { decideInterop, requireInterop } from './requirements.ts'

const ALL = { libtoxcore: true, cCompiler: true, bootstrapDaemon: true }

test('runs where everything is there, in CI or not', () => {
  expect(decideInterop(ALL, false)).toEqual({ kind: 'run' })
  expect(decideInterop(ALL, true)).toEqual({ kind: 'run' })
})

test('skips where something is missing, and names all of it', () => {
  const decision = decideInterop({ libtoxcore: false, cCompiler: true, bootstrapDaemon: false }, false)
  expect(decision).toEqual({
    kind: 'skip',
    reason: 'interop needs libtoxcore (libtoxcore-dev and pkg-config), tox-bootstrapd (toxcore-utils)',
  })
})

test('with CI=true what is missing is a failure', () => {
  for (const tool of ['libtoxcore', 'cCompiler', 'bootstrapDaemon']) {
    expect(decideInterop({ ...ALL, [tool]: false }, true).kind).toBe('fail')
  }
})

test('on a machine without any of it a test is skipped with the reason, and fails with CI=true', async () => {
  vi.stubEnv('PATH', '/nowhere')
  vi.stubEnv('CI', '')
  const skip = vi.fn<(reason: string) => void>()
  requireInterop(skip)
  expect(skip).toHaveBeenCalledWith(expect.stringContaining('interop needs libtoxcore'))

  vi.stubEnv('CI', 'true')
  vi.resetModules()
  const fresh = await import('./requirements.ts')
  expect(() => fresh.requireInterop(skip)).toThrow('with CI=true this is a failure')
  vi.unstubAllEnvs()
})
