import type { Page } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'
import { textsToCome } from '../support/texts-to-come.ts'

test('a page that is loaded anew shows what it showed before', async ({ friends: { alice } }) => {
  await alice.open()
  await alice.openConversation('Bob')
  await alice.composer('Bob').fill('Half a thought')
  // What was written is kept when the page goes.
  await alice.page.reload()
  await expect(alice.composer('Bob')).toHaveValue('Half a thought')
  await alice.openSettings('Network')
  await alice.page.reload()
  await expect(alice.page.getByRole('heading', { name: 'Network', exact: true, level: 1 })).toBeVisible()
})

test('where nothing can be drawn, the day’s storage is told in words and the page stays', async ({ newcomer }) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  // A second point of the curve comes with the end of the app.
  await alice.leave()
  await alice.open()
  await alice.page.addInitScript(() => {
    // As in browsers that keep pages from drawing.
    HTMLCanvasElement.prototype.getContext = () => null
  })
  await alice.page.reload()
  await alice.openSettings('Storage')
  await expect(alice.page.getByText('The chart cannot be drawn in this browser.')).toBeVisible()
})

/** Lets the page draw for a while, and then no more, as a browser that runs out of memory. */
async function stopDrawing(page: Page): Promise<void> {
  await page.evaluate(() => {
    CanvasRenderingContext2D.prototype.clearRect = () => {
      throw new Error('nothing can be drawn any more')
    }
  })
}

test('where drawing fails later, at another size or on another screen, the words take its place', async ({
  newcomer,
}) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  await alice.leave()
  await alice.open()
  const { page } = alice
  const inWords = page.getByText('The chart cannot be drawn in this browser.')
  const changes = [
    () => page.setViewportSize({ width: 900, height: 700 }),
    () => page.evaluate(() => void window.dispatchEvent(new Event('dppxchange'))),
  ]
  for (const change of changes) {
    await page.reload()
    await alice.openSettings('Storage')
    await expect(page.getByRole('img', { name: /^Space used/ })).toBeVisible()
    await stopDrawing(page)
    await change()
    await expect(inWords).toBeVisible()
  }
})

test('what the browser says to notifications is said in the settings, and seen anew when one comes back', async ({
  newcomer,
}) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  const { page } = alice
  await alice.openSettings('Notifications')
  // A browser without a window of its own denies them, whatever it was told.
  const refused = page.getByText(/^This browser does not let Ampoule show notifications/)
  await expect(refused).toBeVisible()
  await expect(page.getByRole('button', { name: 'Allow notifications in this browser' })).toBeHidden()
  await page.evaluate(() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' })
    window.dispatchEvent(new Event('focus'))
  })
  await expect(refused).toBeHidden()
})

test('going off the network says that it takes a while, and the controls wait', async ({ newcomer }) => {
  const alice = newcomer('Alice')
  await alice.open()
  await alice.createProfile()
  await alice.openSettings('Network')
  const { page } = alice
  const udp = page.getByRole('switch', { name: 'Use the network (UDP)' })
  await udp.click()
  const shown = await textsToCome(page, /^The network is being changed/)
  await page.getByRole('button', { name: 'Go off the network' }).click()
  await expect(udp).not.toBeChecked()
  await expect.poll(shown).toBeGreaterThan(0)
  await expect(page.getByText(/^The network is being changed/)).toBeHidden()
})
