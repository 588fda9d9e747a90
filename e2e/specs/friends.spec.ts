import type { Locator } from '@playwright/test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import type { Person } from '../support/person.ts'
import { expectBriefly } from '../support/texts-to-come.ts'

/** Both see each other online. */
async function expectFriends(alice: Person, bob: Person): Promise<void> {
  await expect(alice.friend('Bob')).toHaveAccessibleName(/online/)
  await expect(bob.friend('Alice')).toHaveAccessibleName(/online/)
}

/** Somebody whose name is not known yet. */
function onlyFriend(person: Person): Locator {
  return person.page.getByRole('list', { name: 'Friends' }).getByRole('button')
}

test.beforeEach(async ({ newcomer }) => {
  for (const name of ['Alice', 'Bob']) {
    const person = newcomer(name)
    await person.open()
    await person.createProfile()
  }
})

test('by Tox ID: what is wrong with a typed one is said, a right one becomes a request, and then a friend', async ({
  newcomer,
}) => {
  const [alice, bob] = [newcomer('Alice'), newcomer('Bob')]
  const toxId = await bob.ownToxId()
  const dialog = alice.page.getByRole('dialog', { name: 'Add a friend' })
  await alice.page.getByRole('button', { name: 'Add a friend' }).first().click()
  const field = dialog.getByLabel('Tox ID or link of your friend')
  const last = toxId.endsWith('0') ? '1' : '0'
  await field.fill(toxId.slice(0, -1) + last)
  await expect(dialog.getByText('There is a typing mistake')).toBeVisible()
  await field.fill(await alice.ownToxId())
  await expect(dialog.getByText('This is your own Tox ID.')).toBeVisible()
  await field.fill(`  ${toxId.toLowerCase()} `)
  await expectBriefly(
    alice.page,
    /^Request sent$/,
    async () => await dialog.getByRole('button', { name: 'Send request' }).click(),
  )

  await expect(bob.page.getByText('Hello, I am Alice.')).toBeVisible()
  await bob.page.getByRole('region', { name: 'Friend requests' }).getByRole('button', { name: 'Accept' }).dblclick()
  await expectFriends(alice, bob)
  await expect(bob.page.getByText('The request was not accepted')).toBeHidden()
})

test('by the QR code in a picture', async ({ newcomer, folder }) => {
  const [alice, bob] = [newcomer('Alice'), newcomer('Bob')]
  const picture = join(folder, 'bob.png')
  writeFileSync(picture, await bob.page.getByRole('img', { name: 'QR code of your Tox ID' }).screenshot())
  await alice.page.getByRole('button', { name: 'Add a friend' }).first().click()
  const dialog = alice.page.getByRole('dialog', { name: 'Add a friend' })
  const chosen = alice.page.waitForEvent('filechooser')
  await dialog.getByRole('button', { name: 'Read a QR code from a picture…' }).click()
  await (await chosen).setFiles(picture)
  await expect(dialog.getByLabel('Tox ID or link of your friend')).toHaveValue(await bob.ownToxId())
  await dialog.getByRole('button', { name: 'Send request' }).click()
  await bob.acceptRequest()
  await expectFriends(alice, bob)
})

test('by a link that was opened; before the first meeting each is told what becomes of messages', async ({
  newcomer,
}) => {
  const [alice, bob] = [newcomer('Alice'), newcomer('Bob')]
  const toxId = await bob.ownToxId()
  await alice.followLink(`tox:${toxId}`)
  const dialog = alice.page.getByRole('dialog', { name: 'Add a friend' })
  await expect(dialog.getByLabel('Tox ID or link of your friend')).toHaveValue(toxId)
  await dialog.getByRole('button', { name: 'Send request' }).click()
  await onlyFriend(alice).click()
  await expect(
    alice.page.getByText(/has not answered your friend request yet\. What you write is kept here/),
  ).toBeVisible()
  await expect(bob.page.getByText('Hello, I am Alice.')).toBeVisible()
  await alice.leave()
  await bob.acceptRequest()
  await onlyFriend(bob).click()
  await expect(bob.page.getByText(/gets waiting messages once you have both been online together\.$/)).toBeVisible()
  await alice.open()
  await expectFriends(alice, bob)
  await expect(bob.page.getByText(/once you have both been online together/)).toBeHidden()
})

test('a request that is dismissed is gone, and whoever asked is no friend; the keyboard goes on to the next', async ({
  newcomer,
}) => {
  const [alice, bob, carol] = [newcomer('Alice'), newcomer('Bob'), newcomer('Carol')]
  await carol.open()
  await carol.createProfile()
  const toxId = await bob.ownToxId()
  for (const person of [alice, carol]) await person.askToBeFriends(toxId)
  const requests = bob.page.getByRole('region', { name: 'Friend requests' })
  const cards = requests.getByRole('listitem')
  await expect(cards).toHaveCount(2)
  await cards.first().getByRole('button', { name: 'Dismiss' }).press('Enter')
  await expect(cards).toHaveCount(1)
  await expect(cards).toBeFocused()
  await bob.page.keyboard.press('Tab')
  await expect(cards.getByRole('button', { name: 'Accept' })).toBeFocused()
  await cards.getByRole('button', { name: 'Dismiss' }).press('Enter')
  await expect(requests).toBeHidden()
  await expect(bob.page.locator('button:focus')).toBeVisible()
  await expect(bob.page.getByRole('list', { name: 'Friends' })).toBeHidden()
})
