import { expect, test } from '../support/fixtures.ts'
import { expectBriefly, textsToCome } from '../support/texts-to-come.ts'

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

  await expectBriefly(alice.page, /typing…$/, async () => await bob.composer('Alice').pressSequentially('First line'))
  await bob.composer('Alice').press('Shift+Enter')
  await bob.composer('Alice').pressSequentially('second line 🙂')
  await bob.composer('Alice').press('Enter')
  await expect(alice.message('First line')).toContainText('second line 🙂')
  await expect(bob.composer('Alice')).toHaveValue('')

  await test.step('who tells nobody that they read or write does not, from then on', async () => {
    await bob.openSettings('Privacy')
    for (const name of ['Read receipts', 'Typing notices']) {
      const isOn = bob.page.getByRole('switch', { name })
      await isOn.click()
      await expect(isOn).not.toBeChecked()
    }
    await bob.page.getByRole('button', { name: 'Back', exact: true }).click()
    await bob.openConversation('Alice')
    await alice.write('Bob', 'And now?')
    await expect(bob.message('And now?')).toBeVisible()
    await expect(bob.friend('Alice')).not.toHaveAccessibleName(/unread/)
    const typing = await textsToCome(alice.page, /typing…$/)
    await bob.composer('Alice').pressSequentially('Here I am')
    await bob.composer('Alice').press('Enter')
    // It left after whatever there was to tell before.
    await expect(alice.message('Here I am')).toBeVisible()
    await expect(alice.mark('And now?')).toHaveAccessibleName(/^Delivered to Bob/)
    expect(await typing()).toBe(0)
  })
})

test('a search finds friends and messages, accents or not, and leads there', async ({ friends: { alice } }) => {
  await alice.open()
  await alice.openConversation('Bob')
  await alice.write('Bob', 'We meet at the Café Größenwahn.')
  const { page } = alice
  const search = page.getByRole('searchbox', { name: 'Search friends, messages and files' })
  await search.fill('cafe grossen')
  await expect(page.getByText('Nothing found')).toBeVisible()
  await search.fill('cafe')
  const found = page.getByRole('complementary', { name: 'Friends and you' }).getByRole('button', { name: /Größenwahn/ })
  await expect(found).toBeVisible()
  await found.click()
  await expect(alice.message('Größenwahn')).toBeVisible()
  await search.fill('bo')
  await expect(
    alice
      .friend('Bob')
      .or(page.getByRole('button', { name: /^Bob\b/ }))
      .first(),
  ).toBeVisible()
})
