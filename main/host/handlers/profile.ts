import { readFileSync, rmSync } from 'node:fs'
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
import { newCopyPath, writeBackup } from '../backup.ts'
import { wordsOf } from '../disk-files.ts'
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
      return announced(context)
    },
    async import({ path, passphrase }) {
      const bytes = readSavefile(path)
      const secret = secretOf(passphrase)
      const profile = inWords(() => readSavedProfile(bytes, secret))
      wipe(bytes)
      if (secret) wipe(secret)
      if (context.turn(({ messenger }, now) => messenger.friends(now).length) > 0) {
        throw new ApiError(ApiErrorCode.Conflict, 'this profile has friends already: import into a new profile folder')
      }
      await context.replaceProfile(profile)
      return announced(context)
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
    setPassphrase({ current, next }) {
      const secrets = [secretOf(current), secretOf(next)] as const
      context.saveProfile()
      try {
        inWords(() => context.folder.setPassphrase(...secrets))
      } finally {
        for (const secret of secrets) if (secret) wipe(secret)
      }
      context.noteAccount()
      return announced(context)
    },
    async backup({ path, passphrase }) {
      context.saveProfile()
      return { sizeBytes: await backUp(context, path, passphrase) }
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
    keyProtection: context.folder.keyProtection,
  }))
}

function announced(context: HostContext): Profile {
  const profile = profileOf(context)
  context.emit.profile.changed(profile)
  return profile
}

function secretOf(passphrase: string | undefined): Uint8Array | undefined {
  return passphrase === undefined ? undefined : utf8Encode(passphrase)
}

/** Seals a copy of the database, taken while it is in use, with the savefile and the key. Returns the file's length. */
async function backUp({ folder, database }: HostContext, path: string, passphrase: string): Promise<number> {
  const copy = newCopyPath(folder.path, osRandom)
  const secret = utf8Encode(passphrase)
  const [savefile, dataKey] = [writeProfile(folder.profile), folder.copyDataKey()]
  try {
    await database.copyTo(copy)
    return await writeBackup(path, secret, { savefile, dataKey, databasePath: copy }, osRandom)
  } catch (error) {
    throw new ApiError(ApiErrorCode.Unreadable, `${path} cannot be written: ${wordsOf(error)}`)
  } finally {
    wipe(secret, savefile, dataKey)
    rmSync(copy, { force: true })
  }
}

function readSavefile(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path))
  } catch (error) {
    throw new ApiError(ApiErrorCode.Unreadable, `${path} cannot be read: ${wordsOf(error)}`)
  }
}

/** Puts what is wrong with a savefile or passphrase into the contract's words. */
function inWords<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error
    const isPassphrase = error.code === 'wrongPassphrase' || error.code === 'passphraseNeeded'
    throw new ApiError(isPassphrase ? ApiErrorCode.WrongPassphrase : ApiErrorCode.Unreadable, error.message)
  }
}
