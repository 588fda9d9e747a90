import { expect, type Locator, type Page } from '@playwright/test'
import { test } from '../support/fixtures.ts'

const TABS_MAX = 60

/** Walks with the Tab key until the focus is there, and sees that it can be seen. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let count = 0; count < TABS_MAX; count += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const outline = await target.evaluate((element) => getComputedStyle(element).outlineStyle)
      const shadow = await target.evaluate((element) => getComputedStyle(element).boxShadow)
      expect(outline !== 'none' || shadow !== 'none', 'the focus can be seen').toBe(true)
      return
    }
    await page.keyboard.press(key)
  }
  throw new Error(`the Tab key does not lead to ${String(target)}`)
}

test('from the first start to a message, with the keyboard alone', async ({ friends: { alice, bob }, newcomer }) => {
  const carol = newcomer('Carol')
  await carol.open()
  await expect(carol.page.getByLabel('Your name')).toBeFocused()
  await carol.page.keyboard.type('Carol')
  await carol.page.keyboard.press('Enter')
  await expect(carol.page.getByRole('heading', { name: 'Your list is still empty' })).toBeVisible()
  await tabTo(carol.page, carol.page.getByRole('button', { name: 'Add a friend' }).first())
  await carol.page.keyboard.press('Enter')
  await expect(carol.page.getByLabel('Tox ID or link of your friend')).toBeFocused()
  await carol.page.keyboard.press('Escape')
  await expect(carol.page.getByRole('dialog')).toBeHidden()
  await expect(carol.page.getByRole('button', { name: 'Add a friend' }).first()).toBeFocused()

  await Promise.all([alice.open(), bob.open()])
  const { page } = alice
  await expect(alice.friend('Bob')).toHaveAccessibleName(/online/)
  await page.keyboard.press('ControlOrMeta+k')
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused()
  await page.keyboard.type('Bob')
  await expect(page.getByRole('option', { selected: true })).toContainText('Bob')
  await page.keyboard.press('Enter')
  await expect(alice.composer('Bob')).toBeFocused()
  await page.keyboard.type('No mouse was needed.')
  await page.keyboard.press('Enter')
  await expect(bob.friend('Alice')).toHaveAccessibleName(/No mouse was needed\./)
  await tabTo(page, page.getByRole('button', { name: 'Settings', exact: true }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('navigation', { name: 'Settings' })).toBeVisible()
})

test('where what had the focus goes away, the focus goes on to what is next to it', async ({ friends: { alice } }) => {
  await alice.open()
  await alice.openConversation('Bob')
  for (const text of ['First', 'Second', 'Third']) await alice.write('Bob', text)
  const { page } = alice
  /** What has the focus when one walks through the messages. */
  const stop = (text: string): Locator => alice.message(text).getByRole('button', { name: /Message actions$/ })
  const panel = page.getByRole('complementary', { name: 'Delivery' })

  await test.step('the delivery panel gives the focus back to what opened it', async () => {
    await tabTo(page, stop('Third'), 'Shift+Tab')
    await page.keyboard.press('d')
    await expect(panel.getByRole('heading', { name: 'Delivery', level: 2 })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(panel).toBeHidden()
    await expect(stop('Third')).toBeFocused()
    await tabTo(page, alice.mark('Third'), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await tabTo(page, panel.getByRole('button', { name: 'Close the delivery panel' }))
    await page.keyboard.press('Enter')
    await expect(panel).toBeHidden()
    await expect(alice.mark('Third')).toBeFocused()
  })

  await test.step('a removed message gives it to the next one, to the one before, and to the composer', async () => {
    await tabTo(page, stop('Third'))
    await page.keyboard.press('ArrowUp')
    for (const [gone, next] of [
      ['Second', stop('Third')],
      ['Third', stop('First')],
      ['First', alice.composer('Bob')],
    ] as const) {
      await expect(stop(gone)).toBeFocused()
      await page.keyboard.press('Delete')
      await tabTo(page, page.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }))
      await page.keyboard.press('Enter')
      await expect(alice.message(gone)).toBeHidden()
      await expect(next).toBeFocused()
    }
  })

  await test.step('a removed friend gives it to the list at the side', async () => {
    const menu = page.getByRole('button', { name: 'About this conversation' })
    await tabTo(page, menu, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Remove friend…' }).press('Enter')
    await tabTo(page, page.getByRole('alertdialog').getByRole('button', { name: 'Remove friend' }))
    await page.keyboard.press('Enter')
    await expect(alice.composer('Bob')).toBeHidden()
    await expect(page.locator('button:focus')).toBeVisible()
  })
})

test('each key that the README names does what it says there', async ({ friends: { alice }, newcomer }) => {
  const carol = newcomer('Carol')
  await carol.open()
  await carol.createProfile()
  await carol.openSettings('Profile')
  await alice.open()
  await alice.askToBeFriends(await carol.ownToxId())
  const { page } = alice
  const inList = page.getByRole('list', { name: 'Friends' }).getByRole('button')
  await expect(inList).toHaveCount(2)

  await page.keyboard.press('ControlOrMeta+Shift+A')
  await expect(page.getByRole('dialog', { name: 'Add a friend' })).toBeVisible()
  await page.keyboard.press('Escape')

  await alice.openConversation('Bob')
  const toCarol = page.getByRole('textbox', { name: /^Message to (?!Bob)/ })
  const isBobAbove = (await inList.first().innerText()).startsWith('Bob')
  const [there, back] = isBobAbove
    ? (['Alt+ArrowDown', 'Alt+ArrowUp'] as const)
    : (['Alt+ArrowUp', 'Alt+ArrowDown'] as const)
  await page.keyboard.press(there)
  await expect(toCarol).toBeVisible()
  await page.keyboard.press(back)
  await expect(alice.composer('Bob')).toBeVisible()

  await page.keyboard.press('ControlOrMeta+f')
  await expect(page.getByRole('searchbox', { name: 'Search friends, messages and files' })).toBeFocused()
  await page.keyboard.type('Bob')
  await expect(page.getByRole('button', { name: /^Bob\b/ }).first()).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('button', { name: /^Bob\b/ }).first()).toBeFocused()

  await page.keyboard.press('ControlOrMeta+,')
  await expect(page.getByRole('navigation', { name: 'Settings' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('navigation', { name: 'Settings' })).toBeHidden()
})
