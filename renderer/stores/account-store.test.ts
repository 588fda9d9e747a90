import { expect, test } from 'vitest'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { AccountPhase } from '../../shared/model/account.ts'
import { createAccountStore } from './account-store.ts'
import { createTestHost } from './test-host.ts'

/** A host without a profile that answers a restore when the test says so, and the phases that the window showed. */
async function createStore() {
  let resolve: (account: { phase: AccountPhase }) => void = () => {}
  let reject: (error: ApiError) => void = () => {}
  const answer = new Promise<{ phase: AccountPhase }>((onDone, onRefused) => {
    resolve = onDone
    reject = onRefused
  })
  const host = createTestHost({
    'account.get': () => ({ phase: 'new' }),
    'account.restore': () => answer,
  })
  const store = createAccountStore(host.api)
  await store.getState().load()
  const shown: (AccountPhase | undefined)[] = []
  store.subscribe(({ account }) => shown.push(account?.phase))
  return { ...host, resolve, reject, store, shown }
}

test('the form that asked stays until its answer: a wrong passphrase leaves nothing else to see', async () => {
  const { store, emit, reject, shown } = await createStore()
  const asked = store.getState().restore('/backup', 'wrong')
  emit.account.changed({ phase: 'opening' })
  emit.account.changed({ phase: 'new' })
  reject(new ApiError(ApiErrorCode.WrongPassphrase, 'no'))
  await expect(asked).rejects.toMatchObject({ code: ApiErrorCode.WrongPassphrase })
  expect(new Set(shown)).toEqual(new Set(['new']))
})

test('a profile that opens by what was asked here is shown as soon as it is open', async () => {
  const { store, emit, resolve, shown } = await createStore()
  const asked = store.getState().restore('/backup', 'right')
  emit.account.changed({ phase: 'opening' })
  emit.account.changed({ phase: 'open' })
  expect(shown.at(-1)).toBe('open')
  resolve({ phase: 'open' })
  await asked
  expect(shown).not.toContain('opening')
})

test('what another window opens is shown as being opened', async () => {
  const { emit, shown } = await createStore()
  emit.account.changed({ phase: 'opening' })
  expect(shown).toEqual(['opening'])
})

test('one who is refused because another window opens the profile sees that it is being opened', async () => {
  const { store, emit, reject, shown } = await createStore()
  const asked = store.getState().restore('/backup', 'right')
  emit.account.changed({ phase: 'opening' })
  reject(new ApiError(ApiErrorCode.Busy, 'the profile is just being opened'))
  await expect(asked).rejects.toMatchObject({ code: ApiErrorCode.Busy })
  expect(shown.at(-1)).toBe('opening')
})
