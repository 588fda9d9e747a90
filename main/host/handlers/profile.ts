import { readFileSync } from 'node:fs'
import { toHex, utf8Decode, utf8Encode, wipe } from '../../base/bytes.ts'
import { randomBytes } from '../../base/random.ts'
import { PassKey } from '../../crypto/pass-key.ts'
import { osRandom } from '../../driver/os-random.ts'
import { writeProfile } from '../../engine/profile-file.ts'
import type { Contract } from '../../../shared/api/contract.ts'
import { ApiError, ApiErrorCode } from '../../../shared/api/errors.ts'
import type { Handlers } from '../../../shared/api/rpc.ts'
import type { Profile } from '../../../shared/model/profile.ts'
import { writeNewFile } from '../atomic-file.ts'
import { wordsOf } from '../file-transfers.ts'
import type { HostContext } from '../host-context.ts'
import { ProfileError } from '../profile-error.ts'
import { readSavedProfile } from '../profile-folder.ts'

const NOSPAM_BYTES = 4

export function profileHandlers(context: HostContext): Handlers<Contract>['profile'] {
  const get = (): Profile => profileOf(context)
  return {
    get,
    set({ name, statusMessage, status, newNospam }) {
      context.turn(({ messenger }, now) => {
        if (name !== undefined) messenger.setName(utf8Encode(name), now)
        if (statusMessage !== undefined) messenger.setStatusMessage(utf8Encode(statusMessage), now)
        if (status !== undefined) messenger.setStatus(status, now)
        if (newNospam) messenger.setNospam(randomBytes(osRandom, NOSPAM_BYTES))
      })
      context.saveProfile()
      return get()
    },
    async import({ path, passphrase }) {
      const bytes = readSavefile(path)
      const secret = passphrase === undefined ? undefined : utf8Encode(passphrase)
      const profile = readable(() => readSavedProfile(bytes, secret))
      wipe(bytes)
      if (secret) wipe(secret)
      if (context.turn(({ messenger }, now) => messenger.friends(now).length) > 0) {
        throw new ApiError(ApiErrorCode.Conflict, 'this profile has friends already: import into a new profile folder')
      }
      await context.replaceProfile(profile)
      return get()
    },
    export({ path, passphrase }) {
      context.saveProfile()
      const secret = utf8Encode(passphrase ?? '')
      const passKey = secret.length > 0 ? PassKey.create(secret, osRandom) : undefined
      wipe(secret)
      const bytes = writeProfile(context.folder.profile, passKey && { passKey, random: osRandom })
      passKey?.wipe()
      try {
        writeNewFile(path, bytes)
      } catch (error) {
        throw new ApiError(ApiErrorCode.Unreadable, `${path} cannot be written: ${wordsOf(error)}`)
      } finally {
        wipe(bytes)
      }
      return {}
    },
  }
}

export function profileOf(context: HostContext): Profile {
  return context.turn(({ messenger }) => ({
    toxId: toHex(messenger.toxId()),
    publicKey: messenger.publicKey.hex,
    name: utf8Decode(messenger.profile.name),
    statusMessage: utf8Decode(messenger.profile.statusMessage),
    status: messenger.profile.status,
    isEncrypted: context.folder.isEncrypted,
  }))
}

function readSavefile(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path))
  } catch (error) {
    throw new ApiError(ApiErrorCode.Unreadable, `${path} cannot be read: ${wordsOf(error)}`)
  }
}

/** Puts what is wrong with a savefile into the contract's words. */
function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error
    const isPassphrase = error.code === 'wrongPassphrase' || error.code === 'passphraseNeeded'
    throw new ApiError(isPassphrase ? ApiErrorCode.WrongPassphrase : ApiErrorCode.Unreadable, error.message)
  }
}
