import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'

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
