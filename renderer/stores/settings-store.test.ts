import { expect, test } from 'vitest'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import { createSettingsStore } from './settings-store.ts'
import { createTestHost } from './test-host.ts'

const REFUSED = new ApiError(ApiErrorCode.Impossible, 'the port is in use')

test('what is being changed is known until the host has answered, also where it refuses', async () => {
  const answers: { resolve: () => void; reject: (error: Error) => void }[] = []
  const { api } = createTestHost({
    'settings.set': () =>
      new Promise<void>((resolve, reject) => {
        answers.push({ resolve, reject })
      }),
  })
  const store = createSettingsStore(api)
  const off = store.getState().change({ udpEnabled: false })
  const dark = store.getState().change({ theme: 'dark' })
  expect(store.getState().changing).toEqual([{ udpEnabled: false }, { theme: 'dark' }])
  await expect.poll(() => answers.length).toBe(2)
  answers[1]?.reject(REFUSED)
  await expect(dark).rejects.toBeInstanceOf(ApiError)
  expect(store.getState().changing).toEqual([{ udpEnabled: false }])
  answers[0]?.reject(REFUSED)
  await expect(off).rejects.toBeInstanceOf(ApiError)
  expect(store.getState().changing).toEqual([])
})
