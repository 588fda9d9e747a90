import { makeBigProfile } from '../support/big-profile.ts'
import { gzipBytes } from '../support/bundle.ts'
import { expect, test } from '../support/fixtures.ts'
import { first, last, MessageList } from '../support/message-list.ts'

const NEWEST = 99_999
const MINUTE_MS = 60_000
/** Farther than the window of messages that the page keeps. */
const FAR = 97_000
/** So near to the first message that is loaded, older ones are asked for. */
const ASKS_PX = 1_000
const STEP_PX = 60
const BUNDLE_BYTES_MAX = 350_000

test('a conversation of 100,000 messages is scrolled far up and back, by wheel and by keyboard', async ({
  newcomer,
}) => {
  const lena = newcomer('Lena')
  await makeBigProfile(lena.folder)
  await lena.open()
  await expect(lena.friend('Friend 1')).toBeVisible()
  const addresses = await lena.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  expect(gzipBytes([lena.page.url(), ...addresses]), 'what the first screen is made of').toBeLessThan(BUNDLE_BYTES_MAX)
  await lena.openConversation('Friend 1')
  const list = new MessageList(lena.page)
  let sight = await list.settle('it begins at the end', (seen) => last(seen) === NEWEST)

  await test.step('by wheel: what one reads stays where it is while older messages come before it', async () => {
    for (let pages = 0; pages < 3; pages += 1) {
      while (sight.abovePx >= ASKS_PX + STEP_PX) sight = await list.scroll(ASKS_PX - sight.abovePx + STEP_PX / 2)
      const { number, top } = sight.messages.at(1) ?? { number: 0, top: 0 }
      await list.wheel(-STEP_PX)
      sight = await list.settle(`older messages came, and ${number} moved with the wheel and no farther`, (seen) => {
        const now = seen.messages.find((message) => message.number === number)
        return seen.abovePx > 2 * ASKS_PX && now !== undefined && Math.abs(now.top - top - STEP_PX) < 3
      })
    }
  })

  await test.step('by wheel: far up and back to the end', async () => {
    while (first(sight) > FAR) sight = await list.scroll(-6_000)
    while (last(sight) < NEWEST) sight = await list.scroll(6_000)
  })

  await test.step('the days are told apart', async () => {
    // Messages are a minute apart, and the newest was written before noon of 2 January, universal time.
    const end = Date.UTC(2026, 0, 2, 12)
    const midnight = new Date(end - MINUTE_MS).setHours(0, 0, 0, 0)
    const firstOfDay = NEWEST + 1 - (end - midnight) / MINUTE_MS
    await list.wheelTo(firstOfDay)
    const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' }).format(midnight)
    expect(await list.dayAbove(firstOfDay)).toContain(day)
    expect(await list.dayAbove(firstOfDay + 1)).toBe('')
  })

  await test.step('by keyboard: far up, and back by the button', async () => {
    const { page } = lena
    const focused = page.locator('article :focus')
    await lena.composer('Friend 1').focus()
    for (let tabs = 0; tabs < 10 && (await focused.count()) === 0; tabs += 1) await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('ArrowUp')
    await expect(focused).toHaveAccessibleName(/ \d+: /)
    while (first(await list.press('Home')) > FAR) await expect(focused).toBeInViewport()
    await page.getByRole('button', { name: 'Go to the newest message' }).click()
    await list.settle('the newest messages', (seen) => last(seen) === NEWEST)
  })

  await test.step('a word of the first message of all is found without its accents, and leads there', async () => {
    const { page } = lena
    const side = page.getByRole('complementary', { name: 'Friends and you' })
    const search = side.getByRole('searchbox', { name: 'Search friends, messages and files' })
    const found = side.getByRole('button', { name: /Ümläute/ })
    // Behind a window that is drawn at once the words are sorted for a while: who finds nothing yet looks again.
    await expect(async () => {
      await search.fill('')
      await search.fill('umlaute')
      await expect(found.or(side.getByText('Nothing found'))).toBeVisible()
      await expect(found).toBeVisible({ timeout: 1 })
    }).toPass()
    await found.click()
    await expect(lena.message('Ümläute am Anfang')).toBeInViewport()
  })
})
