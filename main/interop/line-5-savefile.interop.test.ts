import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type ExpectStatic } from 'vitest'
import { fromHex, toHex, utf8Decode, utf8Encode } from '../base/bytes.ts'
import { PassKey } from '../crypto/pass-key.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { osRandom } from '../driver/os-random.ts'
import { isEncryptedProfile, readProfile, type SavedProfile, writeProfile } from '../engine/profile-file.ts'
import { toxIdOf } from '../tox/messenger/tox-id.ts'
import { ToxsaveError, type ToxsaveErrorCode } from '../tox/toxsave/toxsave-error.ts'
import { interopTest } from './interop-test.ts'
import type { LoopbackNetwork } from './loopback-network.ts'
import { sectionsOfSavedata } from './saved-nodes.ts'
import { ToxPeer } from './tox-peer.ts'

/** TCP relays and conferences: ours does not read them. */
const FOREIGN_SECTIONS = [10, 20]
const PASSPHRASE = 'korrekt pferd 🐎'
const STRANGER_MESSAGE = 'Grüße vom Grund 🐙'

/** A savefile of libtoxcore's: plain, and with the passphrase. */
interface Saved {
  readonly owner: ToxPeer
  readonly friend: ToxPeer
  readonly stranger: ToxPeer
  readonly plain: string
  readonly sealed: string
}

describe.concurrent('line 5: savefiles of libtoxcore and ours', () => {
  interopTest('both kinds open in ours, with everything that libtoxcore put in', async ({ network, expect }) => {
    const saved = await saveWithLibtoxcore(network)
    for (const path of [saved.plain, saved.sealed]) {
      expect(isEncryptedProfile(new Uint8Array(await readFile(path)))).toBe(path === saved.sealed)
      expectSame(await open(path, PASSPHRASE), saved, expect)
    }
  })

  interopTest(
    'both kinds written by ours open in libtoxcore, friends and nospam intact',
    async ({ network, expect }) => {
      const saved = await saveWithLibtoxcore(network)
      const profile = await open(saved.plain)
      const foreign = sectionsOfSavedata(await readFile(saved.plain)).filter(({ type }) =>
        FOREIGN_SECTIONS.includes(type),
      )
      expect(foreign.map(({ type }) => type)).toEqual(FOREIGN_SECTIONS)
      expect(sectionsOfSavedata(writeProfile(profile))).toEqual(expect.arrayContaining(foreign))
      const passKey = PassKey.create(utf8Encode(PASSPHRASE), osRandom)
      const files = [
        { bytes: writeProfile(profile), options: {} },
        { bytes: writeProfile(profile, { passKey, random: osRandom }), options: { passphrase: PASSPHRASE } },
      ]
      for (const [at, { bytes, options }] of files.entries()) {
        const load = join(await network.folder(), `ours ${at}.tox`)
        await writeFile(load, bytes)
        const back = await network.startPeer({ load, ...options })
        expect(back.toxId).toBe(saved.owner.toxId)
        expect(await back.profile()).toMatchObject({ name: 'Zoë', statusMessage: 'reading 📖', status: 'away' })
        expect((await back.friends()).map(({ publicKey }) => publicKey)).toEqual([
          saved.friend.publicKey,
          saved.stranger.publicKey,
        ])
        // What libtoxcore makes of it and saves again opens in ours as the same.
        await back.save(load, PASSPHRASE)
        expectSame(await open(load, PASSPHRASE), saved, expect)
      }
    },
  )

  interopTest('the person goes on in ours: friends come online, the request goes out', async ({ network, expect }) => {
    const { plain, owner, friend, stranger } = await saveWithLibtoxcore(network)
    const bootstrapd = await network.startBootstrapd()
    await friend.accept(owner.publicKey)
    await Promise.all([friend.bootstrap(bootstrapd), stranger.bootstrap(bootstrapd)])
    const ours = await network.startOurPeer({ profile: await open(plain) })
    expect(ours.toxId).toBe(owner.toxId)
    ours.bootstrap(bootstrapd)
    const asked = stranger.waitFor('friendRequest')
    await ours.waitUntilOnline(friend.publicKey)
    expect(await asked).toMatchObject({ publicKey: owner.publicKey, text: STRANGER_MESSAGE })
    await friend.waitFor('friendName', ({ text }) => text === 'Zoë')
    // And back to libtoxcore, with what has happened since.
    await stranger.accept(owner.publicKey)
    await ours.waitUntilOnline(stranger.publicKey)
    const load = join(await network.folder(), 'back.tox')
    await writeFile(load, writeProfile(ours.snapshot()))
    await ours.close()
    const back = await network.startPeer({ load })
    await back.bootstrap(bootstrapd)
    await Promise.all([back.waitUntilOnline(0), back.waitUntilOnline(1)])
  })

  interopTest('a wrong passphrase and a cut file are clear errors that change nothing', async ({ network, expect }) => {
    const { plain, sealed } = await saveWithLibtoxcore(network)
    await expectRefusal(sealed, 'wrong', 'wrongPassphrase', expect)
    await expectRefusal(sealed, undefined, 'passphraseNeeded', expect)
    const folder = await network.folder()
    const cut = join(folder, 'cut.tox')

    const whole = new Uint8Array(await readFile(plain))
    const end = endOfSections(whole)
    for (let length = 0; length < end; length += length < 200 ? 1 : 97) {
      await writeFile(cut, whole.subarray(0, length))
      await expectRefusal(cut, undefined, 'cut', expect)
    }
    const encrypted = new Uint8Array(await readFile(sealed))
    for (const length of [8, 40, 79]) {
      await writeFile(cut, encrypted.subarray(0, length))
      await expectRefusal(cut, PASSPHRASE, 'cut', expect)
    }
    for (const length of [96, encrypted.length - 1]) {
      await writeFile(cut, encrypted.subarray(0, length))
      await expectRefusal(cut, PASSPHRASE, 'wrongPassphrase', expect)
    }
    await expect(ToxPeer.start({ load: cut, passphrase: PASSPHRASE })).rejects.toThrow('cannot be decrypted')
  })
})

/** A person with a friend, an unanswered request and something in each field, who has gone. */
async function saveWithLibtoxcore(network: LoopbackNetwork): Promise<Saved> {
  await sodiumReady
  const [owner, friend, stranger] = await Promise.all([network.startPeer(), network.startPeer(), network.startPeer()])
  await owner.setName('Zoë')
  await owner.setStatusMessage('reading 📖')
  await owner.setStatus('away')
  await owner.accept(friend.publicKey)
  await owner.add(stranger.toxId, STRANGER_MESSAGE)
  const folder = await network.folder()
  const [plain, sealed] = [join(folder, 'plain.tox'), join(folder, 'sealed.tox')]
  await owner.save(plain)
  await owner.save(sealed, PASSPHRASE)
  await owner.close()
  return { owner, friend, stranger, plain, sealed }
}

async function open(path: string, passphrase?: string): Promise<SavedProfile> {
  await sodiumReady
  const bytes = new Uint8Array(await readFile(path))
  return readProfile(bytes, passphrase === undefined ? undefined : utf8Encode(passphrase))
}

function expectSame(profile: SavedProfile, { owner, friend, stranger }: Saved, expect: ExpectStatic): void {
  const toxId = toxIdOf({ publicKey: profile.keys.publicKey, nospam: profile.nospam })
  expect(toHex(toxId)).toBe(owner.toxId)
  const { name, statusMessage, status, friends } = profile
  expect([name, statusMessage].map(utf8Decode)).toEqual(['Zoë', 'reading 📖'])
  expect(status).toBe('away')
  expect(friends.map(({ publicKey }) => publicKey.hex)).toEqual([friend.publicKey, stranger.publicKey])
  expect(friends).toMatchObject([
    { state: 'confirmed', lastSeenAt: 0 },
    { state: 'requested', message: utf8Encode(STRANGER_MESSAGE), nospam: fromHex(stranger.toxId.slice(64, 72)) },
  ])
}

/** The file is refused with this code, and it is as it was afterwards. */
async function expectRefusal(
  path: string,
  passphrase: string | undefined,
  code: ToxsaveErrorCode,
  expect: ExpectStatic,
): Promise<void> {
  const before = await readFile(path)
  const refusal: unknown = await open(path, passphrase).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(ToxsaveError)
  expect(refusal).toMatchObject({ code })
  expect(String(refusal)).toMatch(/savefile/)
  expect((await readFile(path)).equals(before)).toBe(true)
}

/** Where section 255 ends; libtoxcore may pad the file. */
function endOfSections(savedata: Uint8Array): number {
  const HEAD_BYTES = 8
  return sectionsOfSavedata(savedata).reduce((end, { data }) => end + HEAD_BYTES + data.length, 2 * HEAD_BYTES)
}
