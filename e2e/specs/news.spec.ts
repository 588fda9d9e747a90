import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'
import type { Person } from '../support/person.ts'

test('a file that is offered while its conversation is closed is announced like a message', async ({
  friends: { alice, bob },
  folder,
}) => {
  const source = join(folder, 'plan.bin')
  writeFileSync(source, 'a plan')
  await Promise.all([alice.open(), bob.open()])
  await expect(alice.friend('Bob')).toHaveAccessibleName(/online/)
  await alice.openConversation('Bob')
  const chosen = alice.page.waitForEvent('filechooser')
  await alice.page.getByRole('button', { name: 'Attach a file' }).click()
  await (await chosen).setFiles(source)
  await alice.page.getByRole('button', { name: 'Send', exact: true }).click()

  await expect(bob.friend('Alice')).toHaveAccessibleName(/Sent you a file: plan\.bin.*1 unread message/)
  await expect(bob.page).toHaveTitle(/\(1\)/)
  await expect(bob.page.getByRole('log')).toHaveText('Alice wants to send you the file plan.bin')
  await expect(alice.friend('Bob')).toHaveAccessibleName(/You sent a file: plan\.bin/)

  await bob.openConversation('Alice')
  await expect(bob.page.getByRole('group', { name: 'plan.bin' })).toBeVisible()
  await expect(bob.friend('Alice')).not.toHaveAccessibleName(/unread/)
  await expect(bob.page).not.toHaveTitle(/\(1\)/)
})

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
