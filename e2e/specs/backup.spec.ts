import type { Page } from '@playwright/test'
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contract } from '../../shared/api/contract.ts'
import { createClient } from '../../shared/api/rpc.ts'
import { expect, test } from '../support/fixtures.ts'
import type { Person } from '../support/person.ts'
import { Program } from '../support/program.ts'
import { expectBriefly } from '../support/texts-to-come.ts'

const PASSPHRASE = 'nine blue kettles'

/** Presses a button that hands over a file, and keeps it. */
async function download(person: Person, button: string, path: string): Promise<string> {
  const handed = person.page.waitForEvent('download')
  await person.page.getByRole('button', { name: button }).click()
  await (await handed).saveAs(path)
  return path
}

/** At the first start, brings along what lies at `path`. */
async function bringAlong(person: Person, way: string, path: string, passphrase: [label: string, text: string]) {
  const { page } = person
  await page.getByRole('button', { name: way }).click()
  await choose(page, path)
  await page.getByLabel(passphrase[0]).fill(passphrase[1])
}

async function choose(page: Page, path: string): Promise<void> {
  const chosen = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose a file…' }).click()
  await (await chosen).setFiles(path)
}

/** What was typed and chosen is still there, and beside it what is wrong with it. */
async function expectWrongPassphrase(page: Page, label: string, typed: string, file: string): Promise<void> {
  await expect(page.getByLabel(label)).toHaveAccessibleDescription(/^That is not the passphrase/)
  await expect(page.getByLabel(label)).toHaveValue(typed)
  await expect(page.getByText(`Chosen: ${file}`)).toBeVisible()
}

/** A copy of the file in which the last bytes are others. */
function damaged(path: string): string {
  const bytes = readFileSync(path)
  bytes.fill(0x5a, bytes.length - 40)
  writeFileSync(`${path}.damaged`, bytes)
  return `${path}.damaged`
}

test('a backup brings back profile, friends and conversations', async ({ friends: { alice }, newcomer, folder }) => {
  await alice.open()
  await alice.openConversation('Bob')
  await alice.write('Bob', 'Keep this for me.')
  await alice.openSettings('Profile')
  const toxId = await alice.ownToxId()
  await alice.openSettings('Backup')
  await alice.page.getByLabel('Passphrase of the backup').fill(PASSPHRASE)
  const path = join(folder, 'alice.ampoule-backup')
  await expectBriefly(alice.page, /^The backup was written/, async () => await download(alice, 'Make a backup', path))
  await alice.leave()

  const again = newcomer('Again')
  await again.open()
  await bringAlong(again, 'Restore a backup', path, ['Passphrase of the backup', 'wrong'])
  await again.page.getByRole('button', { name: 'Restore', exact: true }).click()
  await expectWrongPassphrase(again.page, 'Passphrase of the backup', 'wrong', 'alice.ampoule-backup')
  await choose(again.page, damaged(path))
  await again.page.getByLabel('Passphrase of the backup').fill(PASSPHRASE)
  await again.page.getByRole('button', { name: 'Restore', exact: true }).click()
  await expect(again.page.getByRole('alert')).toHaveText(/^The file cannot be read/)
  await expect(again.page.getByLabel('Passphrase of the backup')).toHaveValue(PASSPHRASE)
  await choose(again.page, path)
  await expect(again.page.getByRole('alert')).toBeHidden()
  await again.page.getByRole('button', { name: 'Restore', exact: true }).click()
  await again.openConversation('Bob')
  await expect(again.message('Keep this for me.')).toBeVisible()
  await again.openSettings('Profile')
  expect(await again.ownToxId()).toBe(toxId)
})

test('a Tox profile that was exported can be imported as one from qTox can, and one that was cut off changes nothing', async ({
  newcomer,
  folder,
}) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  const toxId = await alice.ownToxId()
  await alice.openSettings('Backup')
  await alice.page.getByLabel('Passphrase of the savefile (may be empty)').fill(PASSPHRASE)
  const path = join(folder, 'alice.tox')
  await expectBriefly(
    alice.page,
    /^The profile was written\.$/,
    async () => await download(alice, 'Export a Tox profile', path),
  )
  await alice.page.getByLabel('Passphrase of the savefile (may be empty)').fill('')
  const cut = await download(alice, 'Export a Tox profile', join(folder, 'cut.tox'))
  truncateSync(cut, statSync(cut).size - 40)
  await alice.leave()

  const again = newcomer('Again')
  await again.open()
  await bringAlong(again, 'Import a Tox profile', path, ['Its passphrase, if it has one', 'wrong'])
  await again.page.getByRole('button', { name: 'Import', exact: true }).click()
  await expectWrongPassphrase(again.page, 'Its passphrase, if it has one', 'wrong', 'alice.tox')
  await choose(again.page, cut)
  await again.page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(again.page.getByRole('alert')).toHaveText(/^The file cannot be read. Your data were not changed/)
  await choose(again.page, path)
  await again.page.getByLabel('Its passphrase, if it has one').fill(PASSPHRASE)
  await again.page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(again.page.getByRole('button', { name: /^Alice .*\(your profile and status\)$/ })).toBeVisible()
  expect(await again.ownToxId()).toBe(toxId)
})

test('a profile that cannot be opened gives way to a backup, and is kept', async ({ newcomer, folder }) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  await alice.openSettings('Backup')
  await alice.page.getByLabel('Passphrase of the backup').fill(PASSPHRASE)
  const path = await download(alice, 'Make a backup', join(folder, 'alice.ampoule-backup'))
  await alice.leave()
  const database = join(alice.folder, 'ampoule.db')
  writeFileSync(database, 'no database at all')
  alice.expectComplaint(/database cannot be opened/)

  await alice.open()
  const { page } = alice
  await expect(page.getByRole('heading', { name: 'Your profile could not be opened' })).toBeVisible()
  await bringAlong(alice, 'Restore a backup', path, ['Passphrase of the backup', PASSPHRASE])
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  const told = page.getByText(/^The files of the profile that could not be opened are kept in /)
  await expect(told).toBeVisible()
  const [, kept = ''] = / kept in (.+)$/.exec(await told.innerText()) ?? []
  expect(readFileSync(join(kept, 'ampoule.db'), 'utf8')).toBe('no database at all')
  await expect(page.getByRole('button', { name: /^Alice .*\(your profile and status\)$/ })).toBeVisible()
})

test('a profile that is open in another Ampoule says so, and opens once that one has ended', async ({ newcomer }) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  await alice.leave()
  const owner = new Program('owner', ['serve', '--stdio', '--profile', alice.folder, '--udp-port', '0', '--no-lan'])
  await createClient(contract, owner.pipe()).account.get({})
  alice.expectComplaint(/in use by another running instance/)
  await alice.open()
  const { page } = alice
  await expect(page.getByRole('heading', { name: 'Your profile is open already' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Restore a backup' })).toBeHidden()
  await owner.leave()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('button', { name: /^Alice .*\(your profile and status\)$/ })).toBeVisible()
})
