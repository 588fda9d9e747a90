import type { SafeStorage } from 'electron'
import type { KeyStore } from '../host/key-store.ts'

/** Backends of Linux that keep the key in the program itself, where everybody can read it. */
const NO_PROTECTION: ReadonlySet<string> = new Set(['basic_text', 'unknown'])

/**
 * The system's key store (Keychain, DPAPI, libsecret, KWallet) for the key of the database. Works once the app is ready.
 *
 * returns  undefined where the system has none: the key lies in a file then, and the settings say so
 */
export function createKeyStore(
  safeStorage: Pick<
    SafeStorage,
    'isEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptString' | 'decryptString'
  >,
  platform: NodeJS.Platform,
): KeyStore | undefined {
  if (!safeStorage.isEncryptionAvailable()) return undefined
  if (platform === 'linux' && NO_PROTECTION.has(safeStorage.getSelectedStorageBackend())) return undefined
  return {
    wrap: (key) => new Uint8Array(safeStorage.encryptString(Buffer.from(key).toString('base64'))),
    unwrap: (wrapped) => new Uint8Array(Buffer.from(safeStorage.decryptString(Buffer.from(wrapped)), 'base64')),
  }
}
