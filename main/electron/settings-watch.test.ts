import { expect, test } from 'vitest'
import { type Contract, contract } from '../../shared/api/contract.ts'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import { createPipeEmitters, type Emitters, type Pipe } from '../../shared/api/rpc.ts'
import type { AccountPhase } from '../../shared/model/account.ts'
import { watchSettings } from './settings-watch.ts'

/** A host that knows a phase and a theme, and answers in the order it is asked. */
function host(phaseAtStart: AccountPhase) {
  let phase = phaseAtStart
  let emit: Emitters<Contract> | undefined
  let isAttached = false
  const attach = (pipe: Pipe): (() => void) => {
    isAttached = true
    emit = createPipeEmitters(contract, pipe)
    pipe.onFrame((frame) => {
      const { id, method } = JSON.parse(frame) as { id: number; method: string }
      const error = { code: ApiErrorCode.NotOpen, message: 'no profile is open' }
      const results: Record<string, unknown> = { 'account.get': { phase }, 'settings.get': { theme: 'dark' } }
      const isRefused = method === 'settings.get' && phase !== 'open'
      pipe.send(JSON.stringify({ jsonrpc: '2.0', id, ...(isRefused ? { error } : { result: results[method] }) }))
    })
    return () => {
      isAttached = false
    }
  }
  const change = (next: AccountPhase): void => {
    phase = next
    emit?.account.changed({ phase })
  }
  return { attach, change, emit: () => emit, isAttached: () => isAttached }
}

function watch(phase: AccountPhase) {
  const ours = host(phase)
  const told: unknown[] = []
  const stop = watchSettings(
    ours.attach,
    ({ theme }) => told.push(theme),
    (error) => told.push(error),
  )
  /** Everything between the two is done without timers. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { ...ours, told, stop, settle }
}

test('settings that cannot be made to hold are no failure of who changed them', async () => {
  const ours = host('open')
  const failures: unknown[] = []
  const failure = new Error('the folder for what starts at login is read-only')
  watchSettings(
    ours.attach,
    ({ theme }) => {
      if (theme === 'light') throw failure
    },
    (error) => failures.push(error),
  )
  ours.emit()?.settings.changed({ theme: 'light' } as never)
  expect(failures).toEqual([failure])
})

test('reads the settings of a profile that is open already, and hears of changes', async () => {
  const { told, settle, emit } = watch('open')
  await settle()
  emit()?.settings.changed({ theme: 'light' } as never)
  expect(told).toEqual(['dark', 'light'])
})

test('asks for nothing before a profile is open, then reads them', async () => {
  const { told, settle, change } = watch('new')
  await settle()
  change('opening')
  await settle()
  expect(told).toEqual([])
  change('open')
  await settle()
  expect(told).toEqual(['dark'])
})

test('lets go of the host', () => {
  const { stop, isAttached } = watch('new')
  expect(isAttached()).toBe(true)
  stop()
  expect(isAttached()).toBe(false)
})
