import type { Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { expect, test } from '../support/fixtures.ts'
import { expectBriefly } from '../support/texts-to-come.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** How long whatever moves on the page moves. */
async function motion(page: Page): Promise<string> {
  return await page.evaluate(() => getComputedStyle(document.body).animationDuration)
}

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
  await alice.page.getByRole('switch', { name: 'Less motion' }).click()
  await alice.openSettings('Privacy')
  await alice.page.getByRole('switch', { name: 'Read receipts' }).click()
  await expect(alice.page.getByText(/Ampoule sends nothing past a proxy setting silently/)).toBeVisible()
  await alice.openSettings('Notifications')
  await alice.page.getByRole('switch', { name: 'Quiet hours' }).click()
  // What is shown is what the host has, and it takes one thing after the other.
  await expect(alice.page.getByRole('switch', { name: 'Quiet hours' })).toBeChecked()
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

  await test.step('nothing moves by the setting, nor where the system says so', async () => {
    await alice.openSettings('Appearance')
    const lessMotion = page.getByRole('switch', { name: 'Less motion' })
    await expect(lessMotion).toBeChecked()
    await expect.poll(() => motion(page)).toBe('1e-05s')
    await lessMotion.click()
    await expect.poll(() => motion(page)).toBe('0s')
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await expect.poll(() => motion(page)).toBe('1e-05s')
  })

  await test.step('the last page tells the version, the licences and the log', async () => {
    await alice.openSettings('About')
    await expect(page.getByText(version, { exact: true })).toBeVisible()
    await expect(page.getByText('Ampoule is free software under the MIT licence.')).toBeVisible()
    await expect(page.getByRole('listitem').filter({ hasText: /^react \d/ })).toHaveText(/ ?MIT$/)
    await page.getByRole('button', { name: 'Show the log' }).click()
    await expect(page.getByRole('textbox', { name: 'Log' })).not.toHaveValue('')
  })
})

test('the storage settings change the running node', async ({ aliceAt }) => {
  const alice = await aliceAt('Network')
  const { page } = alice
  await expect(page.getByText('it is switched off in the settings')).toBeVisible()
  await alice.openSettings('Storage')
  const isOn = page.getByRole('switch', { name: 'Keep messages for others' })
  const clear = page.getByRole('button', { name: 'Clear now' })
  await expect(isOn).not.toBeChecked()
  await expect(clear).toBeHidden()
  await isOn.click()
  await expect(page.getByText('This computer keeps messages for others.')).toBeVisible()
  await clear.click()
  await expectBriefly(
    page,
    /^Handed over and cleared\.$/,
    async () => await page.getByRole('button', { name: 'Hand over and clear' }).click(),
  )
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
  // What some systems tell as their language is none, and uPlot fails on it; some browsers keep pages from drawing.
  for (const hindrance of [speakNothing, drawNothing]) {
    await alice.page.addInitScript(hindrance)
    await alice.page.reload()
    await alice.openSettings('Storage')
    await expect(alice.page.getByText(day)).toBeVisible()
    await expect(alice.page.getByText('The chart cannot be drawn in this browser.')).toBeVisible()
    await expect(alice.page.getByRole('switch', { name: 'Keep messages for others' })).toBeVisible()
  }
})

/** Runs in the page. */
function speakNothing(): void {
  Object.defineProperty(navigator, 'language', { get: () => 'en-US@posix', configurable: true })
}

/** Runs in the page. */
function drawNothing(): void {
  Reflect.deleteProperty(navigator, 'language')
  HTMLCanvasElement.prototype.getContext = () => null
}

test('going off the network is explained first, says that it takes a while, and is undone by the same switch', async ({
  aliceAt,
}) => {
  const alice = await aliceAt('Network')
  const { page } = alice
  await alice.network.click()
  const dialog = page.getByRole('alertdialog', { name: 'Go off the network?' })
  await expect(dialog).toContainText('not connected at all')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(alice.network).toBeChecked()
  await expectBriefly(page, /^The network is being changed/, async () => await alice.goOffTheNetwork())
  await expect(page.getByText(/^The network is being changed/)).toBeHidden()
  await expect(page.getByText('Not connected', { exact: true }).first()).toBeVisible()
  await alice.comeBackToTheNetwork()
  await expect(page.getByText('Connected', { exact: true }).first()).toBeVisible()
})

test('the language changes at once, and stays', async ({ aliceAt }) => {
  const alice = await aliceAt('Appearance')
  await alice.choose('Language', 'Deutsch')
  const { page } = alice
  await expect(page.getByRole('heading', { name: 'Einstellungen' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await alice.leave()
  await alice.open()
  await expect(alice.page.getByRole('button', { name: 'Einstellungen' })).toBeVisible()
})
