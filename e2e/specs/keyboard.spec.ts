import { expect, type Locator, type Page } from '@playwright/test'
import { test } from '../support/fixtures.ts'

const TABS_MAX = 60

/** Walks with the Tab key until the focus is there, and sees that it can be seen. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let count = 0; count < TABS_MAX; count += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const outline = await target.evaluate((element) => getComputedStyle(element).outlineStyle)
      const shadow = await target.evaluate((element) => getComputedStyle(element).boxShadow)
      expect(outline !== 'none' || shadow !== 'none', 'the focus can be seen').toBe(true)
      return
    }
    await page.keyboard.press('Tab')
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
