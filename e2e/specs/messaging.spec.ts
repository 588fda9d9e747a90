import { expect, test } from '../support/fixtures.ts'

test('two friends who are online write to each other, and see what became of it', async ({
  friends: { alice, bob },
}) => {
  await Promise.all([alice.open(), bob.open()])
  await expect(alice.friend('Bob')).toHaveAccessibleName(/online/)
  await alice.openConversation('Bob')
  await alice.write('Bob', 'Are you there?')
  await expect(alice.mark('Are you there?')).toHaveAccessibleName(/^Delivered to Bob/)
  await expect(bob.friend('Alice')).toHaveAccessibleName(/Are you there\?.*1 unread message/)

  await bob.openConversation('Alice')
  await expect(bob.message('Are you there?')).toBeVisible()
  await expect(alice.mark('Are you there?')).toHaveAccessibleName(/^Read by Bob/)

  await bob.composer('Alice').pressSequentially('First line')
  await expect(
    alice.page.getByText('Bob is typing…').or(alice.friend('Bob').getByText('is typing…')).first(),
  ).toBeVisible()
  await bob.composer('Alice').press('Shift+Enter')
  await bob.composer('Alice').pressSequentially('second line 🙂')
  await bob.composer('Alice').press('Enter')
  await expect(alice.message('First line')).toContainText('second line 🙂')
  await expect(bob.composer('Alice')).toHaveValue('')
})
