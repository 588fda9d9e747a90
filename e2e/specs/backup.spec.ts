import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import type { Person } from '../support/person.ts'

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
  const chosen = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose a file…' }).click()
  await (await chosen).setFiles(path)
  await page.getByLabel(passphrase[0]).fill(passphrase[1])
}

test('a backup brings back profile, friends and conversations', async ({ friends: { alice }, newcomer, folder }) => {
  await alice.open()
  await alice.openConversation('Bob')
  await alice.write('Bob', 'Keep this for me.')
  await alice.openSettings('Profile')
  const toxId = await alice.ownToxId()
  await alice.openSettings('Backup')
  await alice.page.getByLabel('Passphrase of the backup').fill(PASSPHRASE)
  const path = await download(alice, 'Make a backup', join(folder, 'alice.ampoule-backup'))
  await expect(alice.page.getByText(/^The backup was written/)).toBeVisible()
  await alice.leave()

  const again = newcomer('Again')
  await again.open()
  await bringAlong(again, 'Restore a backup', path, ['Passphrase of the backup', 'wrong'])
  await again.page.getByRole('button', { name: 'Restore', exact: true }).click()
  await expect(again.page.getByRole('alert')).toBeVisible()
  await again.page.getByLabel('Passphrase of the backup').fill(PASSPHRASE)
  await again.page.getByRole('button', { name: 'Restore', exact: true }).click()
  await again.openConversation('Bob')
  await expect(again.message('Keep this for me.')).toBeVisible()
  await again.openSettings('Profile')
  expect(await again.ownToxId()).toBe(toxId)
})

test('a Tox profile that was exported can be imported as one from qTox can', async ({ newcomer, folder }) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  const toxId = await alice.ownToxId()
  await alice.openSettings('Backup')
  await alice.page.getByLabel('Passphrase of the savefile (may be empty)').fill(PASSPHRASE)
  const path = await download(alice, 'Export a Tox profile', join(folder, 'alice.tox'))
  await expect(alice.page.getByText('The profile was written.')).toBeVisible()
  await alice.leave()

  const again = newcomer('Again')
  await again.open()
  await bringAlong(again, 'Import a Tox profile', path, ['Its passphrase, if it has one', PASSPHRASE])
  await again.page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(again.page.getByRole('button', { name: /^Alice .*\(your profile and status\)$/ })).toBeVisible()
  expect(await again.ownToxId()).toBe(toxId)
})
