import { expect, test } from '../support/fixtures.ts'

test('what is set stays set after the app was closed', async ({ newcomer }) => {
  const alice = newcomer('Alice')
  await alice.open({ colorScheme: 'light' })
  await alice.createProfile()
  await alice.openSettings('Profile')
  const name = alice.page.getByRole('textbox', { name: 'Name', exact: true })
  await name.fill('Alice of the Hill')
  await name.press('Enter')
  await alice.openSettings('Appearance')
  await alice.choose('Theme', 'Dark')
  await alice.page.getByRole('switch', { name: 'Enter sends' }).click()
  await alice.openSettings('Privacy')
  await alice.page.getByRole('switch', { name: 'Read receipts' }).click()
  await alice.openSettings('Notifications')
  await alice.page.getByRole('switch', { name: 'Quiet hours' }).click()
  await alice.leave()

  await alice.open({ colorScheme: 'light' })
  const { page } = alice
  await expect(
    page.getByRole('button', { name: /^Alice of the Hill (Not connected|Connected) \(your profile and status\)$/ }),
  ).toBeVisible()
  await expect.poll(() => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark')
  await alice.openSettings('Appearance')
  await expect(page.getByRole('switch', { name: 'Enter sends' })).not.toBeChecked()
  await alice.openSettings('Privacy')
  await expect(page.getByRole('switch', { name: 'Read receipts' })).not.toBeChecked()
  await alice.openSettings('Notifications')
  await expect(page.getByRole('switch', { name: 'Quiet hours' })).toBeChecked()
})

test('the storage settings change the running node', async ({ newcomer }) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  const { page } = alice
  await alice.openSettings('Network')
  await expect(page.getByText('it is switched off in the settings')).toBeVisible()
  await alice.openSettings('Storage')
  const isOn = page.getByRole('switch', { name: 'Keep messages for others' })
  const clear = page.getByRole('button', { name: 'Clear now' })
  await expect(isOn).not.toBeChecked()
  await expect(clear).toBeHidden()
  await isOn.click()
  await expect(page.getByText('This computer keeps messages for others.')).toBeVisible()
  await clear.click()
  await page.getByRole('button', { name: 'Hand over and clear' }).click()
  await expect(page.getByText('Handed over and cleared.')).toBeVisible()
  await isOn.click()
  await expect(isOn).not.toBeChecked()
  await expect(clear).toBeHidden()
})

test('the last day of storing is drawn, or said where it cannot be drawn', async ({ newcomer }) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  // Each end of the app notes what is held.
  await alice.leave()
  await alice.open()
  await alice.leave()
  await alice.open()
  await alice.openSettings('Storage')
  const day = 'Space used in the last 24 hours: between 0 bytes and 0 bytes'
  await expect(alice.page.getByRole('img', { name: day }).locator('canvas')).toBeVisible()
  // What some systems tell as their language is none, and uPlot fails on it.
  await alice.page.addInitScript(() =>
    Object.defineProperty(navigator, 'language', { get: () => 'en-US@posix', configurable: true }),
  )
  await alice.page.reload()
  await alice.openSettings('Storage')
  await expect(alice.page.getByText(day)).toBeVisible()
  await expect(alice.page.getByRole('switch', { name: 'Keep messages for others' })).toBeVisible()
})

test('going off the network is explained first, and undone by the same switch', async ({ newcomer }) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  await alice.openSettings('Network')
  const { page } = alice
  const udp = page.getByRole('switch', { name: 'Use the network (UDP)' })
  await udp.click()
  const dialog = page.getByRole('alertdialog', { name: 'Go off the network?' })
  await expect(dialog).toContainText('not connected at all')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(udp).toBeChecked()
  await udp.click()
  await dialog.getByRole('button', { name: 'Go off the network' }).click()
  await expect(udp).not.toBeChecked()
  await expect(page.getByText('Not connected', { exact: true }).first()).toBeVisible()
  await udp.click()
  await expect(page.getByText('Connected', { exact: true }).first()).toBeVisible()
})

test('the language changes at once, and stays', async ({ newcomer }) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  await alice.openSettings('Appearance')
  await alice.choose('Language', 'Deutsch')
  const { page } = alice
  await expect(page.getByRole('heading', { name: 'Einstellungen' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await alice.leave()
  await alice.open()
  await expect(alice.page.getByRole('button', { name: 'Einstellungen' })).toBeVisible()
})
