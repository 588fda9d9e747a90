import type { Page } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'
import type { Person } from '../support/person.ts'

/** Another tab of the same person, in the same browser. */
async function secondWindow({ page }: Person): Promise<Page> {
  const second = await page.context().newPage()
  await second.goto(new URL('/', page.url()).href)
  return second
}

test('a request that is dismissed in one window is gone in the other', async ({ newcomer }) => {
  const [alice, bob] = [newcomer('Alice'), newcomer('Bob')]
  await Promise.all([alice.open(), bob.open()])
  await Promise.all([alice.createProfile(), bob.createProfile()])
  await alice.askToBeFriends(await bob.ownToxId())
  const requests = (await secondWindow(bob)).getByRole('region', { name: 'Friend requests' })
  await expect(requests).toBeVisible()
  await bob.page.getByRole('button', { name: 'Dismiss' }).click()
  await expect(requests).toBeHidden()
})

test('what is read in one window is read in the other', async ({ friends: { alice, bob } }) => {
  await Promise.all([alice.open(), bob.open()])
  const second = await secondWindow(bob)
  await alice.openConversation('Bob')
  await alice.write('Bob', 'Are you there?')
  const friend = second.getByRole('list', { name: 'Friends' }).getByRole('button', { name: /^Alice\b/ })
  await expect(friend).toHaveAccessibleName(/1 unread message/)
  await bob.page.bringToFront()
  await bob.openConversation('Alice')
  await expect(friend).not.toHaveAccessibleName(/unread/)
})

test('what the browser says to notifications is said in the settings, and seen anew when one comes back', async ({
  aliceAt,
}) => {
  const { page } = await aliceAt('Notifications')
  // A browser without a window of its own denies them, whatever it was told.
  const refused = page.getByText(/^This browser does not let Ampoule show notifications/)
  await expect(refused).toBeVisible()
  await expect(page.getByRole('button', { name: 'Allow notifications in this browser' })).toBeHidden()
  await page.evaluate(() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' })
    window.dispatchEvent(new Event('focus'))
  })
  await expect(refused).toBeHidden()
})
