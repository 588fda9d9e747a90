import type { Page } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'

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
    await alice.openSettings('Storage')
    await expect(page.getByRole('img', { name: /^Space used/ })).toBeVisible()
    await stopDrawing(page)
    await change()
    await expect(inWords).toBeVisible()
    await page.reload()
  }
})
