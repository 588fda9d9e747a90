import { expect, test } from '../support/fixtures.ts'
import { expectBriefly } from '../support/texts-to-come.ts'

const PASSPHRASE = 'seven green bottles'

test('a name is all it takes to an empty list and a Tox ID to give away', async ({ newcomer }) => {
  const alice = newcomer('Alice')
  await alice.open()
  const { page } = alice
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(page.getByText('Friends need to call you something.')).toBeVisible()
  await alice.createProfile()
  await expect(page.getByRole('heading', { name: 'Your list is still empty' })).toBeVisible()
  expect(await alice.ownToxId()).toMatch(/^[0-9A-F]{76}$/)
  await expect(page.getByRole('img', { name: 'QR code of your Tox ID' })).toBeVisible()
  await expectBriefly(page, /^Copied$/, async () => await page.getByRole('button', { name: 'Copy Tox ID' }).click())
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await alice.ownToxId())
})

test('a profile with a passphrase is locked at the next start, and says so when the passphrase is wrong', async ({
  newcomer,
}) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile(PASSPHRASE)
  const toxId = await alice.ownToxId()
  await alice.leave()

  await alice.open()
  const { page } = alice
  await page.getByLabel('Passphrase', { exact: true }).fill('seven green battles')
  await page.getByRole('button', { name: 'Unlock' }).click()
  await expect(page.getByText('That is not the passphrase.')).toBeVisible()
  await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
  await page.getByRole('button', { name: 'Unlock' }).click()
  await expect(page.getByRole('heading', { name: 'Your list is still empty' })).toBeVisible()
  expect(await alice.ownToxId()).toBe(toxId)
})
