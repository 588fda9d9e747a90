import type { Locator } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'
import { restOn } from '../support/quick-hand.ts'

/** So large that it is on its way for longer than its progress takes to be shown. */
const FILM_BYTES = 96 * 1_024 * 1_024

/** Drags a file over an element, as a desktop does. */
async function dragOver(target: Locator, name: string, bytes: number): Promise<() => Promise<void>> {
  const dataTransfer = await target.page().evaluateHandle(
    ([fileName, length]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array(length)], fileName))
      return transfer
    },
    [name, bytes] as const,
  )
  await target.dispatchEvent('dragenter', { dataTransfer })
  await target.dispatchEvent('dragover', { dataTransfer })
  return async () => await target.dispatchEvent('drop', { dataTransfer })
}

/** How far one thing is below another. */
async function gap(upper: Locator, lower: Locator): Promise<number> {
  const [above, below] = [await upper.boundingBox(), await lower.boundingBox()]
  return (below?.y ?? Number.NaN) - ((above?.y ?? 0) + (above?.height ?? 0))
}

test('two friends talk: groups under their day, links, emoji by name, and a large file that is paused, resumed and cancelled', async ({
  friends: { alice, bob },
}) => {
  await Promise.all([alice.open(), bob.open()])
  const { page } = alice
  await expect(alice.friend('Bob')).toHaveAccessibleName(/online/)
  await alice.openConversation('Bob')
  await bob.openConversation('Alice')

  await test.step('messages of one person are grouped under their day, and links are links', async () => {
    await alice.write('Bob', 'It is written at https://tox.chat/faq, below <b>this</b>.')
    await alice.write('Bob', 'Have you seen it?')
    await bob.write('Alice', 'Not yet.')
    await expect(alice.message('Not yet.')).toBeVisible()
    const link = bob.message('It is written').getByRole('link')
    await expect(link).toHaveText('https://tox.chat/faq')
    await expect(link).toHaveAttribute('href', 'https://tox.chat/faq')
    await expect(bob.message('It is written')).toContainText('below <b>this</b>.')
    const messages = page.getByRole('list', { name: 'Messages' })
    await expect(messages.getByRole('heading', { name: 'Today' })).toHaveCount(1)
    const bubbles = ['It is written', 'Have you seen it?', 'Not yet.'].map((text) => messages.getByText(text))
    const [first, second, third] = bubbles
    if (!first || !second || !third) throw new Error('three messages were written')
    // The list may still move to what came last.
    await expect.poll(async () => (await gap(second, third)) - (await gap(first, second))).toBeGreaterThan(0)
  })

  await test.step('emoji are found by their names', async () => {
    await alice.composer('Bob').fill('Good ')
    await page.getByRole('button', { name: 'Choose an emoji' }).click()
    const emoji = page.getByRole('dialog', { name: 'Emoji' })
    await emoji.getByLabel('Search emoji').fill('lighthouse')
    await expect(emoji.getByText('No emoji found.')).toBeVisible()
    await emoji.getByLabel('Search emoji').fill('light bulb')
    await emoji.getByRole('gridcell', { name: 'light bulb' }).click()
    await expect(emoji).toBeHidden()
    await expect(alice.composer('Bob')).toHaveValue('Good 💡')
    await expect(alice.composer('Bob')).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(bob.message('Good 💡')).toBeVisible()
  })

  await test.step('a button says what it is for while the pointer rests on it', async () => {
    await page.getByRole('button', { name: 'Attach a file' }).hover()
    await expect(page.getByText('Attach a file', { exact: true })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByText('Attach a file', { exact: true })).toBeHidden()
  })

  await test.step('a large file is dropped into the conversation, paused, resumed and cancelled', async () => {
    const drop = await dragOver(page.getByRole('region', { name: 'Conversation with Bob' }), 'film.bin', FILM_BYTES)
    await expect(page.getByText('Drop files to send them to Bob')).toBeVisible()
    await drop()
    await expect(page.getByText('Drop files to send them to Bob')).toBeHidden()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    const [sent, received] = [alice, bob].map((person) => person.page.getByRole('group', { name: 'film.bin' }))
    if (!sent || !received) throw new Error('two people take part')
    await expect(sent.getByText('Waiting for Bob to accept')).toBeVisible()
    const paused = await restOn(sent, 'Pause')
    await received.getByRole('button', { name: 'Accept…' }).click()
    await paused()
    await expect(sent.getByText('Paused by you')).toBeVisible()
    await expect(received.getByText('Paused by Alice')).toBeVisible()
    const progress = received.getByRole('progressbar', { name: 'Progress of film.bin' })
    const share = Number(await progress.getAttribute('aria-valuenow'))
    const cancelled = await restOn(received, 'Cancel', share)
    await sent.getByRole('button', { name: 'Resume' }).click()
    await cancelled()
    await expect(received.getByText('Cancelled')).toBeVisible()
    await expect(sent.getByText('Cancelled')).toBeVisible()
  })
})
