import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Contract, contract } from '../../shared/api/contract.ts'
import { ApiErrorCode } from '../../shared/api/errors.ts'
import { createMemoryPipes } from '../../shared/api/memory-pipe.ts'
import { type Client, createClient, type Pipe } from '../../shared/api/rpc.ts'
import type { Account } from '../../shared/model/account.ts'
import { createDesk, type Desk, type DeskOptions } from './desk.ts'
import type { KeyStore } from './key-store.ts'
import { createLog } from './log.ts'

let folder = ''
let desks: Desk[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-desk-'))
})

afterEach(async () => {
  await Promise.all(desks.map((desk) => desk.stop()))
  desks = []
  rmSync(folder, { recursive: true })
})

function opened(more: Partial<DeskOptions> = {}): Desk {
  const desk = createDesk({
    profileFolder: join(folder, 'lena'),
    shell: 'web',
    scope: 'loopback',
    log: createLog({ level: 'silent' }),
    bootstrap: [],
    udpPort: 0,
    storageBytes: 0,
    ...more,
  })
  desks.push(desk)
  return desk
}

interface Window {
  readonly client: Client<Contract>
  readonly frames: string[]
  readonly phases: Account['phase'][]
  readonly detach: () => void
}

/** One of several windows or tabs. */
function windowOf(desk: Desk): Window {
  const [near, far] = createMemoryPipes()
  const frames: string[] = []
  const noted: Pipe = {
    send: (frame) => {
      frames.push(frame)
      far.send(frame)
    },
    onFrame: (listener) => far.onFrame(listener),
  }
  const detach = desk.attach(noted)
  const client = createClient(contract, near)
  const phases: Account['phase'][] = []
  client.account.changed(({ phase }) => phases.push(phase))
  return { client, frames, phases, detach }
}

test('windows that were there before the profile go on with it, and all hear what one of them does', async () => {
  const desk = opened()
  const [first, second] = [windowOf(desk), windowOf(desk)]
  expect(await first.client.account.get({})).toEqual({ phase: 'new' })
  await expect(second.client.profile.get({})).rejects.toMatchObject({ code: ApiErrorCode.NotOpen })
  expect(await second.client.account.create({ name: 'Lena' })).toEqual({ phase: 'open', keyProtection: 'file' })
  expect([first.phases, second.phases]).toEqual([
    ['opening', 'open'],
    ['opening', 'open'],
  ])
  const told: string[] = []
  first.client.settings.changed(({ theme }) => told.push(theme))
  await second.client.settings.set({ theme: 'dark' })
  expect(told).toEqual(['dark'])
  expect(await first.client.profile.get({})).toMatchObject({ name: 'Lena' })
})

test('a window that is gone is told nothing and answered nothing, the others are', async () => {
  const desk = opened()
  const [gone, left] = [windowOf(desk), windowOf(desk)]
  await gone.client.account.create({ name: 'Lena' })
  gone.detach()
  const count = gone.frames.length
  void gone.client.profile.get({})
  await left.client.settings.set({ theme: 'dark' })
  expect(gone.frames).toHaveLength(count)
  expect(await left.client.account.get({})).toMatchObject({ phase: 'open' })
})

test('a reply that comes after its window went is not sent', async () => {
  const desk = opened()
  const [going, left] = [windowOf(desk), windowOf(desk)]
  void going.client.account.create({ name: 'Lena' })
  going.detach()
  await expect.poll(() => left.phases).toEqual(['opening', 'open'])
  expect(going.frames.filter((frame) => frame.includes('"result"'))).toEqual([])
})

test('two who want to make a profile at once do not make two', async () => {
  const desk = opened()
  const [first, second] = [windowOf(desk), windowOf(desk)]
  const made = first.client.account.create({ name: 'Lena' })
  await expect(second.client.account.create({ name: 'Nora' })).rejects.toMatchObject({ code: ApiErrorCode.Busy })
  await made
  expect(await second.client.profile.get({})).toMatchObject({ name: 'Lena' })
})

/** The system's key store, played. */
const keyStore: KeyStore = {
  wrap: (key) => key.map((byte) => byte ^ 0x55),
  unwrap: (wrapped) => wrapped.map((byte) => byte ^ 0x55),
}

test('the key of a profile without passphrase goes to the system where it keeps keys, and opens by itself there only', async () => {
  const first = opened({ keyStore })
  const { client } = windowOf(first)
  expect(await client.account.create({ name: 'Lena' })).toEqual({ phase: 'open', keyProtection: 'system' })
  await first.stop()
  const without = windowOf(opened())
  await expect.poll(() => without.phases.at(-1)).toBe('failed')
  expect((await without.client.account.get({})).reason).toContain('open it there')
  const again = windowOf(opened({ keyStore }))
  await expect.poll(() => again.phases.at(-1)).toBe('open')
  expect(await again.client.profile.setPassphrase({ next: 'x' })).toMatchObject({ keyProtection: 'passphrase' })
  expect(await again.client.profile.setPassphrase({ current: 'x' })).toMatchObject({ keyProtection: 'system' })
})

test('a profile that cannot be opened gives way to a backup, and is kept', async () => {
  const first = opened()
  const { client } = windowOf(first)
  await client.account.create({ name: 'Lena' })
  const backup = join(folder, 'backup')
  await client.profile.backup({ path: backup, passphrase: 'nine kettles' })
  await first.stop()
  const broken = join(folder, 'lena/ampoule.db')
  writeFileSync(broken, 'no database at all')

  const window = windowOf(opened())
  await expect.poll(() => window.phases.at(-1)).toBe('failed')
  const failed = await window.client.account.get({})
  expect(failed.failure).toBe('other')
  expect(failed.reason).toContain('cannot be opened')
  const restore = (passphrase: string) => window.client.account.restore({ path: backup, passphrase })
  await expect(restore('wrong')).rejects.toMatchObject({ code: ApiErrorCode.WrongPassphrase })
  expect(await window.client.account.get({})).toEqual(failed)
  expect(readFileSync(broken, 'utf8')).toBe('no database at all')

  const { phase, setAsideIn } = await restore('nine kettles')
  expect(phase).toBe('open')
  expect(readFileSync(join(setAsideIn ?? '', 'ampoule.db'), 'utf8')).toBe('no database at all')
  expect(await window.client.profile.get({})).toMatchObject({ name: 'Lena', isEncrypted: true })
})

test('a profile that is open elsewhere says so, is not given way, and opens once the other has ended', async () => {
  const first = opened()
  await windowOf(first).client.account.create({ name: 'Lena' })
  const { client, phases } = windowOf(opened())
  await expect.poll(() => phases.at(-1)).toBe('failed')
  expect(await client.account.get({})).toMatchObject({ failure: 'in-use' })
  const restored = client.account.restore({ path: join(folder, 'none'), passphrase: 'x' })
  await expect(restored).rejects.toMatchObject({ code: ApiErrorCode.Busy })
  await first.stop()
  expect(await client.account.retry({})).toMatchObject({ phase: 'open' })
})

test('app.quit is answered and told to the shell; an end with nothing open is one too', async () => {
  const desk = opened()
  const { client } = windowOf(desk)
  await client.account.create({ name: 'Lena' })
  expect(await client.app.quit({})).toEqual({})
  await desk.quitAsked
  await desk.stop()
  expect(desk.hasFailed).toBe(false)
  const unused = opened({ profileFolder: join(folder, 'unused') })
  await unused.stop()
  expect(existsSync(join(folder, 'unused'))).toBe(false)
})

test('calls that come while the sockets are changed wait, and none is refused', async () => {
  const desk = opened()
  const { client } = windowOf(desk)
  await client.account.create({ name: 'Lena' })
  const changed = client.settings.set({ udpEnabled: false })
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.network.get({})))
  await changed
  expect(answers).toHaveLength(20)
  expect(await client.network.get({})).toMatchObject({ isUdpOn: false, connected: false })
})
