import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import { speak } from '../support/language.ts'
import { expectAccessible, expectFromCatalogue, expectNothingCut } from '../support/page-checks.ts'
import type { Person } from '../support/person.ts'
import { fillConversation, FIRST_SCREENS, OPENED, SCREENS } from '../support/screens.ts'

const USUAL = { width: 1_200, height: 800 }
const NARROW = { width: 360, height: 740 }
const WIDE = { width: 2_560, height: 1_300 }
const THEMES = ['light', 'dark'] as const
const PASSPHRASE = 'seven green bottles'

/** In both themes axe finds nothing, and in the narrowest and a very wide window nothing is cut off. */
async function expectGood({ page }: Person, name: string, isMenu?: boolean): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page, `${name}, ${colorScheme}`, isMenu)
  }
  for (const size of [WIDE, NARROW]) {
    await page.setViewportSize(size)
    await expectNothingCut(page, `${name} at ${size.width} px`)
  }
  await page.setViewportSize(USUAL)
}

/** A friend and a waiting message, a file that waits, and somebody who asks. */
async function fillEverything(alice: Person, carol: Person, folder: string): Promise<void> {
  const path = join(folder, 'a plan of the whole house, from the cellar up to the roof and the chimneys.bin')
  writeFileSync(path, 'a plan')
  const chosen = alice.page.waitForEvent('filechooser')
  await alice.page.getByRole('button', { name: 'Attach a file' }).click()
  await (await chosen).setFiles(path)
  await alice.page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(alice.message('a plan of the whole house')).toBeVisible()
  await alice.openSettings('Profile')
  const toxId = await alice.ownToxId()
  await carol.open()
  await carol.createProfile()
  await carol.askToBeFriends(toxId)
  await alice.page.getByRole('button', { name: 'Back', exact: true }).click()
  await expect(alice.page.getByRole('region', { name: 'Friend requests' })).toBeVisible()
}

test('the first screens are good', async ({ newcomer }) => {
  const alice = newcomer('Alice')
  await alice.open()
  for (const { name, show } of FIRST_SCREENS) {
    await show(alice)
    await expectGood(alice, name)
  }
})

test('a locked profile, and one that cannot be opened, are good screens', async ({ newcomer }) => {
  const [alice, bob] = [newcomer('Alice'), newcomer('Bob')]
  await alice.open()
  await alice.createProfile(PASSPHRASE)
  await alice.leave()
  await alice.open()
  await expect(alice.page.getByRole('button', { name: 'Unlock' })).toBeVisible()
  await expectGood(alice, 'unlock')

  await bob.open()
  await bob.createProfile()
  await bob.leave()
  writeFileSync(join(bob.folder, 'ampoule.db'), 'no database at all')
  bob.expectComplaint(/database cannot be opened/)
  await bob.open()
  await expect(bob.page.getByRole('heading', { name: 'Your profile could not be opened' })).toBeVisible()
  await expectGood(bob, 'failed')
})

/** Written by people, told by the system or the browser, or the name of something. */
const NOT_OURS: readonly RegExp[] = [
  /^(Alice|Bob|Carol)$/,
  /^Hello, I am Carol\. Let us talk on Tox\.$/,
  /^Are you coming on Saturday\?$|^Yes! I bring the lamp\.|^https:\/\/tox\.chat\/$|^lately\?$|^I found the( map\.|$)/,
  /^map$|^\. It was under the stairs all the time\.$/,
  /^a plan of the whole house/,
  /^[0-9A-F ]+$/,
  /^Today$|^[A-Z][a-z]{2} \d+, \d{4}, [\d:\s]+[AP]M$/,
  /^[\d.,]+ (bytes|seconds?|minutes?|hours?|days?)$/,
]
/** Names of libraries and emoji, and lines of the log, are no words of ours. */
const OF_NAMES: readonly string[] = ['settings-about', 'log', 'emoji']

test('every screen, and what opens above it, is good, in every language and both directions', async ({
  friends,
  newcomer,
  folder,
}) => {
  const { alice } = friends
  await fillConversation(friends)
  await fillEverything(alice, newcomer('Carol'), folder)
  const { page } = alice
  for (const { name, show, isMenu } of [...SCREENS, ...OPENED]) {
    await show(alice)
    await expectGood(alice, name, isMenu)
    for (const language of ['de', 'pseudo-rtl'] as const) {
      await speak(page, language)
      if (language === 'pseudo-rtl' && !OF_NAMES.includes(name)) await expectFromCatalogue(page, name, NOT_OURS)
      await page.setViewportSize(NARROW)
      await expectNothingCut(page, `${name} in ${language} at ${NARROW.width} px`)
      await page.setViewportSize(USUAL)
    }
    await speak(page, 'en')
  }
})
