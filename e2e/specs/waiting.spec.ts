import type { Locator } from '@playwright/test'
import { availableParallelism } from 'node:os'
import { expect, test } from '../support/fixtures.ts'
import { Notifications } from '../support/notifications.ts'
import type { Person } from '../support/person.ts'

// The price falls with the time: two weeks of several messages would be minutes of work for a busy computer.
test.use({ ttlSeconds: 86_400 })

/** Chooses from the menu of a message. */
async function choose(person: Person, message: Locator, item: string): Promise<void> {
  await message.hover()
  await message.getByRole('button', { name: /Message actions$/ }).click()
  await person.page.getByRole('menuitem', { name: item, exact: true }).click()
}

test('waiting messages are switched off and on for one friend, and what waited here meanwhile is changed before it goes', async ({
  friends: { alice, bob },
}) => {
  await alice.open()
  const { page } = alice
  await test.step('the settings of the proof-of-work hold at once', async () => {
    // The host may be another computer than the browser's.
    await page.evaluate(() => Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 61 }))
    await alice.openSettings('Proof-of-Work')
    await alice.choose('Preferred method', 'Double SHA-512 (the reference)')
    const threads = page.getByRole('slider', { name: 'Threads' })
    await threads.focus()
    await threads.press('Home')
    await expect(page.getByText(`1 of ${availableParallelism()}`, { exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Measure now' }).click()
    await expect(page.getByRole('row', { name: /^Double SHA-512.* trials a second/ })).toBeVisible()
    await expect(page.getByRole('row', { name: /^Argon2id.* trials a second/ })).toBeVisible()
  })
  await alice.openSettings('Notifications')
  await page.getByRole('switch', { name: 'A message of yours was stored on the network' }).click()
  await page.getByRole('button', { name: 'Back', exact: true }).click()
  const news = await Notifications.inWindowBeside(page)

  await alice.openConversation('Bob')
  await page.getByRole('button', { name: 'About this conversation' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Waiting messages' }).click()
  await expect(page.getByText(/^Bob is offline\. Waiting messages are off for this conversation/)).toBeVisible()
  await alice.write('Bob', 'Bring the lamp.')
  await expect(alice.mark('Bring the lamp.')).toHaveAccessibleName(
    /^Waiting on this computer.*waiting messages are off for Bob/,
  )
  await choose(alice, alice.message('Bring the lamp.'), 'Edit')
  await expect(page.getByText('You are editing a message that was not sent yet')).toBeVisible()
  await expect(alice.composer('Bob')).toHaveValue('Bring the lamp.')
  await alice.composer('Bob').fill('Bring both lamps.')
  await test.step('what is being changed stands there again after one looked elsewhere', async () => {
    await page.getByRole('button', { name: 'Settings', exact: true }).click()
    await page.getByRole('button', { name: 'Back', exact: true }).click()
    await alice.openConversation('Bob')
    await expect(page.getByText('You are editing a message that was not sent yet')).toBeVisible()
    await expect(alice.composer('Bob')).toHaveValue('Bring both lamps.')
  })
  await alice.composer('Bob').press('Enter')
  await expect(alice.message('Bring the lamp.')).toHaveCount(0)
  await choose(alice, alice.message('Bring both lamps.'), 'Copy text')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('Bring both lamps.')
  await page.getByRole('button', { name: 'Switch on' }).click()
  await expect(alice.mark('Bring both lamps.')).toHaveAccessibleName(/^Stored on the network/)
  await expect.poll(() => news.seen).toEqual(['Waiting for Bob: Your message now waits on the network.'])

  // While she is off the network nobody but the storage nodes can give it to him.
  await alice.goOffTheNetwork()
  await bob.open()
  await bob.openConversation('Alice')
  await expect(bob.message('Bring both lamps.')).toBeVisible()
  await alice.comeBackToTheNetwork()
  await expect.poll(() => news.seen).toContain('Bob has it: Your message was collected.')
  await page.getByRole('button', { name: 'Back', exact: true }).click()
  await alice.openConversation('Bob')
  await choose(bob, bob.message('Bring both lamps.'), 'Reply with quote')
  await bob.page.keyboard.type('They are heavy.')
  await bob.page.keyboard.press('Enter')
  await expect(alice.message('They are heavy.').getByRole('blockquote')).toHaveText('Bring both lamps.')
  // By its own words: what it quotes she wrote herself.
  const reply = 'Bob: They are heavy.'
  await expect.poll(() => news.seen).toContain(reply)
  await news.click(reply)
  await expect(news.page.getByRole('textbox', { name: 'Message to Bob' })).toBeVisible()

  await news.page.getByRole('button', { name: 'Settings', exact: true }).click()
  await alice.openSettings('Notifications')
  const tellsOfMessages = page.getByRole('switch', { name: 'New messages' })
  await tellsOfMessages.click()
  await expect(tellsOfMessages).not.toBeChecked()
  await bob.write('Alice', 'I come by bus.')
  await expect(news.page).toHaveTitle(/\(1\)/)
  await tellsOfMessages.click()
  await expect(tellsOfMessages).toBeChecked()
  await bob.write('Alice', 'And by tram.')
  await expect.poll(() => news.seen).toContain('Bob: And by tram.')
  expect(news.seen).not.toContain('Bob: I come by bus.')
})
