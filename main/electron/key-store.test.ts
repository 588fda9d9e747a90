import { expect, test } from 'vitest'
import { createKeyStore } from './key-store.ts'

function safeStorage(isAvailable: boolean, backend: 'basic_text' | 'gnome_libsecret') {
  return {
    isEncryptionAvailable: () => isAvailable,
    getSelectedStorageBackend: () => backend,
    encryptString: (text: string) => Buffer.from(`sealed ${text}`),
    decryptString: (sealed: Buffer) => {
      const [, text] = /^sealed (.*)$/.exec(sealed.toString()) ?? []
      if (text === undefined) throw new Error('not sealed here')
      return text
    },
  }
}

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index * 8)

test('what it wrapped it unwraps to the same bytes, and the wrapping is not the key', () => {
  const store = createKeyStore(safeStorage(true, 'gnome_libsecret'), 'linux')
  const wrapped = store?.wrap(KEY) ?? new Uint8Array()
  expect(Buffer.from(wrapped).includes(Buffer.from(KEY))).toBe(false)
  expect(store?.unwrap(wrapped)).toEqual(KEY)
})

test('what was wrapped elsewhere does not unwrap', () => {
  const store = createKeyStore(safeStorage(true, 'gnome_libsecret'), 'linux')
  expect(() => store?.unwrap(KEY)).toThrow('not sealed here')
})

test('there is none where the system has no key store, or one that protects nothing', () => {
  expect(createKeyStore(safeStorage(false, 'gnome_libsecret'), 'darwin')).toBeUndefined()
  expect(createKeyStore(safeStorage(true, 'basic_text'), 'linux')).toBeUndefined()
  expect(createKeyStore(safeStorage(true, 'basic_text'), 'win32')).toBeDefined()
})
